package js

// EndsOperand reports whether token i can be the last of an operand.
func (f *File) EndsOperand(i int) bool {
	if i < 0 || i >= len(f.Tokens) {
		return false
	}
	switch f.Tokens[i].Type {
	case Punct:
		return f.Is(i, ")") && !f.condition(i) || f.Is(i, "]") || f.Is(i, "}")
	case TemplateHead, TemplateMiddle:
		return false
	case Ident:
		return !keywordBeforeOperand[f.Text(i)] || f.Is(i-1, ".")
	}
	return true
}

// condition reports whether the parenthesis that closes at i holds the
// condition of a statement.
func (f *File) condition(i int) bool {
	o := f.Tokens[i].Match()
	return (f.Is(o-1, "if") || f.Is(o-1, "while") || f.Is(o-1, "for") || f.Is(o-1, "with") || f.Is(o-1, "switch")) && !f.Is(o-2, ".")
}

// CallParen reports whether the parenthesis that opens at i holds the
// arguments of a call (or the parameters of a function).
func (f *File) CallParen(i int) bool {
	if !f.Is(i, "(") {
		return false
	}
	if f.Is(i-1, "?.") {
		return true
	}
	switch f.Text(i - 1) {
	case "if", "while", "for", "with", "switch", "catch":
		return f.Is(i-2, ".")
	}
	return f.EndsOperand(i-1) && !f.Is(i-1, "}")
}

// OperandStart returns the index of the first token of the operand whose last
// token is i, prefix operators and member accesses included.
func (f *File) OperandStart(i int) int {
	for i >= 0 {
		t := f.Tokens[i]
		switch {
		case t.Match() >= 0 && t.Match() < i: // a closing bracket or a template's tail
			i = t.Match()
			switch {
			case f.Is(i, "(") && f.CallParen(i), f.Is(i, "[") && f.indexed(i), t.Type == TemplateTail && f.EndsOperand(i-1) && !f.Is(i-1, "}"):
				i--
				if f.Is(i, "?.") || f.Is(i, "!") {
					i--
				}
				continue
			case f.Is(i, "{") && !f.Object(i):
				i = f.functionStart(i)
			}
		case t.Type == Ident && (f.Is(i-1, ".") || f.Is(i-1, "?.")) && i >= 2:
			i -= 2
			if f.Is(i, "!") && i > 0 {
				i--
			}
			continue
		}
		break
	}
	for f.prefix(i - 1) {
		i--
	}
	return max(i, 0)
}

// indexed reports whether the bracket that opens at i takes an element of the
// operand before it.
func (f *File) indexed(i int) bool {
	return f.Is(i-1, "?.") || f.EndsOperand(i-1) && !f.Is(i-1, "}") && !f.Tokens[i].Newline
}

// prefix reports whether token i is an operator that stands before its operand.
func (f *File) prefix(i int) bool {
	switch f.Text(i) {
	case "new", "await", "typeof", "void", "delete":
		return f.IsType(i, Ident) && !f.Is(i-1, ".")
	case "!", "~", "...":
		return f.IsType(i, Punct) && !f.EndsOperand(i-1)
	case "-", "+":
		return f.IsType(i, Punct) && !f.EndsOperand(i-1)
	}
	return false
}

// functionStart returns the first token of the function whose body opens at i.
func (f *File) functionStart(i int) int {
	j := i - 1
	if f.Is(j, "=>") {
		j--
	}
	if f.Is(j, ")") {
		j = f.Tokens[j].Match() - 1
		if f.IsType(j, Ident) && f.Is(j-1, "function") {
			j--
		}
		if f.Is(j, "function") {
			return j
		}
		return j + 1
	}
	return max(j, 0)
}

// OperandEnd returns the index after the last token of the operand that starts
// at token i.
func (f *File) OperandEnd(i int) int {
	n := len(f.Tokens)
	for i < n && f.prefix(i) {
		i++
	}
	if i >= n {
		return n
	}
	if f.Is(i, "async") && (f.Is(i+1, "function") || f.Is(i+1, "(") || f.Is(i+2, "=>")) {
		i++
	}
	switch t := f.Tokens[i]; {
	case f.Is(i, "function") || f.Is(i, "class"):
		for i < n && !f.Is(i, "{") {
			i = f.skip(i)
		}
		i = f.skip(i)
	case f.Is(i+1, "=>"):
		return f.ExprEnd(i + 2)
	case t.Match() > i:
		i = t.Match() + 1
		if f.Is(i, "=>") {
			return f.ExprEnd(i + 1)
		}
	default:
		i++
	}
	return f.postfixEnd(i)
}

