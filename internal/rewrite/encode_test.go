package rewrite

import (
	"testing"
)

func TestEncode(t *testing.T) {
	const url = "https://c.example/img/a%20b.png?x=1&y=2"
	tests := []struct {
		name         string
		form         Form
		quote, outer byte
		value, want  string
		refused      bool
	}{
		{"attribute", AttrText, '"', 0, url, url, false},
		{"attribute, unquoted", AttrText, 0, 0, "https://c.example/a.png", "https://c.example/a.png", false},
		{"attribute, unquoted, query", AttrText, 0, 0, "/a.png?x=1", `"/a.png?x=1"`, false},
		{"attribute, unquoted, folder", AttrText, 0, 0, "/a/", `"/a/"`, false},
		{"attribute, unquoted, quotes", AttrText, 0, 0, `/a"b'.png`, `"/a&quot;b'.png"`, false},
		{"attribute, quotes", AttrText, '"', 0, `a"b'c`, "a&quot;b'c", false},
		{"attribute, other quotes", AttrText, '\'', 0, `a"b'c`, `a"b&#39;c`, false},
		{"attribute, lone &", AttrText, '"', 0, "?a=1&b=2", "?a=1&b=2", false},
		{"attribute, & that reads as a reference", AttrText, '"', 0, "?a&lt;=2&copy;", "?a&amp;lt;=2&copy;", false},
		{"attribute, expression", AttrText, '"', 0, "a{{b", "", true},
		{"attribute, line break", AttrText, '"', 0, "a\nb", "", true},
		{"style sheet", CSSText, '"', 0, url, url, false},
		{"style sheet, bare", CSSText, 0, 0, url, url, false},
		{"style sheet, bare, special", CSSText, 0, 0, `a(1) b'.png`, `a\(1\)\ b\'.png`, false},
		{"style sheet, quotes", CSSText, '\'', 0, `a"b'c\d`, `a"b\'c\\d`, false},
		{"style attribute", CSSText, '\'', '"', url, url, false},
		{"style attribute, quotes", CSSText, '"', '"', `a"b`, `a\&quot;b`, false},
		{"script", ScriptText, '"', 0, "a\"b'c\\d\n\u2028", `a\"b'c\\d\n\u2028`, false},
		{"template", ScriptText, '`', 0, "a`${b}$c", "a\\`\\${b}$c", false},
		{"script in WXML", ScriptText, '\'', '"', url, url, false},
		{"script in WXML, outer quote", ScriptText, '\'', '"', `a"b`, "", true},
		{"script in WXML, own quote", ScriptText, '\'', '"', `a'b`, "", true},
		{"script in WXML, backslash", ScriptText, '\'', '"', `a\b`, "", true},
		{"script in WXML, braces", ScriptText, '\'', '"', `a}}b`, "", true},
		{"script in WXML, reference", ScriptText, '\'', '"', `a&lt;b`, "", true},
		{"expression", ScriptExpr, '"', 0, `a"b`, `"a\"b"`, false},
		{"expression without a quote", ScriptExpr, 0, 0, "a", "'a'", false},
		{"expression within single quotes", ScriptExpr, 0, '\'', "a", `"a"`, false},
		{"JSON", JSONText, '"', 0, "a", "", true},
		{"not UTF-8", AttrText, '"', 0, "a\xff", "", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, ok := encode(tt.form, tt.quote, tt.outer, tt.value)
			if ok == tt.refused || ok && got != tt.want {
				t.Errorf("got %s, %v, want %s", got, ok, tt.want)
			}
		})
	}
}
