package rewrite

import (
	"github.com/wecos-go/wecos/internal/rewrite/js"
)

// findModules collects which names of this script belong to other modules, and
// which constant strings it exports.
func (s *script) findModules() {
	s.named, s.spaces = map[string]ConstUse{}, map[string]string{}
	for i := range s.Tokens {
		if s.Tokens[i].Type != js.Ident {
			continue
		}
		switch {
		case s.Is(i, "import") && !s.member(i) && !s.Is(i+1, "(") && !s.Is(i+1, "."):
			s.importStatement(i)
		case s.Is(i, "require") && !s.member(i) && s.Is(i+1, "("):
			s.requireCall(i)
		case s.Is(i, "export") && !s.member(i):
			s.exportStatement(i)
		case s.Is(i, "exports") && s.Is(i+1, "="):
			s.exportValue(i+2, "")
		case s.Is(i, "exports") && s.Is(i+1, ".") && s.Is(i+3, "="):
			s.exportValue(i+4, s.Text(i+2))
		}
	}
}

// importStatement reads the bindings of the import statement at i.
func (s *script) importStatement(i int) {
	var names, spaces []string
	from := map[string]string{}
	j := i + 1
	if s.Is(j, "type") {
		return
	}
	for ; j < len(s.Tokens) && j < i+400 && !s.Is(j, "from") && !s.Is(j, "import") && !s.IsType(j, js.String); j++ {
		switch {
		case s.Is(j, "{"):
			for _, a := range s.Args(j) {
				local := s.Text(a[1] - 1)
				names = append(names, local)
				from[local] = s.Text(a[0])
			}
			j = max(j, s.Tokens[j].Match())
		case s.IsType(j, js.Ident) && !s.Is(j, "as"):
			spaces = append(spaces, s.Text(j))
		}
	}
	if s.Is(j, "from") {
		j++
	}
	module, ok := s.literal(j)
	if !ok {
		return
	}
	s.bound(j)
	for _, n := range names {
		s.named[n] = ConstUse{Module: module, Name: from[n]}
	}
	for _, n := range spaces {
		s.spaces[n] = module
	}
}

// bound notes that all that is taken from the module that the string at i names
// is known.
func (s *script) bound(i int) { s.boundAt[i] = true }

// requireCall reads the bindings of the call of require at i.
func (s *script) requireCall(i int) {
	module, ok := s.literal(i + 2)
	if !ok || !s.Is(i+3, ")") {
		return
	}
	if !s.Is(i-1, "=") {
		if s.Is(i-1, ";") || s.Is(i-1, "}") || i == 0 { // for its effects only
			s.bound(i + 2)
		}
		return
	}
	after := s.Is(i+4, ".") && s.IsType(i+5, js.Ident)
	switch {
	case s.IsType(i-2, js.Ident) && !s.member(i-2) && after && !s.Is(i+6, "(") && !s.Is(i+6, "."):
		s.named[s.Text(i-2)] = ConstUse{Module: module, Name: s.Text(i + 5)}
	case after:
		return
	case s.IsType(i-2, js.Ident) && !s.member(i-2):
		s.spaces[s.Text(i-2)] = module
	case s.Is(i-2, "}"):
		for _, a := range s.Args(s.Tokens[i-2].Match()) {
			if s.Is(a[0], "...") {
				return
			}
			s.named[s.Text(a[1]-1)] = ConstUse{Module: module, Name: s.Text(a[0])}
		}
	default:
		return
	}
	s.bound(i + 2)
}

// exportStatement reads what the export statement at i exports.
func (s *script) exportStatement(i int) {
	switch {
	case s.Is(i+1, "default"):
		s.exportValue(i+2, "")
	case s.Is(i+1, "const") || s.Is(i+1, "let") || s.Is(i+1, "var"):
		for j := i + 2; s.IsType(j, js.Ident); {
			end := j + 1
			if s.Is(j+1, "=") {
				s.export(s.Text(j), j+2, s.ExprEnd(j+2))
				end = s.ExprEnd(j + 2)
			}
			if !s.Is(end, ",") {
				return
			}
			j = end + 1
		}
	case s.Is(i+1, "{") && !s.Is(s.Tokens[i+1].Match()+1, "from"):
		for _, a := range s.Args(i + 1) {
			s.export(s.Text(a[1]-1), a[0], a[0]+1)
		}
	}
}

