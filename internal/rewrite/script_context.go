package rewrite

import (
	"slices"
	"strings"

	"github.com/wecos-go/wecos/internal/rewrite/js"
)

// surroundings is where a string stands in a script.
type surroundings struct {
	pos      Position
	base     Base
	tag, api string
	prop     string // the innermost property or variable that takes the value
	glued    bool
	joined   bool // an element of [a, b].join(c)
}

// maxClimb bounds how many brackets are climbed and how many arguments
// counted: code that people write stays far below.
const maxClimb = 64

// context looks at what stands around the chain [start, end): the property,
// the call, the assignment that it belongs to.
func (s *script) context(start, end int) surroundings {
	var c surroundings
	if s.expr != nil {
		c = surroundings{pos: s.expr.Pos, base: s.expr.Base, tag: s.expr.Tag, api: s.expr.API, prop: s.expr.API, glued: s.expr.Glued}
	} else {
		c = surroundings{base: Script}
	}
	if s.Is(end, ".") || s.Is(end, "?.") || s.Is(end, "[") && !s.Tokens[min(end, len(s.Tokens)-1)].Newline {
		c.glued = true // a method of the string makes something else of it
	}
	var props []string
	at := start
	for range maxClimb {
		i, kind := s.left(at)
		switch kind {
		case stepKey:
			props = append(props, s.keyName(i-1))
			c.prop = props[0]
			at = s.Tokens[i].Parent()
			continue
		case stepAssign:
			if s.expr == nil {
				s.assigned(&c, i, props)
			}
			return c
		case stepOpen:
			at = i
			switch {
			case s.Is(i, "["):
				if s.EndsOperand(i-1) && !s.Tokens[i].Newline {
					return c // an index
				}
				if s.pathJoin(s.Tokens[i].Match()) {
					c.glued, c.joined = true, true
				}
			case s.Is(i, "(") && s.CallParen(i):
				if s.expr == nil {
					s.argument(&c, i, start, props)
				} else { // what the function makes of it is unknown
					c.glued = true
					if c.pos == ImagePos {
						c.pos = Plain
					}
				}
				return c
			case s.Is(i, "("):
				m := s.Tokens[i].Match()
				if s.Is(i-1, "+") || s.Is(m+1, "+") || s.Is(m+1, ".") || s.Is(m+1, "[") {
					c.glued = true
				}
			case s.template(i):
				c.glued = true
			}
			continue
		}
		break
	}
	if len(props) > 0 && s.expr == nil {
		s.property(&c, props)
	}
	return c
}

// pathJoin reports whether the list that closes at m is joined to a path: by a
// slash, by nothing, or by what is not known here.
func (s *script) pathJoin(m int) bool {
	if !s.Is(m+1, ".") || !s.Is(m+2, "join") || !s.Is(m+3, "(") {
		return false
	}
	sep, ok := s.literal(m + 4)
	return !ok && !s.Is(m+4, ")") || ok && (sep == "" || strings.Contains(sep, "/"))
}

// step is why the way to the left of an expression ended.
type step uint8

const (
	stepEnd    step = iota // a statement
	stepKey                // the colon of a property
	stepAssign             // an assignment
	stepOpen               // an opening bracket, or an element of it
)

// left walks from token at to the left, over the operands of conditionals and
// logical operators, to what the value is used for.
func (s *script) left(at int) (int, step) {
	for i, n := at-1, 0; i >= 0 && n < 4*maxClimb; i, n = i-1, n+1 {
		t := s.Tokens[i]
		switch {
		case t.Match() > i:
			return i, stepOpen
		case t.Type == js.TemplateMiddle:
			return t.Match(), stepOpen
		case t.Match() >= 0:
			if s.Is(i, "}") && !s.Object(t.Match()) {
				return i, stepEnd
			}
			i = t.Match()
		case t.Type == js.Ident && (s.Is(i, "return") || s.Is(i, "case")) && !s.member(i):
			return i, stepEnd
		case t.Type != js.Punct:
		case s.Is(i, ","):
			if t.Parent() < 0 || s.Is(t.Parent(), "{") && !s.objectBrace(t.Parent()) {
				return i, stepEnd
			}
			return t.Parent(), stepOpen
		case s.Is(i, ":") && s.keyColon(i):
			return i, stepKey
		case s.Is(i, "=") || s.Is(i, "+=") || s.Is(i, "||=") || s.Is(i, "??=") || s.Is(i, "&&="):
			return i, stepAssign
		case s.Is(i, ";") || s.Is(i, "=>"):
			return i, stepEnd
		}
	}
	return -1, stepEnd
}

