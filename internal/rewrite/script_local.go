package rewrite

import (
	"slices"
	"strconv"

	"github.com/wecos-go/wecos/internal/rewrite/js"
	"github.com/wecos-go/wecos/internal/rewrite/source"
)

// findLocalOnly marks the strings that reach a local-only API. An argument
// that is no literal is followed within the file; one that cannot be followed
// sets Facts.KeepAll.
func (s *script) findLocalOnly() {
	for i := range s.Tokens {
		if s.IsType(i, js.Ident) {
			s.wrapped(i)
			continue
		}
		if !s.Is(i, "(") || !s.CallParen(i) {
			continue
		}
		name, at := s.callee(i)
		places := localArguments(name)
		if s.Is(s.Tokens[i].Match()+1, "{") || at < 0 || s.Is(at-1, "function") {
			continue
		}
		if len(places) == 0 || s.ownMethod(i) {
			s.give(i, name, at)
			continue
		}
		args := s.Args(i)
		w := &follower{script: s, api: name, call: s.Tokens[at].Span()}
		for _, p := range places {
			switch {
			case p.Index >= len(args):
			case p.Property == "":
				w.expr(args[p.Index][0], args[p.Index][1])
			default:
				w.object(args[p.Index][0], args[p.Index][1], p.Property)
			}
		}
	}
}

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
	given bool // api is an imported function of which nothing is known
	depth int
}

// maxFollow bounds how far a value is followed.
const maxFollow = 40

// enter guards against cycles and endless chains, and against following the
// same thing once more for another call.
func (w *follower) enter(key string) bool {
	if w.given {
		key = w.api + " " + key
	}
	if w.guard[key] {
		return false
	}
	if w.depth > maxFollow || !w.spend(1) {
		w.lose("")
		return false
	}
	w.guard[key] = true
	return true
}

// lose notes that a value comes from elsewhere: from the property called
// name, or from who knows where.
func (w *follower) lose(name string) {
	if w.given {
		if !w.guard["lost "+w.api] {
			w.guard["lost "+w.api] = true
			w.f.LostCalls = append(w.f.LostCalls, w.api)
		}
		return
	}
	if w.f.KeepAll == nil {
		call := w.call
		w.f.KeepAll = &call
	}
	if !w.guard["from "+name] {
		w.guard["from "+name] = true
		w.f.Lost = append(w.f.Lost, name)
	}
}

func appendUnique(s []string, v string) []string {
	if slices.Contains(s, v) {
		return s
	}
	return append(s, v)
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
	for i := start; i < end && w.spend(1); i++ {
		if w.Is(i, op) {
			return i
		}
		if w.Is(i, "=>") {
			return -1
		}
		if m := w.Tokens[i].Match(); m > i {
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
		case w.Tokens[i].Match() > i:
			i = w.Tokens[i].Match()
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
			w.constant(*p.ext)
		} else if i == 0 && p.span.End > p.span.Start {
			if q := w.OperandEnd(start); w.holeText(p) != "" && q <= end {
				w.operandFrom(start, q)
			}
		}
	}
}

func (w *follower) mark(token int) {
	if w.given {
		if key := "mark " + strconv.Itoa(token) + w.api; !w.guard[key] {
			w.guard[key] = true
			w.gifts[token] = append(w.gifts[token], w.api)
		}
		return
	}
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
	if w.depth > maxFollow {
		w.lose("")
		return
	}
	w.depth++
	defer func() { w.depth-- }()
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
		if w.given && t.Match() == end-1 {
			w.everyEntry(start)
		}
		return
	case w.Is(start, "[") && t.Match() == end-1:
		for _, a := range w.Args(start) {
			w.expr(a[0], a[1])
		}
		return
	case w.Is(start, "(") && t.Match() == end-1:
		w.expr(start+1, end-1)
		return
	case w.Is(start, "(") && w.Is(t.Match()+1, "=>"):
		return
	}
	w.path(start, end)
}

// templateHead follows what begins a template that starts with a substitution.
func (w *follower) templateHead(head int) {
	w.expr(head+1, w.substitutionEnd(head))
}

// path follows a name with members, indexes and calls behind it.
func (w *follower) path(start, end int) {
	last := end - 1
	for w.Is(last, "!") && last > start {
		last--
	}
	for w.Is(last, "]") { // an element: whatever the list holds
		last = w.Tokens[last].Match() - 1
	}
	if !w.spend(last - start) {
		w.lose("")
		return
	}
	for i := start; i <= last; i++ {
		if w.IsType(i, js.Ident) && platformResults[w.Text(i)] {
			return
		}
	}
	if u, ok := w.external(start, last+1); ok {
		w.constant(u)
		return
	}
	switch {
	case w.Is(last, ")"):
		w.callResult(w.Tokens[last].Match())
	case last == start && w.IsType(start, js.Ident):
		w.name(start)
	case selfNames[w.Text(start)] && w.Is(start+1, ".") && w.Is(start+2, "data") && w.Is(start+3, ".") && last == start+4:
		w.data(w.Text(last))
	case selfNames[w.Text(start)] && w.Is(start+1, ".") && last == start+2:
		w.field(w.Text(last))
	case w.callbackOf(start, "success") || w.callbackOf(start, "complete"):
	case w.IsType(last, js.Ident) && w.member(last):
		w.partOf(start)
		w.lose(w.Text(last))
	default:
		w.lose("")
	}
}

// constant notes that a constant of another module reaches the API.
func (w *follower) constant(u ConstUse) {
	if !w.given {
		w.f.LocalConsts = append(w.f.LocalConsts, u)
	}
}