// exportValue reads the value that begins at token i: that of name, or of an
// object whose properties are exported.
func (s *script) exportValue(i int, name string) {
	if name != "" {
		s.export(name, i, s.ExprEnd(i))
		return
	}
	if !s.Is(i, "{") {
		s.export("default", i, s.ExprEnd(i))
		return
	}
	for _, a := range s.Args(i) {
		switch k := a[0]; {
		case s.Is(k+1, ":"):
			s.export(s.keyName(k), k+2, a[1])
		case a[1]-k == 1:
			s.export(s.Text(k), k, a[1])
		}
	}
}

// export records the constant string of the expression [start, end).
func (s *script) export(name string, start, end int) {
	if name == "" || start >= end || end > len(s.Tokens) {
		return
	}
	parts, whole := s.parts(start, end)
	if !whole || len(parts) == 0 {
		return
	}
	value := ""
	for _, p := range parts {
		if p.hole || p.ext != nil {
			return
		}
		value += p.value
	}
	at := s.Tokens[start].Span().Start
	if c := parts[0].konst; c != nil && len(parts) == 1 {
		c.exports++
		at = s.Tokens[c.start].Span().Start
	} else if c := s.values[at]; c != nil {
		c.exported = true
	}
	if s.f.Exports == nil {
		s.f.Exports = map[string]Export{}
	}
	s.f.Exports[name] = Export{Value: value, Offset: at}
	s.exportAt[at] = append(s.exportAt[at], name)
}

// external returns the constant of another module that the operand [p, q)
// names.
func (s *script) external(p, q int) (u ConstUse, ok bool) {
	if s.expr != nil || !s.IsType(p, js.Ident) || s.member(p) {
		return u, false
	}
	switch {
	case q-p == 1:
		if u, ok = s.named[s.Text(p)]; ok {
			return u, true
		}
		m, ok := s.spaces[s.Text(p)]
		return ConstUse{Module: m, Name: "default"}, ok
	case q-p == 3 && s.Is(p+1, ".") && s.IsType(p+2, js.Ident):
		if m, ok := s.spaces[s.Text(p)]; ok && s.Text(p+2) != "default" {
			return ConstUse{Module: m, Name: s.Text(p + 2)}, true
		}
		return ConstUse{Name: "p"}, s.Is(p+2, "p")
	}
	return u, false
}

// countUses counts the reads of constants of other modules, so that Decide can
// tell whether all of them were understood.
func (s *script) countUses() {
	if len(s.named)+len(s.spaces) == 0 {
		return
	}
	uses := map[ConstUse]UseCount{}
	add := func(u ConstUse, understood bool) {
		c := uses[u]
		c.Reads++
		if understood {
			c.Understood++
		}
		uses[u] = c
	}
	for name, u := range s.named {
		for _, i := range s.uses(name) {
			if !s.binding(i) && !s.key(i) {
				add(u, s.understood[i])
			}
		}
	}
	for name, module := range s.spaces {
		for _, i := range s.uses(name) {
			switch {
			case s.binding(i) || s.key(i):
			case s.Is(i+1, ".") && s.IsType(i+2, js.Ident):
				add(ConstUse{Module: module, Name: s.Text(i + 2)}, s.understood[i])
			case s.understood[i]:
				add(ConstUse{Module: module, Name: "default"}, true)
			default: // all of the module goes somewhere
				add(ConstUse{Module: module}, false)
			}
		}
	}
	s.f.ConstUses = uses
}

// binding reports whether the name at i is bound there by an import.
func (s *script) binding(i int) bool {
	if s.Is(i+1, "=") && s.Is(i+2, "require") {
		return true
	}
	if s.Is(i-1, "import") || s.Is(i+1, "from") || s.Is(i-1, "as") {
		return true
	}
	p := s.Tokens[i].Parent()
	if !s.Is(p, "{") {
		return false
	}
	m := s.Tokens[p].Match()
	return s.Is(m+1, "from") || s.Is(m+1, "=") && s.Is(m+2, "require")
}
