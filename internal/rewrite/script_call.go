package rewrite

import (
	"github.com/wecos-go/wecos/internal/rewrite/js"
)

// callee returns the name of what the parenthesis at i calls and its token:
// also one in an index, wx['showToast'](…), and one that a function wraps,
// promisify(wx.showToast)(…).
func (s *script) callee(i int) (string, int) {
	if name, at := s.Callee(i); at >= 0 {
		return name, at
	}
	switch {
	case s.Is(i-1, "]") && s.indexedName(i-2):
		name, _ := s.literal(i - 2)
		return name, i - 2
	case s.Is(i-1, ")"):
		for _, a := range s.Args(s.Tokens[i-1].Match()) {
			if at := a[1] - 1; s.IsType(at, js.Ident) && s.member(at) {
				return s.Text(at), at
			}
		}
	}
	return "", -1
}

// indexedName reports whether the string at i is the only thing in an index.
func (s *script) indexedName(i int) bool {
	return s.IsType(i, js.String) && s.Is(i-1, "[") && s.Is(i+1, "]") && s.EndsOperand(i-2)
}

// wrapped notes a local-only method that is not called where it is named, but
// handed on: const toast = wx.showToast. Where it is called then is unknown.
func (s *script) wrapped(i int) {
	if !s.member(i) || !platforms[s.Text(i-2)] || len(localArguments(s.Text(i))) == 0 {
		return
	}
	switch {
	case s.Is(i+1, "(") || s.Is(i+1, "?.") || s.Is(i+1, "="), s.Is(i-3, "typeof"), s.Is(i-3, "!"): // called, replaced, tested
		return
	case s.IsType(i+1, js.Punct):
		switch s.Text(i + 1) {
		case "&&", "?", "===", "!==", "==", "!=":
			return
		case ")":
			if s.Is(i+2, "(") || s.Is(s.Tokens[i+1].Match()-1, "if") { // wrapped and called, or tested
				return
			}
		}
	}
	w := &follower{script: s, api: s.Text(i), call: s.Tokens[i].Span()}
	if name := s.holder(i - 2); name != "" {
		s.f.LocalFuncs = append(s.f.LocalFuncs, name)
	}
	w.lose("")
}

// holder returns the variable or property that gets the value whose expression
// begins at token i or around it.
func (s *script) holder(i int) string {
	for range maxClimb {
		at, kind := s.left(i)
		switch kind {
		case stepAssign:
			return s.Text(at - 1)
		case stepKey:
			return s.keyName(at - 1)
		case stepOpen:
			if s.Is(at, "(") {
				i = at
				continue
			}
		}
		break
	}
	return ""
}

// give notes what the imported function that is called at paren gets: it may
// hand it to a local-only API.
func (s *script) give(paren int, name string, at int) {
	if !s.imported(at) {
		return
	}
	w := &follower{script: s, api: s.exportName(name, at), given: true}
	for _, a := range s.Args(paren) {
		w.expr(a[0], a[1])
	}
}

// exportName returns the name under which the imported function that is called
// by the name at token at is exported.
func (s *script) exportName(name string, at int) string {
	if s.member(at) {
		return name
	}
	if u, ok := s.named[name]; ok {
		return u.Name
	}
	return "default"
}

// imported reports whether the name at token at comes from another module, or
// is a method of what does.
func (s *script) imported(at int) bool {
	r := s.Receiver(at)
	if r < 0 {
		_, named := s.named[s.Text(at)]
		_, space := s.spaces[s.Text(at)]
		return named || space
	}
	_, space := s.spaces[s.Text(r)]
	return space && !s.member(r)
}

// ownMethod reports whether the call at paren calls a method or function that
// the file itself defines, not the platform's of the same name.
func (s *script) ownMethod(paren int) bool {
	name, at := s.callee(paren)
	if at < 0 {
		return false
	}
	if r := s.Receiver(at); r >= 0 && (s.member(r) || !selfNames[s.Text(r)]) {
		called, _ := s.Callee(s.Tokens[r].Match())
		return called == "selectComponent"
	}
	return len(s.functions(name)) > 0
}

// platforms are the names of the object that holds the platform's methods.
var platforms = map[string]bool{"wx": true, "uni": true, "Taro": true, "wepy": true, "mpx": true, "qq": true, "tt": true, "swan": true, "my": true}

// selfNames are the names under which a page or component knows itself.
var selfNames = map[string]bool{"this": true, "that": true, "self": true, "_this": true, "_self": true, "_that": true, "me": true, "vm": true}
