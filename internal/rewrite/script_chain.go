package rewrite

import (
	"slices"
	"strings"

	"github.com/wecos-go/wecos/internal/rewrite/js"
	"github.com/wecos-go/wecos/internal/rewrite/source"
)

// part is one operand of a chain of +, or one piece of a template.
type part struct {
	hole  bool      // an unknown value
	ext   *ConstUse // a constant of another module
	value string
	token int         // the string token, or that of the name of a constant
	konst *constant   // the constant that the part names
	span  source.Span // an operand: its tokens; a piece of a template: its bytes
	inTpl int         // index of the template's head, or -1
}

// chainAt builds the longest chain of + around the string or constant at token
// i and records what it refers to.
func (s *script) chainAt(i int) {
	if s.wordAt(i) {
		return
	}
	start, end := s.chain(i)
	if !s.spend(1) {
		return
	}
	s.heads = s.heads[:0]
	parts := s.f.room.parts[:0]
	s.appendParts(&parts, start, end)
	s.f.room.parts = parts
	if len(parts) == 1 && (parts[0].konst != nil || parts[0].ext != nil) && !s.glue(start, end) {
		return // a name alone
	}
	if s.Is(start-1, "+=") { // appended to what is not known here
		parts = append([]part{{hole: true, inTpl: -1, token: start - 1}}, parts...)
	}
	s.record(start, end, parts)
}

// wordAt records the string at token i if it stands alone and is no path: most
// strings are like that.
func (s *script) wordAt(i int) bool {
	if s.IsType(i, js.TemplateHead) || s.Is(i-1, "+") || s.Is(i-1, "+=") || s.Is(i+1, "as") || s.Is(i+1, "satisfies") {
		return false
	}
	if t := i + 1; t < len(s.Tokens) && (s.joins(t) || s.Is(t, ".") || s.Is(t, "?.") || s.Is(t, "[") || s.Is(t, "(") || s.IsType(t, js.Template) || s.IsType(t, js.TemplateHead)) {
		return false
	}
	if open := s.Tokens[i].Parent(); s.Is(open, "[") || s.template(open) || open == i-1 && s.Is(open, "(") && !s.CallParen(open) {
		return false
	}
	value, ok := s.literal(i)
	if !ok || s.f.looksLikePath(value) {
		return false
	}
	s.done[i] = true
	s.word(part{span: s.Tokens[i].Span()}, value)
	return true
}

// chain returns the tokens [start, end) of the outermost chain that token i is
// an operand of.
func (s *script) chain(i int) (start, end int) {
	start = s.OperandStart(i)
	end = max(s.OperandEnd(start), i+1)
	for s.spend(1) {
		for s.Is(start-1, "+") && s.EndsOperand(start-2) && s.spend(1) {
			start = s.OperandStart(start - 2)
		}
		for s.joins(end) && end+1 < len(s.Tokens) && s.spend(1) {
			end = s.OperandEnd(end + 1)
		}
		// A parenthesis or a substitution that holds nothing else is an operand
		// of whatever is around it.
		open := s.Tokens[start].Parent()
		switch {
		case s.Is(open, "(") && open == start-1 && s.Tokens[open].Match() == end && !s.CallParen(open) && !s.parameterList(open):
			if s.OperandEnd(open) != end+1 || s.OperandStart(end) != open || !s.Is(open-1, "+") && !s.joins(end+1) {
				return start, end
			}
			start, end = open, end+1
		case s.template(start-1) && (s.IsType(end, js.TemplateMiddle) || s.IsType(end, js.TemplateTail)):
			tail := s.Tokens[open].Match()
			if s.OperandEnd(open) != tail+1 || s.OperandStart(tail) != open {
				return start, end
			}
			start, end = open, tail+1
		default:
			return start, end
		}
	}
	return start, end
}

// template reports whether token i opens a substitution.
func (s *script) template(i int) bool {
	return s.IsType(i, js.TemplateHead) || s.IsType(i, js.TemplateMiddle)
}

// joins reports whether token i is a binary operator that binds at least as
// tightly as +.
func (s *script) joins(i int) bool {
	if !s.IsType(i, js.Punct) {
		return false
	}
	switch s.Text(i) {
	case "+", "-", "*", "/", "%", "**":
		return true
	}
	return false
}

func digits(s string) bool {
	return strings.Trim(s, "0123456789") == ""
}

