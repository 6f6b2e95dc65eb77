package rewrite

import (
	"strconv"

	"github.com/wecos-go/wecos/internal/rewrite/js"
	"github.com/wecos-go/wecos/internal/rewrite/source"
)

// findLocalOnly marks the strings that reach a local-only API. An argument
// that is no literal is followed within the file; one that cannot be followed
// sets Facts.KeepAll.
func (s *script) findLocalOnly() {
	for i := range s.Tokens {
		if !s.Is(i, "(") || !s.CallParen(i) {
			continue
		}
		name, at := s.Callee(i)
		places := localArguments(name)
		if len(places) == 0 || s.Is(s.Tokens[i].Match+1, "{") || s.Is(at-1, "function") || s.ownMethod(i) {
			continue
		}
		args := s.Args(i)
		clear(s.guard)
		w := &follower{script: s, api: name, call: s.Tokens[at].Span}
		for _, p := range places {
			switch {
			case p.Index >= len(args):
			case p.Property == "":
				w.expr(args[p.Index][0], args[p.Index][1])
			default:
				w.object(args[p.Index][0], args[p.Index][1], p.Property)
			}
		}
		if w.lost { // every literal of the file stays: the other calls add nothing
			call := w.call
			s.f.KeepAll = &call
			return
		}
	}
}

// ownMethod reports whether the call at paren calls a method or function that
// the file itself defines, not the platform's of the same name.
func (s *script) ownMethod(paren int) bool {
	name, at := s.Callee(paren)
	if at < 0 {
		return false
	}
	if r := s.Receiver(at); r >= 0 && (s.member(r) || !selfNames[s.Text(r)]) {
		called, _ := s.Callee(s.Tokens[r].Match)
		return called == "selectComponent"
	}
	return len(s.functions(name)) > 0
}

// selfNames are the names under which a page or component knows itself.
var selfNames = map[string]bool{"this": true, "that": true, "self": true, "_this": true, "_self": true, "_that": true, "me": true, "vm": true}

// takenLocally reports whether one of the parts reaches a local-only API, and
// which.
func (s *script) takenLocally(parts []part) (string, bool) {
	for _, p := range parts {
		if p.inTpl >= 0 {
			if api, ok := s.local[p.inTpl]; ok {
				return api, true
			}
		}
		if api, ok := s.local[p.token]; ok && !p.hole {
			return api, true
		}
	}
	return "", false
}

// follower follows the image argument of one call to where its value comes
// from.
type follower struct {
	*script
	api   string
	call  source.Span
	lost  bool
	depth int
}

// enter guards against cycles and endless chains.
func (w *follower) enter(key string) bool {
	if w.lost || w.depth > 40 || w.guard[key] {
		return false
	}
	w.guard[key] = true
	return true
}

// expr follows the expression of the tokens [start, end).
func (w *follower) expr(start, end int) {
	if start >= end || !w.enter("e"+strconv.Itoa(start)) {
		return
	}
	w.depth++
	defer func() { w.depth-- }()
	if q := w.top(start, end, "?"); q >= 0 {
		if colon := w.branch(q+1, end); colon >= 0 {
			w.expr(q+1, colon)
			w.expr(colon+1, end)
			return
		}
	}
	for _, op := range []string{"||", "??"} {
		if q := w.top(start, end, op); q >= 0 {
			w.expr(start, q)
			w.expr(q+1, end)
			return
		}
	}
	if q := w.top(start, end, "&&"); q >= 0 {
		w.expr(q+1, end)
		return
	}
	if w.top(start, end, "+") > start {
		w.chain(start, end)
		return
	}
	w.operandFrom(start, end)
}

// top returns the index of the operator op in [start, end) outside brackets.
func (w *follower) top(start, end int, op string) int {
	for i := start; i < end; i++ {
		if w.Is(i, op) {
			return i
		}
		if w.Is(i, "=>") {
			return -1
		}
		if m := w.Tokens[i].Match; m > i {
			i = m
		}
	}
	return -1
}

// branch returns the colon that belongs to the question mark before start.
func (w *follower) branch(start, end int) int {
	depth := 0
	for i := start; i < end; i++ {
		switch {
		case w.Is(i, "?"):
			depth++
		case w.Is(i, ":") && depth == 0:
			return i
		case w.Is(i, ":"):
			depth--
		case w.Tokens[i].Match > i:
			i = w.Tokens[i].Match
		}
	}
	return -1
}