// postfixEnd skips member accesses, calls, tagged templates and type
// assertions from token i on.
func (f *File) postfixEnd(i int) int {
	n := len(f.Tokens)
	for i < n {
		switch {
		case (f.Is(i, ".") || f.Is(i, "?.")) && f.IsType(i+1, Ident):
			i += 2
		case f.Is(i, "?.") && (f.Is(i+1, "(") || f.Is(i+1, "[")):
			i++
		case (f.Is(i, "(") || f.Is(i, "[")) && f.Tokens[i].Match() > i:
			i = f.Tokens[i].Match() + 1
		case f.IsType(i, Template) || f.IsType(i, TemplateHead):
			i = f.skip(i)
		case f.Is(i, "!") && !f.Is(i+1, "="), (f.Is(i, "++") || f.Is(i, "--")) && !f.Tokens[i].Newline:
			i++
		case (f.Is(i, "as") || f.Is(i, "satisfies")) && !f.Tokens[i].Newline && f.IsType(i+1, Ident):
			for i += 2; f.Is(i, ".") && f.IsType(i+1, Ident); {
				i += 2
			}
			for f.Is(i, "[") && f.Is(i+1, "]") {
				i += 2
			}
		default:
			return i
		}
	}
	return n
}

// skip returns the index after token i, or after the bracket that pairs with
// it.
func (f *File) skip(i int) int {
	if i < len(f.Tokens) && f.Tokens[i].Match() > i {
		return f.Tokens[i].Match() + 1
	}
	return min(i+1, len(f.Tokens))
}

// ExprEnd returns the index of the token that ends the expression starting at
// i: a comma, a semicolon, a closing bracket, the colon of an outer
// conditional, or the start of a new statement.
func (f *File) ExprEnd(i int) int {
	n := len(f.Tokens)
	if f.Is(i, "{") && (f.Is(i-1, "=>")) {
		return f.skip(i)
	}
	depth := 0
	for i < n {
		switch {
		case f.Is(i, ",") || f.Is(i, ";"):
			return i
		case f.Is(i, "?"):
			depth++
		case f.Is(i, ":"):
			if depth == 0 {
				return i
			}
			depth--
		case f.Tokens[i].Match() >= 0 && f.Tokens[i].Match() < i:
			return i // the bracket around the expression closes
		case f.operandFollows(i):
			return i
		}
		i = f.skip(i)
	}
	return n
}

// operandFollows reports whether token i begins a new statement by automatic
// semicolon insertion: two operands in a row over a line break.
func (f *File) operandFollows(i int) bool {
	if !f.Tokens[i].Newline || !f.EndsOperand(i-1) {
		return false
	}
	switch f.Tokens[i].Type {
	case Ident:
		return !f.Is(i, "in") && !f.Is(i, "instanceof") && !f.Is(i, "as")
	case String, Number:
		return true
	}
	return f.Is(i, "{")
}

// Args returns the token ranges [start, end) of the arguments of the call
// whose parenthesis opens at i; the ranges of array elements for a bracket.
func (f *File) Args(i int) [][2]int {
	var out [][2]int
	if i < 0 || i >= len(f.Tokens) || f.Tokens[i].Match() <= i {
		return nil
	}
	end := f.Tokens[i].Match()
	start := i + 1
	for j := i + 1; j <= end; {
		if j == end || f.Is(j, ",") {
			if j > start {
				out = append(out, [2]int{start, j})
			} else if j < end {
				out = append(out, [2]int{start, start})
			}
			start = j + 1
			j++
			continue
		}
		j = f.skip(j)
	}
	return out
}

// Callee returns the name of the function or method called by the parenthesis
// that opens at i, and the index of its token; "" and -1 when it has none.
func (f *File) Callee(i int) (string, int) {
	j := i - 1
	if f.Is(j, "?.") {
		j--
	}
	if f.IsType(j, Ident) {
		return f.Text(j), j
	}
	return "", -1
}

// Receiver returns the token index that ends the operand before the dot of
// the member at token i, or -1.
func (f *File) Receiver(i int) int {
	if f.Is(i-1, ".") || f.Is(i-1, "?.") {
		return i - 2
	}
	return -1
}
