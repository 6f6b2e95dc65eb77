package rewrite

import (
	"strconv"
	"strings"

	"github.com/wecos-go/wecos/internal/rewrite/js"
)

// functions returns the parentheses of the parameter lists of the functions
// and methods of that name.
func (s *script) functions(name string) []int {
	var out []int
	if !s.spend(len(s.uses(name)) + len(s.members(name))) {
		return nil
	}
	for _, i := range s.everywhere(name) {
		if s.member(i) && !s.Is(i+1, "=") {
			continue
		}
		switch {
		case s.Is(i+1, "(") && (s.Is(i-1, "function") || s.Is(s.Tokens[i+1].Match()+1, "{")):
			out = append(out, i+1)
		case s.Is(i+1, ":") || s.Is(i+1, "="):
			j := i + 2
			if s.Is(j, "async") {
				j++
			}
			if s.Is(j, "function") {
				for j++; s.IsType(j, js.Ident); j++ {
				}
				out = append(out, j)
			} else if s.Is(j, "(") && s.Is(s.Tokens[j].Match()+1, "=>") {
				out = append(out, j)
			}
		}
	}
	return out
}

// functionName returns the name of the function whose parameters open at
// paren, "" for a nameless one.
func (s *script) functionName(paren int) string {
	j := s.headOf(paren)
	if s.Is(paren-1, "constructor") {
		return s.class(paren)
	}
	if s.IsType(paren-1, js.Ident) && !s.Is(paren-1, "function") && !s.Is(paren-1, "async") {
		return s.Text(paren - 1)
	}
	if s.Is(j-1, "=") && s.Is(j-2, "exports") || s.Is(j-1, "default") {
		return "default"
	}
	if s.Is(j-1, "=") && s.IsType(j-2, js.Ident) {
		return s.Text(j - 2)
	}
	if s.Is(j-1, ":") && s.keyColon(j-1) {
		return s.keyName(j - 2)
	}
	return ""
}

// headOf returns the first token of the nameless function whose parameters open
// at paren.
func (s *script) headOf(paren int) int {
	j := paren
	for s.Is(j-1, "function") || s.Is(j-1, "async") {
		j--
	}
	return j
}

// exported reports whether code in other files may call the function.
func (s *script) exported(name string) bool {
	if name == "default" {
		return true
	}
	for _, k := range s.members(name) {
		if s.Is(k+1, "=") && s.Is(k-2, "exports") {
			return true
		}
	}
	for _, k := range s.uses(name) {
		if s.Is(k-1, "export") || s.Is(k-2, "export") || s.Is(k-3, "export") {
			return true
		}
		if p := s.Tokens[k].Parent(); p >= 0 && (s.Is(p-1, "export") || s.Is(p-1, "=") && s.Is(p-2, "exports")) {
			return true
		}
		if _, ok := s.exportedAs(k); ok {
			return true
		}
	}
	return false
}

// exportedAs returns the name that an assignment to exports gives to the function
// or class that the name at k is of: module.exports = function draw() { … }.
func (s *script) exportedAs(k int) (string, bool) {
	for s.Is(k-1, "function") || s.Is(k-1, "async") || s.Is(k-1, "*") || s.Is(k-1, "class") {
		k--
	}
	switch {
	case s.Is(k-1, "default"):
		return "default", true
	case s.Is(k-1, "=") && s.Is(k-2, "exports"):
		return "default", true
	case s.Is(k-1, "=") && s.Is(k-4, "exports"):
		return s.Text(k - 2), true
	}
	return "", false
}

// resultCallback reports whether the nameless function whose parameters open
// at paren is given to a call of the platform as success or complete: what it
// gets comes from the platform.
func (s *script) resultCallback(paren int) bool {
	j := s.headOf(paren)
	if !s.Is(j-1, ":") || !s.keyColon(j-1) {
		return false
	}
	return s.resultProperty(j - 2)
}

// resultProperty reports whether the key at token k is success, fail or
// complete of an object given to a call of the platform.
func (s *script) resultProperty(k int) bool {
	switch s.keyName(k) {
	case "success", "complete", "fail":
	default:
		return false
	}
	brace := s.Tokens[k].Parent()
	open := brace - 1
	if !s.Is(open, "(") || !s.CallParen(open) {
		return false
	}
	_, at := s.Callee(open)
	r := s.Receiver(at)
	return r >= 0 && (s.Is(r, "wx") || s.Is(r, "uni") || s.Is(r, "Taro") || s.Is(r, ")") || s.Is(r, "swan") || s.Is(r, "tt"))
}

