package rewrite

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/wecos-go/wecos/internal/rewrite/js"
	"github.com/wecos-go/wecos/internal/rewrite/source"
)

// exprContext is what surrounds an expression in a WXML attribute.
type exprContext struct {
	Pos      Position
	Base     Base
	Tag, API string
	// Glued says that text stands before or after the expression in the same
	// value, so that its strings are pieces of paths.
	Glued bool
}

// script is one script, or one expression of a WXML attribute, while its
// references are extracted.
type script struct {
	*js.File
	f     *Facts
	outer byte         // the quote of the WXML attribute around the expression
	expr  *exprContext // nil in a script

	names  map[string][]int // where each name stands, but not as a member, once asked for
	others map[string][]int // where it stands as a member, once asked for
	keys   map[string][]int // the colons behind each key of a property, once asked for
	consts map[string]*constant
	values map[int]*constant   // constants by the offset of their value
	named  map[string]ConstUse // names bound to other modules' exports
	spaces map[string]string   // names bound to other modules
	// boundAt are the strings of imports that bind names, exportAt the names
	// under which the value at an offset is exported, understood the tokens of
	// other modules' constants that became the beginning of a reference.
	boundAt    map[int]bool
	exportAt   map[int][]string
	understood map[int]bool

	first   int              // index of the script's first reference in Facts.Refs
	heads   []int            // of the templates taken apart for the chain at hand
	nesting int              // of expressions being taken apart
	steps   int              // taken so far
	limit   int              // of steps
	lists   map[int][][2]int // arguments by their parenthesis

	done  []bool           // string tokens that a reference explains already
	local map[int]string   // string tokens that a local-only API takes, and its name
	gifts map[int][]string // string tokens that imported functions get, and their names
	guard map[string]bool
}

// extractScript finds the references of the script in span.
func extractScript(f *Facts, span source.Span) {
	file, err := js.Tokenize(f.masked, span)
	defer file.Release()
	f.comments = append(f.comments, file.Comments...)
	if err != nil {
		var e *js.Error
		if errors.As(err, &e) && f.Err == nil {
			f.Err = &ParseError{Offset: e.Offset, Text: e.Text}
		}
		return
	}
	s := newScript(f, file, nil, 0)
	s.findConstants()
	s.findModules()
	s.findLocalOnly()
	s.run()
	s.countUses()
	s.finish()
}

// finish gives up on a script that took too many steps: nothing in it is
// certain then.
func (s *script) finish() {
	s.f.steps += s.steps
	if s.steps > s.limit && s.f.Err == nil {
		s.f.Err = &ParseError{Offset: s.Tokens[0].Span().Start, Text: "too entangled to be followed"}
	}
}

// extractExpr finds the references of the expression of a {{ }} in span. An
// expression that cannot be tokenized is left alone: names in it stay names
// that nothing explains.
func extractExpr(f *Facts, span source.Span, outer byte, ctx exprContext) {
	if ctx.Pos == Plain && !ctx.Glued && f.plainWords(span) {
		return
	}
	file, err := js.Tokenize(f.masked, span)
	defer file.Release()
	if err != nil {
		return
	}
	s := newScript(f, file, &ctx, outer)
	s.run()
	s.finish()
}

// plainWords records the strings of an expression that only compares and
// chooses, and that holds no path: most expressions are like that, and the
// tokenizer is not needed for them.
func (f *Facts) plainWords(span source.Span) bool {
	text := f.masked[span.Start:span.End]
	if strings.ContainsAny(text, "+/`\\(#;") {
		return false
	}
	words := len(f.Words)
	for i := 0; ; {
		j := strings.IndexAny(text[i:], `'"`)
		if j < 0 {
			return true
		}
		start := i + j + 1
		n := strings.IndexByte(text[start:], text[start-1])
		if n < 0 {
			break
		}
		value := f.text(source.Span{Start: span.Start + start, End: span.Start + start + n})
		if f.looksLikePath(value) {
			break
		}
		if value != "" {
			f.Words = append(f.Words, Word{Offset: span.Start + start - 1, Value: value})
		}
		i = start + n + 1
	}
	f.Words = f.Words[:words]
	return false
}

