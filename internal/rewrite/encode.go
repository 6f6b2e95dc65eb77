package rewrite

import (
	"strings"
	"unicode/utf8"

	"github.com/wecos-go/wecos/internal/rewrite/wxml"
)

// encode returns value as it is written into a Ref's span: form, quote and
// outer are the Ref's. Reading the result again gives value. ok is false when
// there is no sure way to write it.
func encode(form Form, quote, outer byte, value string) (text string, ok bool) {
	if !utf8.ValidString(value) || strings.ContainsFunc(value, control) && (form != ScriptText && form != ScriptExpr || outer != 0) {
		return "", false
	}
	switch form {
	case AttrText:
		return encodeAttr(quote, value)
	case CSSText:
		text = encodeCSS(quote, value)
		if outer == 0 {
			return text, true
		}
		return encodeAttr(outer, text)
	case ScriptText:
		return encodeScript(quote, outer, value)
	case ScriptExpr:
		if quote == 0 {
			quote = '\''
			if outer == quote {
				quote = '"'
			}
		}
		text, ok = encodeScript(quote, outer, value)
		return string(quote) + text + string(quote), ok
	}
	return "", false
}

func control(r rune) bool { return r < ' ' || r == 0x7F || r == '\u2028' || r == '\u2029' }

// encodeAttr writes a value between the quotes of a WXML attribute, or without
// quotes when it stood there without and needs none.
func encodeAttr(quote byte, value string) (string, bool) {
	if strings.Contains(value, "{{") {
		return "", false // would begin an expression
	}
	around := ""
	if quote == 0 && (value == "" || strings.HasSuffix(value, "/") || strings.ContainsAny(value, " \"'<>=`")) {
		quote, around = '"', `"`
	}
	var b strings.Builder
	for i := 0; i < len(value); i++ {
		switch c := value[i]; {
		case c == '&':
			// A lone & is left as people write it; one that reads as a
			// reference is not.
			if _, n := wxml.Entity(value[i:]); n > 0 {
				b.WriteString("&amp;")
				continue
			}
			b.WriteByte(c)
		case c == quote && c == '"':
			b.WriteString("&quot;")
		case c == quote && c == '\'':
			b.WriteString("&#39;")
		default:
			b.WriteByte(c)
		}
	}
	return around + b.String() + around, true
}

// encodeCSS writes a value into url(), between quotes or bare.
func encodeCSS(quote byte, value string) string {
	special := `\` + string(quote)
	if quote == 0 {
		special = `\"'() `
	}
	return escapeAny(value, special)
}

// escapeAny puts a backslash before every one of the special bytes.
func escapeAny(value, special string) string {
	if !strings.ContainsAny(value, special) {
		return value
	}
	var b strings.Builder
	for i := 0; i < len(value); i++ {
		if strings.IndexByte(special, value[i]) >= 0 {
			b.WriteByte('\\')
		}
		b.WriteByte(value[i])
	}
	return b.String()
}

// encodeScript writes a value between the quotes of a string or template. In
// an expression of WXML, which knows fewer escapes than JavaScript, only what
// needs none is written.
func encodeScript(quote, outer byte, value string) (string, bool) {
	if outer != 0 {
		if strings.ContainsAny(value, "\\"+string(quote)+string(outer)) || strings.Contains(value, "{{") || strings.Contains(value, "}}") {
			return "", false
		}
		for i := range len(value) {
			if _, n := wxml.Entity(value[i:]); n > 0 {
				return "", false
			}
		}
		return value, true
	}
	value = escapeAny(value, `\`+string(quote))
	value = strings.NewReplacer("\n", `\n`, "\r", `\r`, "\u2028", `\u2028`, "\u2029", `\u2029`, "\x00", `\x00`).Replace(value)
	if quote == '`' {
		value = strings.ReplaceAll(value, "${", `\${`)
	}
	return value, true
}