// record turns the chain [start, end) into references and words.
func (s *script) record(start, end int, parts []part) {
	for _, h := range s.heads {
		s.done[h] = true
	}
	for _, p := range parts {
		if !p.hole || s.tokenString(p) {
			s.done[p.token] = true
		}
	}
	parts = dropEmpty(parts)
	if len(parts) == 0 {
		return
	}
	for i := range parts { // what other modules hold is known only at the front
		parts[i].hole = parts[i].hole || parts[i].ext != nil && i > 0
	}
	lead, tail := known(parts)
	span := source.Span{Start: s.Tokens[start].Span().Start, End: s.Tokens[end-1].Span().End}
	ctx := s.context(start, end)
	if api, ok := s.takenLocally(parts); ok {
		ctx.pos, ctx.api = LocalOnly, api
	}
	ref := Ref{Whole: span, Pos: ctx.pos, Base: ctx.base, Tag: ctx.tag, API: ctx.api, Prop: ctx.prop, Outer: s.outer, Frozen: ctx.glued, joined: ctx.joined}
	for _, p := range parts {
		ref.Given = append(ref.Given, s.gifts[p.token]...)
	}
	if parts[0].ext != nil {
		ref.Const = parts[0].ext
		if len(parts) == 1 {
			return // the value alone: it stands where the constant does
		}
	}
	if lead == len(parts) {
		s.recordStatic(ref, parts)
		return
	}
	for _, p := range parts {
		if p.hole && s.tokenString(p) { // a method makes something else of a literal
			p.value, _ = s.literal(p.token)
			s.changed(ref, p)
		}
	}
	s.recordDynamic(ref, parts, lead, tail)
}

func dropEmpty(parts []part) []part {
	if len(parts) == 1 {
		return parts
	}
	return slices.DeleteFunc(parts, func(p part) bool { return !p.hole && p.ext == nil && p.value == "" })
}

// known counts the known parts at the beginning and at the end.
func known(parts []part) (lead, tail int) {
	for lead < len(parts) && !parts[lead].hole {
		lead++
	}
	for tail < len(parts)-lead && !parts[len(parts)-1-tail].hole {
		tail++
	}
	return lead, tail
}

func (s *script) recordStatic(ref Ref, parts []part) {
	ref.Value = join(parts)
	if ref.Const != nil && !s.f.looksLikePath(ref.Value) {
		return
	}
	if ref.joined && ref.Const == nil && !hasSuffixFold(ref.Value, s.f.opt.Suffixes) {
		ref.Value = strings.TrimRight(ref.Value, "/") + "/"
	}
	if !s.f.looksLikePath(ref.Value) {
		s.word(parts[0], ref.Value)
		return
	}
	if !s.form(&ref, parts, len(parts)) {
		ref.Span, ref.Frozen = ref.Whole, true
	} else if ref.Form == ScriptExpr {
		ref.Span = ref.Whole
	}
	s.understand(parts)
	s.add(ref)
}

func (s *script) recordDynamic(ref Ref, parts []part, lead, tail int) {
	ref.Dynamic = true
	ref.HeadKnown = lead > 0
	ref.Head, ref.Tail = join(parts[:lead]), join(parts[len(parts)-tail:])
	for _, p := range parts {
		if p.hole && strings.Contains(s.holeText(p), "USER_DATA_PATH") {
			return // a file of the user, never one of the package
		}
	}
	cut := fragment(&ref)
	image := hasSuffixFold(pathOnly(ref.Tail), s.f.opt.Suffixes) || ref.Pos != Plain
	for _, p := range parts[lead : len(parts)-tail] {
		if !p.hole {
			ref.Deep = ref.Deep || strings.Contains(p.value, "/")
			ref.Mid = append(ref.Mid, p.value)
			s.piece(ref, p)
		}
	}
	if lead == 0 && tail > 0 {
		s.f.Derived = append(s.f.Derived, Derived{Offset: ref.Whole.Start, New: ref.Tail})
	}
	if !image {
		for _, p := range parts[len(parts)-tail:] {
			s.piece(ref, p)
		}
		if lead > 0 && strings.HasSuffix(ref.Head, "/") && !strings.Contains(ref.Head, "//") {
			s.f.Refs = append(s.f.Refs, Ref{
				Span: ref.Whole, Whole: ref.Whole, Base: ref.Base, Tag: ref.Tag, Prop: ref.Prop, Value: ref.Head, Frozen: true, Open: true,
			})
			return
		}
	}
	if lead == 0 || !s.form(&ref, parts, lead) || cut {
		ref.Span = ref.Whole
		ref.Frozen = true
	}
	if image {
		s.understand(parts[:lead])
	}
	if image || strings.Contains(ref.Head, "/") || dots(ref.Head) {
		s.f.Refs = append(s.f.Refs, ref)
	}
}

