package rewrite

import "github.com/wecos-go/wecos/internal/rewrite/js"

// partOf notes which functions of this file are given a value of which the
// operand that begins at token i is a part: a property, an element, or a
// property of either. Other files may call them, and what they give then reaches
// a local-only API.
func (w *follower) partOf(i int) {
	for w.Is(i, "(") || w.Is(i, "{") || w.Is(i, "...") {
		i++
	}
	switch {
	case !w.IsType(i, js.Ident):
	case selfNames[w.Text(i)] && w.Is(i+1, ".") && w.IsType(i+2, js.Ident):
		w.partOfField(w.Text(i + 2))
	case !w.member(i):
		w.partOfName(w.Text(i))
	}
}

// partOfField goes on with what is assigned to this.name.
func (w *follower) partOfField(name string) {
	if !w.enter("mf" + name) {
		return
	}
	for _, k := range w.members(name) {
		if w.Is(k+1, "=") {
			w.partOf(k + 2)
		}
	}
}

// partOfName goes on with what a variable or parameter holds.
func (w *follower) partOfName(name string) {
	if !w.enter("m" + name) {
		return
	}
	for _, k := range w.usesOf(name) {
		switch {
		case w.parameter(k):
			w.fromCallers(k)
		case w.Is(k+1, "=>"): // name => …
			w.partOfList(k)
		case w.Is(k+1, "=") || w.Is(k+1, "of"):
			w.partOf(k + 2)
		}
	}
}

// fromCallers notes the function that has the name at k among its parameters, or
// goes on with the list whose elements it is given.
func (w *follower) fromCallers(k int) {
	paren := w.Tokens[k].Parent()
	for w.Is(paren, "{") || w.Is(paren, "[") { // a pattern in the list
		paren = w.Tokens[paren].Parent()
	}
	if name := w.functionName(paren); name != "" {
		w.calledElsewhere(name)
		return
	}
	w.partOfList(w.headOf(paren))
}

// partOfList goes on with the list whose forEach, map and the like is given the
// function that begins at token j.
func (w *follower) partOfList(j int) {
	if list := w.iterated(j); list >= 0 {
		w.partOf(w.OperandStart(list))
	}
}

// iterated returns the last token of the list whose forEach, map and the like is
// given the function that begins at token j, or -1.
func (w *follower) iterated(j int) int {
	if !w.Is(j-1, "(") {
		return -1
	}
	switch name, at := w.Callee(j - 1); name {
	case "forEach", "map", "filter", "some", "every", "find":
		return w.Receiver(at)
	}
	return -1
}

// class returns the name of the class whose constructor has its parameters at
// paren: "default" for a nameless one, "" when there is none.
func (s *script) class(paren int) string {
	body := s.Tokens[paren].Parent()
	if !s.Is(body, "{") {
		return ""
	}
	const longest = 12 // class Name extends a.b.c
	for j := body - 1; j >= 0 && j > body-longest; j-- {
		switch {
		case !s.Is(j, "class"):
		case s.IsType(j+1, js.Ident) && !s.Is(j+1, "extends"):
			return s.Text(j + 1)
		case s.Is(j-1, "="):
			return s.Text(j - 2)
		default:
			return "default"
		}
	}
	return ""
}