// newScript prepares a script; expr and outer are those of an expression.
func newScript(f *Facts, file *js.File, expr *exprContext, outer byte) *script {
	s := &script{
		File: file, f: f,
		done: make([]bool, len(file.Tokens)), limit: 1<<20 + 64*len(file.Tokens), first: len(f.Refs),
	}
	if expr != nil { // an expression declares nothing
		s.expr, s.outer = expr, outer
		return s
	}
	s.guard = map[string]bool{}
	s.boundAt, s.exportAt, s.understood = map[int]bool{}, map[int][]string{}, map[int]bool{}
	s.gifts = map[int][]string{}
	s.consts, s.values, s.local = map[string]*constant{}, map[int]*constant{}, map[int]string{}
	return s
}

// members lists where a name stands as a member.
func (s *script) members(name string) []int {
	if s.others == nil {
		s.others = map[string][]int{}
		for i, t := range s.Tokens {
			if t.Type == js.Ident && s.member(i) {
				name := s.Text(i)
				s.others[name] = append(s.others[name], i)
			}
		}
	}
	return s.others[name]
}

// uses lists where a name stands, but not as a member. An expression declares
// nothing, so that nobody asks there.
func (s *script) uses(name string) []int {
	if s.names == nil && s.expr == nil {
		s.names = map[string][]int{}
		for i := range s.Tokens {
			if s.Tokens[i].Type == js.Ident && !s.member(i) {
				s.names[s.Text(i)] = append(s.names[s.Text(i)], i)
			}
		}
	}
	return s.names[name]
}

// everywhere lists where a name stands, as a member or not.
func (s *script) everywhere(name string) []int {
	if len(s.members(name)) == 0 {
		return s.uses(name)
	}
	return append(slices.Clone(s.uses(name)), s.members(name)...)
}

// colons lists the colons behind the keys called name.
func (s *script) colons(name string) []int {
	if s.keys == nil {
		s.keys = map[string][]int{}
		for i := range s.Tokens {
			if s.Is(i, ":") && s.keyColon(i) {
				k := s.keyName(i - 1)
				s.keys[k] = append(s.keys[k], i)
			}
		}
	}
	return s.keys[name]
}

// member reports whether token i is a name after a dot.
func (s *script) member(i int) bool { return s.Is(i-1, ".") || s.Is(i-1, "?.") }

// run turns every string of the script into a Ref, a Word, an Import or a part
// of one.
func (s *script) run() {
	for i := range s.Tokens {
		if s.f.crowded(s.Tokens[i].Span().Start) {
			return
		}
		switch t := s.Tokens[i]; t.Type {
		case js.String, js.Template, js.TemplateHead:
			s.publicPath(i)
			if s.done[i] || s.imports(i) {
				continue
			}
			s.chainAt(i)
		case js.Ident:
			if !s.done[i] && (s.constAt(i) != nil || s.externalAt(i)) {
				s.chainAt(i)
			}
		case js.Punct:
			if s.Is(i, "(") && (s.Is(i-1, "replace") || s.Is(i-1, "replaceAll")) && s.member(i-1) {
				s.derived(i)
			}
		}
	}
	for i := s.first; i < len(s.f.Refs) && s.expr == nil; i++ {
		r := &s.f.Refs[i]
		if names := s.exportAt[r.Whole.Start]; names != nil {
			r.Exports = names
			r.Understood = s.values[r.Whole.Start] == nil
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.consts)) {
		s.consts[name].finish(s)
	}
}

// externalAt reports whether the name at i begins a use of another module's
// constant.
func (s *script) externalAt(i int) bool {
	if len(s.named)+len(s.spaces) == 0 && !s.Is(i+2, "p") {
		return false
	}
	if _, ok := s.external(i, i+1); ok && !s.Is(i+1, ".") {
		return true
	}
	_, ok := s.external(i, i+3)
	return ok
}

// glue reports whether the operand [p, q) is part of something longer: a chain
// of +, or a template.
func (s *script) glue(p, q int) bool {
	return s.Is(p-1, "+") || s.Is(q, "+") ||
		s.template(p-1) && (s.IsType(q, js.TemplateMiddle) || s.IsType(q, js.TemplateTail))
}