// chain marks the strings of a chain of +. With a known beginning the chain is
// a dynamic reference of its own; without one its beginning is followed too.
func (w *follower) chain(start, end int) {
	parts, _ := w.parts(start, end)
	for i, p := range parts {
		if !p.hole && p.ext == nil {
			w.mark(p.token)
			if p.inTpl >= 0 {
				w.mark(p.inTpl)
			}
			if p.konst != nil {
				w.expr(p.konst.start, p.konst.end)
			}
		} else if i == 0 && p.ext != nil {
			w.f.LocalConsts = append(w.f.LocalConsts, *p.ext)
		} else if i == 0 && p.span.End > p.span.Start {
			if q := w.OperandEnd(start); w.holeText(p) != "" && q <= end {
				w.operandFrom(start, q)
			}
		}
	}
}

func (w *follower) mark(token int) {
	w.local[token] = w.api
}

// platformResults are members that only ever hold what the platform returned:
// temporary files, contexts, environment paths.
var platformResults = map[string]bool{
	"tempFilePath": true, "tempFilePaths": true, "tempFiles": true, "savedFilePath": true, "apFilePath": true,
	"USER_DATA_PATH": true, "tempImagePath": true, "tempThumbPath": true, "thumbTempFilePath": true, "fileID": true,
}

// objectMakers are methods whose result is no path.
var objectMakers = map[string]bool{
	"createImage": true, "createOffscreenCanvas": true, "createCanvas": true, "createCanvasContext": true, "getContext": true,
	"createImageData": true, "getImageData": true, "transferToImageBitmap": true, "chooseImage": true, "chooseMedia": true,
	"chooseMessageFile": true, "downloadFile": true, "canvasToTempFilePath": true, "toTempFilePath": true, "toTempFilePathSync": true,
}

// operandFrom follows one operand [start, end).
func (w *follower) operandFrom(start, end int) {
	for start < end && (w.Is(start, "await") || w.Is(start, "...")) {
		start++
	}
	if start >= end {
		return
	}
	t := w.Tokens[start]
	switch {
	case t.Type == js.String || t.Type == js.Template || t.Type == js.Number || t.Type == js.Regex:
		w.mark(start)
		return
	case t.Type == js.TemplateHead:
		w.mark(start)
		if t.Chunk().Len() == 0 {
			w.templateHead(start)
		}
		return
	case w.Is(start, "new") || w.Is(start, "function") || w.Is(start, "async") || w.Is(start, "-") || w.Is(start, "!") || w.Is(start+1, "=>"):
		return
	case w.Is(start, "{"):
		return
	case w.Is(start, "[") && t.Match == end-1:
		for _, a := range w.Args(start) {
			w.expr(a[0], a[1])
		}
		return
	case w.Is(start, "(") && t.Match == end-1:
		w.expr(start+1, end-1)
		return
	case w.Is(start, "(") && w.Is(t.Match+1, "=>"):
		return
	}
	w.path(start, end)
}

// templateHead follows what begins a template that starts with a substitution.
func (w *follower) templateHead(head int) {
	j := head + 1
	for j < len(w.Tokens) && !w.IsType(j, js.TemplateMiddle) && !w.IsType(j, js.TemplateTail) {
		if m := w.Tokens[j].Match; m > j {
			j = m
		}
		j++
	}
	w.expr(head+1, j)
}

// path follows a name with members, indexes and calls behind it.
func (w *follower) path(start, end int) {
	last := end - 1
	for w.Is(last, "!") && last > start {
		last--
	}
	for w.Is(last, "]") { // an element: whatever the list holds
		last = w.Tokens[last].Match - 1
	}
	for i := start; i <= last; i++ {
		if w.IsType(i, js.Ident) && platformResults[w.Text(i)] {
			return
		}
	}
	if u := w.external(start, last+1); u != nil {
		w.f.LocalConsts = append(w.f.LocalConsts, *u)
		return
	}
	switch {
	case w.Is(last, ")"):
		w.callResult(w.Tokens[last].Match)
	case last == start && w.IsType(start, js.Ident):
		w.name(start)
	case selfNames[w.Text(start)] && w.Is(start+1, ".") && w.Is(start+2, "data") && w.Is(start+3, ".") && last == start+4:
		w.data(w.Text(last))
	case selfNames[w.Text(start)] && w.Is(start+1, ".") && last == start+2:
		w.field(w.Text(last))
	case w.callbackOf(start, "success") || w.callbackOf(start, "complete"):
	default:
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
