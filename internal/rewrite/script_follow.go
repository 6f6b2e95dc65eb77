package rewrite

import (
	"slices"
	"strconv"

	"github.com/wecos-go/wecos/internal/rewrite/js"
)

// name follows a variable, constant, parameter or import.
func (w *follower) name(i int) {
	name := w.Text(i)
	switch name {
	case "null", "undefined", "true", "false", "this", "that":
		return
	}
	if !w.enter("n" + name) {
		return
	}
	found := false
	for _, k := range w.usesOf(name) {
		switch {
		case w.Is(k+1, "="):
			found = true
			w.expr(k+2, w.ExprEnd(k+2))
			if w.parameter(k) { // its default
				w.param(k)
			}
		case w.parameter(k):
			found = true
			w.param(k)
		case (w.Is(k-1, "let") || w.Is(k-1, "var")) && !w.Is(k+1, "of") && !w.Is(k+1, "in"):
			found = true
		case w.Is(k+1, "=>"): // name => …
			found = true
			if !w.listCallback(k) {
				w.lose("")
			}
		case w.Is(k+1, "of"):
			found = true
			end := w.Tokens[w.Tokens[k].Parent()].Match()
			w.expr(k+2, end)
		case w.destructured(k):
			found = true
			w.pattern(k)
		case w.Is(k-1, "import"):
			found = true
			w.lose("")
		}
	}
	if !found {
		w.lose("")
	}
}

// usesOf lists the uses of a name; none when the script takes too many steps.
func (w *follower) usesOf(name string) []int {
	if !w.spend(len(w.uses(name))) {
		w.lose("")
		return nil
	}
	return w.uses(name)
}

// pattern follows a name that a destructuring pattern binds: from the page's
// data, or nowhere.
func (w *follower) pattern(k int) {
	p := w.Tokens[k].Parent()
	v := w.Tokens[p].Match() + 2
	if w.Is(v-1, "=") && selfNames[w.Text(v)] && w.Is(v+1, ".") && w.Is(v+2, "data") && !w.Is(v+3, ".") {
		w.data(w.Text(k))
		return
	}
	if platformResults[w.Text(k)] {
		return
	}
	if w.Is(v-1, "=") {
		w.partOf(v)
	}
	w.lose("")
}

// param follows the parameter at token k to the arguments of every call of its
// function in the file.
func (w *follower) param(k int) {
	paren := w.Tokens[k].Parent()
	if !w.Is(paren, "(") { // a pattern in the list
		w.fromCallers(k)
		w.lose("")
		return
	}
	index := w.argIndex(paren, k)
	name := w.functionName(paren)
	if name != "" && !w.enter("a"+strconv.Itoa(index)+name) {
		return
	}
	if name == "" {
		if w.resultCallback(paren) || index == 0 && w.listCallback(w.headOf(paren)) {
			return
		}
		w.lose("")
		return
	}
	if w.exported(name) {
		w.calledElsewhere(name)
		w.lose("")
		return
	}
	calls := 0
	w.spend(len(w.uses(name)) + len(w.members(name)))
	for _, i := range w.everywhere(name) {
		if w.handedOn(i) {
			w.lose("")
		}
		if !w.Is(i+1, "(") || i+1 == paren || w.Is(i-1, "function") {
			continue
		}
		if w.Is(w.Tokens[i+1].Match()+1, "{") && !w.member(i) {
			continue // its definition as a method
		}
		calls++
		if args := w.Args(i + 1); index < len(args) {
			w.expr(args[index][0], args[index][1])
		}
	}
	if calls == 0 { // a method that others call
		w.calledElsewhere(name)
		w.lose("")
	}
}

// calledElsewhere notes that other files may call the function, whose
// parameter is followed.
func (w *follower) calledElsewhere(name string) {
	if w.given {
		if f := (Forward{From: name, To: w.api}); !slices.Contains(w.f.Forwards, f) {
			w.f.Forwards = append(w.f.Forwards, f)
		}
		return
	}
	w.f.LocalFuncs = appendUnique(w.f.LocalFuncs, name)
	for _, k := range w.uses(name) {
		if as, ok := w.exportedAs(k); ok {
			w.f.LocalFuncs = appendUnique(w.f.LocalFuncs, as)
		}
	}
}

// handedOn reports whether the function called by the name at i is used as a
// value there: list.map(this.draw).
func (w *follower) handedOn(i int) bool {
	if r := w.Receiver(i); r >= 0 && (w.member(r) || !selfNames[w.Text(r)]) {
		return false
	}
	before := w.Is(i-1, "(") || w.Is(i-1, ",") && w.Is(w.Tokens[i].Parent(), "(")
	if w.member(i) {
		before = w.Is(i-3, "(") || w.Is(i-3, ",") && w.Is(w.Tokens[i].Parent(), "(")
	}
	return before && (w.Is(i+1, ")") || w.Is(i+1, ",") || w.Is(i+1, ".") && w.Is(i+2, "bind")) && !w.parameter(i)
}

// data follows a field of the page's data: its first value and every setData.
func (w *follower) data(name string) {
	if !w.enter("d" + name) {
		return
	}
	found := false
	for _, i := range w.colons(name) {
		found = true
		if w.Is(i+1, "{") && w.IsType(i+2, js.Ident) && w.Is(i+3, ":") || w.IsType(i+1, js.Ident) && propertyTypes[w.Text(i+1)] {
			if w.Is(i+1, "{") { // the property of a component and its default
				w.object(i+1, w.ExprEnd(i+1), "value")
			}
			w.lose(name)
			continue
		}
		w.expr(i+1, w.ExprEnd(i+1))
	}
	for _, k := range w.uses(name) { // setData({name})
		if (w.Is(k-1, "{") || w.Is(k-1, ",")) && (w.Is(k+1, ",") || w.Is(k+1, "}")) && w.objectBrace(w.Tokens[k].Parent()) && !w.destructured(k) {
			found = true
			w.name(k)
		}
	}
	if !found {
		w.lose("")
	}
}

// propertyTypes are the types that a component declares for its properties.
var propertyTypes = map[string]bool{"String": true, "Object": true, "Array": true, "null": true}

// field follows this.name: every assignment to a member of that name, and every
// property.
func (w *follower) field(name string) {
	if !w.enter("f" + name) {
		return
	}
	found := false
	w.spend(len(w.uses(name)) + len(w.members(name)))
	for _, i := range w.everywhere(name) {
		switch {
		case w.Is(i+1, "=") && (w.member(i) || w.Is(w.Tokens[i].Parent(), "{")):
			found = true
			w.expr(i+2, w.ExprEnd(i+2))
		case w.Is(i+1, ":") && w.keyColon(i+1):
			found = true
			w.expr(i+2, w.ExprEnd(i+2))
		}
	}
	if !found {
		w.lose("")
	}
}

// callResult follows the value that the call at paren returns.
func (w *follower) callResult(paren int) {
	name, at := w.Callee(paren)
	if objectMakers[name] {
		return
	}
	if name == "require" {
		if module, ok := w.literal(paren + 1); ok {
			w.constant(ConstUse{Module: module, Name: "*"})
		}
		w.lose("")
		return
	}
	if at >= 0 && (name == "replace" || name == "trim" || name == "toString" || name == "slice" || name == "split" || name == "concat") {
		if r := w.Receiver(at); r >= 0 {
			w.operandFrom(w.OperandStart(r), r+1)
			for _, a := range w.Args(paren) {
				w.expr(a[0], a[1])
			}
			return
		}
	}
	w.lose("")
}