// publicPath records the string at i if it is given to x.p, the public path of
// a bundler's runtime.
func (s *script) publicPath(i int) {
	if s.Is(i-1, "=") && s.Is(i-2, "p") && s.member(i-2) && s.IsType(i, js.String) {
		v, _ := s.literal(i)
		s.f.Public = append(s.f.Public, v)
	}
}

// imports handles the string at i if it names a module.
func (s *script) imports(i int) bool {
	if !s.IsType(i, js.String) || s.expr != nil {
		return false
	}
	if s.moduleID(i) {
		s.done[i] = true
		inner := s.Tokens[i].Inner()
		s.f.Refs = append(s.f.Refs, Ref{Span: inner, Whole: inner, Base: ModuleID, Value: s.f.text(inner), Frozen: true})
		return true
	}
	call := s.Is(i-1, "(") && (s.Is(i-2, "require") || s.Is(i-2, "import") || s.Is(i-2, "requirePlugin") || s.Is(i-2, "async") && s.Is(i-3, ".") && s.Is(i-4, "require"))
	statement := s.Is(i-1, "from") || s.Is(i-1, "import")
	if !call && !statement {
		return false
	}
	s.done[i] = true
	inner := s.Tokens[i].Inner()
	value := js.Decode(s.f.text(inner))
	s.f.Imports = append(s.f.Imports, Import{Kind: ImportScript, Path: value, Bound: s.boundAt[i]})
	if hasSuffixFold(pathOnly(value), s.f.opt.Suffixes) {
		s.f.Refs = append(s.f.Refs, Ref{
			Span: inner, Whole: inner, Form: ScriptText, Quote: s.Data[s.Tokens[i].Span().Start],
			Pos: LocalOnly, Base: Script, API: "require", Value: value, Frozen: true,
		})
	}
	return true
}

// moduleID reports whether the string at i is the name of a module in webpack
// output: the key of its function, or what its loader is called with.
func (s *script) moduleID(i int) bool {
	if s.Is(i-1, "(") && s.Is(i-2, "__webpack_require__") {
		return true
	}
	if !s.Is(i+1, ":") || !s.keyColon(i+1) {
		return false
	}
	j := i + 2
	if s.Is(j, "(") {
		j++
	}
	return s.Is(j, "function") || s.Is(j, "(") && s.Is(s.Tokens[j].Match()+1, "=>") && s.Is(i+2, "(")
}

// derived records a replace(old, new) that makes one file name from another.
func (s *script) derived(paren int) {
	args := s.Args(paren)
	if len(args) != 2 || args[0][1]-args[0][0] != 1 {
		return
	}
	from, to := args[0][0], args[1][0]
	old, ok := s.literal(from)
	if !ok && s.IsType(from, js.Regex) {
		old, ok = plainRegex(s.Text(from)), true
	}
	value, known := s.literal(to)
	if !known || args[1][1]-to != 1 {
		if old != "" {
			s.f.Replaced = append(s.f.Replaced, old)
		}
		return
	}
	if ok && value != "" {
		s.f.Derived = append(s.f.Derived, Derived{Offset: s.Tokens[to].Span().Start, Old: old, New: value})
	}
}

// literal returns the value of the whole string or template at token i.
func (s *script) literal(i int) (string, bool) {
	if !s.IsType(i, js.String) && !s.IsType(i, js.Template) {
		return "", false
	}
	return js.Decode(s.f.text(s.Tokens[i].Inner())), true
}

// plainRegex returns the text that a simple regular expression matches, ""
// when it is more than escaped text with anchors.
func plainRegex(re string) string {
	end := strings.LastIndexByte(re, '/')
	if end < 1 {
		return ""
	}
	re = strings.TrimSuffix(strings.TrimPrefix(re[1:end], "^"), "$")
	plain := strings.ReplaceAll(strings.ReplaceAll(strings.ReplaceAll(re, `\.`, "\x00"), `\/`, "/"), `\-`, "-")
	if strings.ContainsAny(plain, `\[](){}*+?|^$`) {
		return ""
	}
	return strings.ReplaceAll(plain, "\x00", ".")
}