// callbackOf reports whether the name at i is the parameter of the enclosing
// function that is given as the property key to a call of the platform.
func (s *script) callbackOf(i int, key string) bool {
	name := s.Text(i)
	for p, n := s.Tokens[i].Parent(), 0; p >= 0 && n < maxClimb; p, n = s.Tokens[p].Parent(), n+1 {
		if !s.Is(p, "{") {
			continue
		}
		paren := -1 // the parameters of the function whose body opens at p
		switch {
		case s.Is(p-1, ")"):
			paren = s.Tokens[p-1].Match()
		case s.Is(p-1, "=>") && s.Is(p-2, ")"):
			paren = s.Tokens[p-2].Match()
		case s.Is(p-1, "=>") && s.Is(p-2, name):
			return s.Is(p-3, ":") && s.keyColon(p-3) && s.keyName(p-4) == key && s.resultProperty(p-4)
		}
		if paren < 0 || !s.declares(paren, name) {
			continue
		}
		if s.Is(paren-1, key) { // success(res) { … }
			return s.resultProperty(paren - 1)
		}
		j := s.headOf(paren)
		return s.Is(j-1, ":") && s.keyName(j-2) == key && s.resultCallback(paren)
	}
	return false
}

// declares reports whether the parameters that open at paren include name.
func (s *script) declares(paren int, name string) bool {
	for _, a := range s.Args(paren) {
		if s.Is(a[0], name) {
			return true
		}
	}
	return false
}

// listCallback follows the list whose forEach, map and the like is given the
// function that starts at token j.
func (w *follower) listCallback(j int) bool {
	r := w.iterated(j)
	if r < 0 {
		return false
	}
	w.operandFrom(w.OperandStart(r), r+1)
	return true
}

// object follows the property of the object that the expression [start, end)
// gives; property may be a dotted path.
func (w *follower) object(start, end int, property string) {
	if start >= end || !w.enter("o"+property+strconv.Itoa(start)) {
		return
	}
	w.depth++
	defer func() { w.depth-- }()
	name, rest, nested := strings.Cut(property, ".")
	switch {
	case w.Is(start, "{") && w.Tokens[start].Match() == end-1:
		w.entries(start, name, rest, nested)
	case w.Is(start, "[") && w.Tokens[start].Match() == end-1:
		for _, a := range w.Args(start) {
			w.object(a[0], a[1], property)
		}
	case end-start == 1 && w.IsType(start, js.Ident):
		w.objectName(start, property)
	case w.Is(start, "function") || w.top(start, end, "=>") >= 0 || w.IsType(start, js.String) || w.IsType(start, js.Number):
	default:
		w.lose("")
	}
}

// entries follows the entries called name of the object literal at brace.
func (w *follower) entries(brace int, name, rest string, nested bool) {
	for _, a := range w.Args(brace) {
		k := a[0]
		switch {
		case w.Is(k, "..."):
			w.object(k+1, a[1], name)
		case w.Is(k, "["):
			if m := w.Tokens[k].Match(); w.Is(m+1, ":") {
				if v, ok := w.literal(k + 1); !ok || v == name {
					w.expr(m+2, a[1])
				}
			}
		case w.Is(k+1, ":") && w.keyName(k) == name:
			if nested {
				w.object(k+2, a[1], rest)
			} else {
				w.expr(k+2, a[1])
			}
		case a[1]-k == 1 && w.Is(k, name):
			w.name(k)
		}
	}
}

// objectName follows the property of an object that a variable or parameter
// holds.
func (w *follower) objectName(i int, property string) {
	name := w.Text(i)
	if !w.enter("p" + property + "." + name) {
		return
	}
	found := false
	for _, k := range w.uses(name) {
		switch {
		case w.Is(k+1, "="):
			found = true
			w.object(k+2, w.ExprEnd(k+2), property)
		case w.Is(k+1, ".") && w.Is(k+2, property) && w.Is(k+3, "="):
			w.expr(k+4, w.ExprEnd(k+4))
		case w.parameter(k):
			found = true
			w.objectParam(k, property)
		}
	}
	if !found {
		w.lose("")
	}
}

// objectParam follows the property of the object that a parameter holds, to
// every call of its function in the file.
func (w *follower) objectParam(k int, property string) {
	paren := w.Tokens[k].Parent()
	name := ""
	if w.Is(paren, "(") {
		name = w.functionName(paren)
	}
	if name != "" && w.exported(name) {
		w.calledElsewhere(name)
	}
	if name == "" || w.exported(name) {
		w.lose("")
		return
	}
	index, calls := w.argIndex(paren, k), 0
	for _, i := range w.everywhere(name) {
		if !w.Is(i+1, "(") || i+1 == paren || w.Is(i-1, "function") || w.Is(w.Tokens[i+1].Match()+1, "{") {
			continue
		}
		calls++
		if args := w.Args(i + 1); index < len(args) {
			w.object(args[index][0], args[index][1], property)
		}
	}
	if calls == 0 {
		w.lose("")
	}
}

// everyEntry follows every value of the object literal at brace.
func (w *follower) everyEntry(brace int) {
	for _, a := range w.Args(brace) {
		switch k := a[0]; {
		case w.Is(k, "..."):
			w.expr(k+1, a[1])
		case w.Is(k+1, ":"):
			w.expr(k+2, a[1])
		case a[1]-k == 1 && w.IsType(k, js.Ident):
			w.name(k)
		}
	}
}
