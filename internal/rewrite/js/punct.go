package js

// operators are those of more than one byte, by their first byte, longest first
// for a shared beginning.
var operators = func() (t [256][]string) {
	for _, op := range []string{
		">>>=", "...", "===", "!==", "**=", "<<=", ">>=", "&&=", "||=", "??=",
		"=>", "==", "!=", "<=", ">=", "&&", "||", "??", "?.", "++", "--", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "**", "<<",
	} {
		t[op[0]] = append(t[op[0]], op)
	}
	return t
}()

func (l *lexer) punct() error {
	start := l.pos
	c := l.at(0)
	switch c {
	case '(', '[', '{':
		l.pos++
		l.emit(Punct, start)
		l.open = append(l.open, int32(len(l.Tokens)-1))
		return nil
	case ')', ']', '}':
		if len(l.open) == 0 {
			return l.fail(start, "a bracket closes that was never opened")
		}
		o := l.Tokens[l.open[len(l.open)-1]]
		if o.Type == TemplateHead {
			if c != '}' {
				return l.fail(start, "brackets do not match")
			}
			return l.template(TemplateMiddle, TemplateTail)
		}
		if pair := l.Data[o.Span().Start]; pair == '(' && c != ')' || pair == '[' && c != ']' || pair == '{' && c != '}' {
			return l.fail(start, "brackets do not match")
		}
		l.pos++
		l.emit(Punct, start)
		l.close(len(l.Tokens) - 1)
		return nil
	}
	for _, op := range operators[c] {
		if l.pos+len(op) <= l.end && l.Data[l.pos:l.pos+len(op)] == op {
			if op == "?." && l.at(2) >= '0' && l.at(2) <= '9' { // a ? .5 : b
				continue
			}
			l.pos += len(op)
			l.emit(Punct, start)
			return nil
		}
	}
	l.pos++
	l.emit(Punct, start)
	return nil
}

// regexAllowed decides by the tokens before whether a slash begins a regular
// expression or divides.
func (l *lexer) regexAllowed() bool {
	i := len(l.Tokens) - 1
	if i < 0 {
		return true
	}
	t := l.Tokens[i]
	switch t.Type {
	case Punct:
		switch l.Text(i) {
		case ")":
			return l.statementHead(t.Match() - 1)
		case "]":
			return false
		case "}":
			return !l.Object(t.Match())
		case "++", "--":
			return l.newline || !l.operand(i-1)
		}
		return true
	case Ident:
		return keywordBeforeOperand[l.Text(i)] && !l.Is(i-1, ".") && !l.Is(i-1, "?.")
	case TemplateHead, TemplateMiddle:
		return true
	}
	return false
}

// statementHead reports whether token i is the keyword of a statement whose
// parentheses are followed by another statement.
func (l *lexer) statementHead(i int) bool {
	if l.Is(i-1, ".") {
		return false
	}
	return l.Is(i, "if") || l.Is(i, "while") || l.Is(i, "for") || l.Is(i, "with") ||
		l.Is(i, "await") && l.Is(i-1, "for")
}

// operand reports whether token i ends an operand.
func (l *lexer) operand(i int) bool {
	if i < 0 {
		return false
	}
	switch l.Tokens[i].Type {
	case Punct:
		return l.Is(i, ")") || l.Is(i, "]")
	case TemplateHead, TemplateMiddle:
		return false
	case Ident:
		return !keywordBeforeOperand[l.Text(i)]
	}
	return true
}

var keywordBeforeOperand = map[string]bool{
	"return": true, "typeof": true, "instanceof": true, "in": true, "of": true, "new": true, "delete": true,
	"void": true, "throw": true, "case": true, "do": true, "else": true, "yield": true, "await": true, "default": true,
}

// Object reports whether the brace at index i opens an object literal (or the
// body of a class expression) rather than a block of statements.
func (f *File) Object(i int) bool {
	p := i - 1
	if p < 0 {
		return false
	}
	switch t := f.Tokens[p]; t.Type {
	case Punct:
		switch f.Text(p) {
		case ")", ";", "{", "}", "=>", "]", ">":
			return false
		case ":":
			return !f.caseLabel(p)
		}
		return true
	case Ident:
		w := f.Text(p)
		return w != "do" && w != "else" && keywordBeforeOperand[w] && !f.Is(p-1, ".")
	case TemplateHead, TemplateMiddle:
		return true
	}
	return false
}

// caseLabel reports whether the colon at i ends a case or default label.
func (f *File) caseLabel(i int) bool {
	if f.Is(i-1, "default") {
		return true
	}
	for j, n := i-1, 0; j >= 0 && n < 12; j, n = j-1, n+1 {
		switch {
		case f.Is(j, "case"):
			return true
		case f.Is(j, ",") || f.Is(j, "{") || f.Is(j, ";") || f.Is(j, "?") || f.Is(j, "}"):
			return false
		}
		if m := f.Tokens[j].Match(); m >= 0 && m < j {
			j = m
		}
	}
	return false
}