// fragment cuts off what stands around the path in a longer text: a style
// (url(/a/… .png)) or a tag (<img src="/a/… .png">). It reports whether there
// was something.
func fragment(r *Ref) bool {
	head, tail := r.Head, r.Tail
	if i := strings.LastIndexAny(head, "\"'<>"); i >= 0 {
		r.Head = head[i+1:]
	}
	if i := strings.LastIndexByte(r.Head, '('); i >= 0 && strings.IndexByte(r.Head[i:], ')') < 0 {
		r.Head = r.Head[i+1:]
	}
	if i := strings.IndexAny(tail, "\"'<>"); i >= 0 {
		r.Tail = tail[:i]
	}
	if i := strings.IndexByte(r.Tail, ')'); i >= 0 && strings.IndexByte(r.Tail[:i], '(') < 0 {
		r.Tail = r.Tail[:i]
	}
	return len(r.Head) < len(head) || len(r.Tail) < len(tail)
}

// understand notes that constants became the beginning of a reference.
func (s *script) understand(parts []part) {
	for _, p := range parts {
		if p.konst != nil {
			p.konst.understood++
		}
		if p.ext != nil {
			s.understood[p.token] = true
		}
	}
}

// holeText returns the source of an unknown part.
func (s *script) holeText(p part) string {
	if p.span.End <= p.span.Start {
		return ""
	}
	return s.Data[p.span.Start:min(p.span.End, p.span.Start+400)]
}

// changed records a literal that a method makes something else of: with a
// file's name, any file of the folder may be meant.
func (s *script) changed(chain Ref, p part) {
	i := strings.LastIndexByte(p.value, '/')
	j := strings.LastIndexByte(p.value, '.')
	if i < 0 || j < i || !hasSuffixFold(p.value, s.f.opt.Suffixes) || isURL(p.value) {
		s.piece(chain, p)
		return
	}
	s.f.Refs = append(s.f.Refs, Ref{
		Span: p.span, Whole: p.span, Base: chain.Base, Tag: chain.Tag, Pos: chain.Pos, API: chain.API, Prop: chain.Prop,
		Dynamic: true, HeadKnown: true, Head: p.value[:i+1], Tail: p.value[j:], Frozen: true,
	})
}

// piece records a string in the middle of a chain: it is never rewritten on
// its own, but may name a folder or finish another reference.
func (s *script) piece(chain Ref, p part) {
	if p.konst != nil || p.ext != nil {
		return
	}
	if !s.f.looksLikePath(p.value) {
		s.word(p, p.value)
		return
	}
	s.f.Refs = append(s.f.Refs, Ref{
		Span: p.span, Whole: p.span, Form: ScriptText, Quote: '"', Base: chain.Base, Tag: chain.Tag, Value: p.value, Frozen: true,
	})
}

func (s *script) word(p part, value string) {
	if value != "" {
		s.f.Words = append(s.f.Words, Word{Offset: p.span.Start, Value: value})
	}
}

// add appends a static reference and remembers it for the constant that it
// declares.
func (s *script) add(ref Ref) {
	if c := s.values[ref.Whole.Start]; c != nil {
		c.ref = len(s.f.Refs)
	}
	s.f.Refs = append(s.f.Refs, ref)
}

// form finds out how the first lead parts, which are known, can be replaced by
// another string; false when they cannot.
func (s *script) form(ref *Ref, all []part, lead int) bool {
	parts := all[:lead]
	first, last := parts[0], parts[lead-1]
	ref.Quote = s.quote(parts)
	switch {
	case lead == 1 && first.inTpl < 0 && first.konst == nil && first.ext == nil && s.tokenString(first):
		t := s.Tokens[first.token]
		ref.Span, ref.Form, ref.Quote = t.Inner(), ScriptText, s.Data[t.Span().Start]
		return true
	case first.inTpl >= 0:
		for _, p := range parts {
			if p.inTpl != first.inTpl {
				return false
			}
		}
		ref.Form, ref.Quote = ScriptText, '`'
	case !ref.Dynamic: // the whole expression is replaced
		ref.Form = ScriptExpr
	default:
		for _, p := range parts {
			if p.inTpl >= 0 || s.Tokens[p.token].Parent() != s.Tokens[first.token].Parent() {
				return false
			}
		}
		ref.Form = ScriptExpr
	}
	ref.Span = source.Span{Start: first.span.Start, End: last.span.End}
	return lead == len(all) || all[lead].span.End == 0 || all[lead].span.Start >= ref.Span.End
}

func (s *script) tokenString(p part) bool {
	return s.IsType(p.token, js.String) || s.IsType(p.token, js.Template)
}

// quote picks the quote for a new literal: that of the parts, but never the one
// of the attribute around.
func (s *script) quote(parts []part) byte {
	q := byte('\'')
	for _, p := range parts {
		if s.IsType(p.token, js.String) {
			q = s.Data[s.Tokens[p.token].Span().Start]
			break
		}
	}
	if q == s.outer {
		q = '\'' + '"' - q
	}
	return q
}

func join(parts []part) string {
	var b strings.Builder
	for _, p := range parts {
		b.WriteString(p.value)
	}
	return b.String()
}
