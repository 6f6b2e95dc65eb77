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