// objectBrace reports whether the brace at i opens an object literal; a brace
// with a key behind it counts.
func (s *script) objectBrace(i int) bool {
	return s.Object(i) || s.Is(i+2, ":") || s.Is(i-1, "(")
}

// keyColon reports whether the colon at i stands behind the key of a property.
func (s *script) keyColon(i int) bool {
	p := s.Tokens[i].Parent()
	if !s.Is(p, "{") {
		return false
	}
	k := i - 1
	if s.Is(k, "?") { // TypeScript: optional
		k--
	}
	if s.Is(k, "]") {
		k = s.Tokens[k].Match()
	}
	return s.Is(k-1, "{") || s.Is(k-1, ",") || s.Is(k-1, ";") || k >= 0 && s.Tokens[k].Newline && !s.Is(k-1, "?")
}

// keyName returns the name of the property whose key ends at token i.
func (s *script) keyName(i int) string {
	if v, ok := s.literal(i); ok {
		return v
	}
	if s.IsType(i, js.Ident) {
		return s.Text(i)
	}
	return ""
}

// assigned looks up the property that is assigned by the operator at i.
func (s *script) assigned(c *surroundings, i int, props []string) {
	name := s.Text(i - 1)
	if !s.IsType(i-1, js.Ident) {
		return
	}
	if c.prop == "" {
		c.prop = name
	}
	if s.member(i-1) || len(props) > 0 {
		props = append(props, name)
	}
	s.property(c, props)
}

// property looks up the innermost names of nested properties, given from the
// inside out.
func (s *script) property(c *surroundings, props []string) {
	if path := dotted(props); path != "" {
		if pos := propertyRule(lastNames(path)); pos != Plain {
			c.pos, c.api = pos, props[0]
		}
	}
}

// argument looks up the argument of the call whose parenthesis opens at paren.
func (s *script) argument(c *surroundings, paren, start int, props []string) {
	name, _ := s.callee(paren)
	index := s.argIndex(paren, start)
	path := dotted(props)
	if pos, _, ok := apiRule(name, index, path); ok && !s.ownMethod(paren) {
		c.pos, c.base, c.api = pos, API, name
		return
	}
	if len(localArguments(name)) > 0 && !s.ownMethod(paren) {
		// A wrapper by the name of a local-only API, with arguments of its own.
		c.pos, c.api = LocalOnly, name
		return
	}
	s.property(c, props)
	if name != "" && c.api == "" {
		c.api = name
	}
}

// argIndex counts the arguments before token i.
func (s *script) argIndex(paren, i int) int {
	args, ok := s.lists[paren]
	if !ok {
		if s.lists == nil {
			s.lists = map[int][][2]int{}
		}
		args = s.Args(paren)
		s.lists[paren] = args
	}
	n, _ := slices.BinarySearchFunc(args, i, func(a [2]int, i int) int {
		if a[1] <= i {
			return -1
		}
		return 1
	})
	if n == len(args) {
		return 0
	}
	return n
}

// dotted joins property names, given from the inside out, into a path.
func dotted(props []string) string {
	var names []string
	for i := len(props) - 1; i >= 0; i-- {
		if props[i] != "" {
			names = append(names, props[i])
		}
	}
	return strings.Join(names, ".")
}

// lastNames keeps the last two names of a path, all that any rule looks at.
func lastNames(path string) string {
	if i := strings.LastIndexByte(path, '.'); i > 0 {
		if j := strings.LastIndexByte(path[:i], '.'); j >= 0 {
			return path[j+1:]
		}
	}
	return path
}
