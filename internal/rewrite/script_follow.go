package rewrite

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
	for _, k := range w.uses[name] {
		switch {
		case w.Is(k+1, "="):
			found = true
			w.expr(k+2, w.ExprEnd(k+2))
		case w.parameter(k) && !w.Is(k+1, "="):
			found = true
			w.param(k)
		case (w.Is(k-1, "let") || w.Is(k-1, "var")) && !w.Is(k+1, "of") && !w.Is(k+1, "in"):
			found = true
		case w.Is(k+1, "of"):
			found = true
			end := w.Tokens[w.Tokens[k].Parent].Match
			w.expr(k+2, end)
		case w.destructured(k):
			found = true
			w.pattern(k)
		case w.Is(k-1, "import"):
			found, w.lost = true, true
		}
	}
	if !found {
		w.lost = true
	}
}

// pattern follows a name that a destructuring pattern binds: from the page's
// data, or nowhere.
func (w *follower) pattern(k int) {
	p := w.Tokens[k].Parent
	v := w.Tokens[p].Match + 2
	if w.Is(v-1, "=") && selfNames[w.Text(v)] && w.Is(v+1, ".") && w.Is(v+2, "data") && !w.Is(v+3, ".") {
		w.data(w.Text(k))
		return
	}
	if platformResults[w.Text(k)] {
		return
	}
	w.lost = true
}

// param follows the parameter at token k to the arguments of every call of its
// function in the file.
func (w *follower) param(k int) {
	paren := w.Tokens[k].Parent
	if !w.Is(paren, "(") { // name => …, or a pattern in the list
		if !w.Is(k+1, "=>") || !w.listCallback(k) {
			w.lost = true
		}
		return
	}
	index := w.argIndex(paren, k)
	name := w.functionName(paren)
	if name == "" {
		if w.resultCallback(paren) || index == 0 && w.listCallback(w.headOf(paren)) {
			return
		}
		w.lost = true
		return
	}
	if w.exported(name) {
		w.f.LocalFuncs = append(w.f.LocalFuncs, name)
		w.lost = true
		return
	}
	calls := 0
	for _, i := range w.everywhere(name) {
		if !w.Is(i+1, "(") || i+1 == paren || w.Is(i-1, "function") {
			continue
		}
		if w.Is(w.Tokens[i+1].Match+1, "{") && !w.member(i) {
			continue // its definition as a method
		}
		calls++
		if args := w.Args(i + 1); index < len(args) {
			w.expr(args[index][0], args[index][1])
		}
	}
	if calls == 0 {
		w.lost = true
	}
}

// data follows a field of the page's data: its first value and every setData.
func (w *follower) data(name string) {
	if !w.enter("d" + name) {
		return
	}
	found := false
	for _, i := range w.colons(name) {
		found = true
		w.expr(i+1, w.ExprEnd(i+1))
	}
	for _, k := range w.uses[name] { // setData({name})
		if (w.Is(k-1, "{") || w.Is(k-1, ",")) && (w.Is(k+1, ",") || w.Is(k+1, "}")) && w.objectBrace(w.Tokens[k].Parent) && !w.destructured(k) {
			found = true
			w.name(k)
		}
	}
	if !found {
		w.lost = true
	}
}

// field follows this.name: every assignment to a member of that name, and every
// property.
func (w *follower) field(name string) {
	if !w.enter("f" + name) {
		return
	}
	found := false
	for _, i := range w.everywhere(name) {
		switch {
		case w.Is(i+1, "=") && (w.member(i) || w.Is(w.Tokens[i].Parent, "{")):
			found = true
			w.expr(i+2, w.ExprEnd(i+2))
		case w.Is(i+1, ":") && w.keyColon(i+1):
			found = true
			w.expr(i+2, w.ExprEnd(i+2))
		}
	}
	if !found {
		w.lost = true
	}
}

// callResult follows the value that the call at paren returns.
func (w *follower) callResult(paren int) {
	name, at := w.Callee(paren)
	if objectMakers[name] {
		return
	}
	if name == "require" {
		w.lost = true
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
	w.lost = true
}
