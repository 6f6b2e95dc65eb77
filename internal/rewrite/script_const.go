package rewrite

import (
	"slices"

	"github.com/wecos-go/wecos/internal/rewrite/js"
)

// constant is a name that is given a string once and never changed, so that
// its value can be folded into its uses.
type constant struct {
	name       string
	decl       int // index of the name's token in its declaration
	start, end int // tokens of the value
	value      string
	resolving  bool
	resolved   bool
	ok         bool
	exports    int // reads that only export it
	exported   bool
	understood int // uses that became the head of a reference
	ref        int // index in Facts.Refs of the declaration's own value, or -1
}

// findConstants collects the names that are declared once with a value and
// never written again. Values are resolved when they are used.
func (s *script) findConstants() {
	for i := range s.Tokens {
		if s.Tokens[i].Type != js.Ident || s.member(i) || !s.declared(i) {
			continue
		}
		name := s.Text(i)
		if s.consts[name] != nil || slices.ContainsFunc(s.uses(name), func(k int) bool { return k != i && !s.key(k) && s.written(k) }) {
			continue
		}
		c := &constant{name: name, decl: i, start: i + 2, end: s.ExprEnd(i + 2), ref: -1}
		s.consts[name], s.values[s.Tokens[i+2].Span().Start] = c, c
	}
}

// declared reports whether the name at i is declared there with a value that
// may be a string.
func (s *script) declared(i int) bool {
	if !s.Is(i+1, "=") || i+2 >= len(s.Tokens) {
		return false
	}
	switch t := s.Tokens[i+2]; t.Type {
	case js.String, js.Template, js.TemplateHead:
	case js.Ident:
		if s.Is(i+3, "(") { // what a call returns
			return false
		}
	default:
		if !s.Is(i+2, "(") {
			return false
		}
	}
	return s.Is(i-1, "const") || s.Is(i-1, "let") || s.Is(i-1, "var") || s.declarator(i)
}

// declarator reports whether the name at i is a further one of a declaration:
// var a = 1, b = 2.
func (s *script) declarator(i int) bool {
	if !s.Is(i-1, ",") {
		return false
	}
	for j, n := i-1, 0; j >= 0 && n < 400; j, n = j-1, n+1 {
		switch {
		case s.Is(j, "const") || s.Is(j, "let") || s.Is(j, "var"):
			return true
		case s.Is(j, ";") || s.Is(j, "=>") || s.Tokens[j].Parent() != s.Tokens[i].Parent() && s.Tokens[j].Match() < 0:
			return false
		case s.Tokens[j].Match() > j:
			return false // the bracket around the name
		case s.Tokens[j].Match() >= 0:
			j = s.Tokens[j].Match()
		}
	}
	return false
}

// key reports whether the name at i is the key of a property.
func (s *script) key(i int) bool {
	return s.Is(i+1, ":") && (s.Is(i-1, "{") || s.Is(i-1, ",")) && s.Is(s.Tokens[i].Parent(), "{")
}

var writes = map[string]bool{
	"=": true, "+=": true, "-=": true, "*=": true, "/=": true, "%=": true, "**=": true, "||=": true, "&&=": true, "??=": true,
	"|=": true, "&=": true, "^=": true, "<<=": true, "=>": true, "++": true, "--": true,
}

// written reports whether the name at i is declared, assigned or bound there
// in a way that makes it more than one thing.
func (s *script) written(i int) bool {
	if s.IsType(i+1, js.Punct) && writes[s.Text(i+1)] || s.Is(i-1, "++") || s.Is(i-1, "--") {
		return true
	}
	switch s.Text(i - 1) {
	case "function", "class", "let", "var", "const", "import", "enum", "...":
		return true
	}
	return s.parameter(i) || s.destructured(i)
}

// parameter reports whether the name at i is a parameter of a function or of a
// catch clause.
func (s *script) parameter(i int) bool {
	p := s.Tokens[i].Parent()
	for p >= 0 && !s.Is(p, "(") && (s.Is(p, "{") || s.Is(p, "[")) && !s.blockBrace(p) {
		p = s.Tokens[p].Parent()
	}
	if p < 0 || !s.Is(p, "(") {
		return false
	}
	return s.parameterList(p)
}

// parameterList reports whether the parenthesis that opens at p holds
// parameters.
func (s *script) parameterList(p int) bool {
	after := s.Tokens[p].Match() + 1
	if s.Is(after, "=>") {
		return true
	}
	if !s.Is(after, "{") && !s.Is(after, ":") {
		return false
	}
	switch s.Text(p - 1) {
	case "if", "while", "for", "with", "switch":
		return false
	case "catch", "function":
		return true
	}
	if s.Is(after, ":") { // a TypeScript return type, not the branch of a conditional
		return s.Is(p-2, "function")
	}
	return s.IsType(p-1, js.Ident)
}

// destructured reports whether the name at i is bound by a pattern.
func (s *script) destructured(i int) bool {
	p := s.Tokens[i].Parent()
	for p >= 0 && (s.Is(p, "{") || s.Is(p, "[")) {
		if s.Is(s.Tokens[p].Match()+1, "=") || s.Is(p-1, "const") || s.Is(p-1, "let") || s.Is(p-1, "var") || s.Is(p-1, "import") || s.Is(p-1, ",") && s.Is(s.Tokens[p].Match()+1, "from") {
			return true
		}
		if s.blockBrace(p) {
			return false
		}
		p = s.Tokens[p].Parent()
	}
	return false
}

// blockBrace reports whether the brace at p opens a block of statements.
func (s *script) blockBrace(p int) bool {
	return s.Is(p, "{") && (s.Is(p-1, ")") || s.Is(p-1, "=>") || s.Is(p-1, ";") || s.Is(p-1, "else") || s.Is(p-1, "do") || s.Is(p-1, "try") || s.Is(p-1, "finally"))
}

// constAt returns the constant that the name at token i uses, if its value is
// a known string.
func (s *script) constAt(i int) *constant {
	if !s.IsType(i, js.Ident) || s.member(i) || s.key(i) {
		return nil
	}
	c := s.consts[s.Text(i)]
	if c == nil || c.decl == i || !s.resolve(c) {
		return nil
	}
	return c
}

// resolve finds the value of a constant; false when it is no known string.
func (s *script) resolve(c *constant) bool {
	if c.resolved || c.resolving {
		return c.resolved && c.ok
	}
	c.resolving = true
	heads := len(s.heads)
	parts, whole := s.parts(c.start, c.end)
	s.heads = s.heads[:heads]
	c.resolving, c.resolved = false, true
	if !whole || len(parts) == 0 {
		return false
	}
	for _, p := range parts {
		if p.hole || p.ext != nil || len(c.value)+len(p.value) > maxConstant {
			c.value = ""
			return false
		}
		c.value += p.value
	}
	c.ok = true
	return true
}

// finish marks the folder that a constant holds as understood when every one
// of its uses, if there are any, became the head of a reference.
func (c *constant) finish(s *script) {
	if c.ref < 0 || !s.resolve(c) {
		return
	}
	reads := 0
	for _, i := range s.uses(c.name) {
		if i != c.decl && !s.key(i) {
			reads++
		}
	}
	s.f.Refs[c.ref].Understood = reads == c.understood+c.exports
}
