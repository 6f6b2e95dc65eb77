package jsonc

import (
	"errors"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	v, err := Parse([]byte("\uFEFF// first\r\n{\r\n  \"a\": [1, \"x\\u0041\", true, null,], /* 图 */ \"b\": {\"c\": -2.5}, \"a2\": 7,\r\n} // last"))
	if err != nil {
		t.Fatal(err)
	}
	if v.Kind() != Object || len(v.Members()) != 3 {
		t.Fatalf("root is %s with %d members", v.Kind(), len(v.Members()))
	}
	a, ok := v.Get("a")
	if !ok || a.Kind() != Array || len(a.Elements()) != 4 {
		t.Fatalf("a: %v", a)
	}
	e := a.Elements()
	if n, ok := e[0].Int(); !ok || n != 1 {
		t.Errorf("Int = %d, %v", n, ok)
	}
	if e[1].Text() != "xA" || e[1].Kind() != String {
		t.Errorf("Text = %q", e[1].Text())
	}
	if !e[2].True() || e[2].Kind() != Bool || e[3].Kind() != Null || e[3].True() {
		t.Error("true and null are mixed up")
	}
	b, _ := v.Get("b")
	if line, col := b.Position(); line != 3 || col != 50 {
		t.Errorf("b at %d:%d, want 3:50", line, col)
	}
	c, _ := b.Get("c")
	if _, ok := c.Int(); ok || c.Text() != "-2.5" {
		t.Errorf("c = %q", c.Text())
	}
	if _, ok := v.Get("none"); ok {
		t.Error("found a key that is not there")
	}
	if v.Text() != "" || a.Members() != nil || v.Elements() != nil {
		t.Error("accessors of another kind are not empty")
	}
}

func TestSyntaxErrors(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"empty", "", "1:1: the file ends too early: a bracket, a quote or a comment is not closed"},
		{"only a comment", "/* x", "1:1: the file ends too early: a bracket, a quote or a comment is not closed"},
		{"open object", "{\n  \"a\": 1\n", "3:1: the file ends too early: a bracket, a quote or a comment is not closed"},
		{"missing comma", "{\n  \"a\": 1\n  \"b\": 2\n}", "3:3: a comma is missing before this"},
		{"missing colon", `{"a" 1}`, "1:6: this is not a number"},
		{"bad escape", `{"secret_key": "AKID\q"}`, "1:16: this string is not closed, or holds a bad escape"},
		{"open string", "{\"a\": \"AKID\n, \"b\": 1}", "1:7: this string is not closed, or holds a bad escape"},
		{"single quotes", `{'a': 1}`, "1:2: strings stand in double quotes"},
		{"bare word", `{"a": AKIDxyz}`, "1:7: this word needs double quotes, or a comma before it is missing"},
		{"bare key", `{a: 1}`, "1:2: this word needs double quotes, or a comma before it is missing"},
		{"bad number", `{"a": 01}`, "1:7: this is not a number"},
		{"wrong bracket", `{"a": [1}`, "1:9: '}' does not belong here"},
		{"text after", `{} []`, "1:4: '[' does not belong here"},
		{"wide characters before", `{"图片": "图", 片}`, "1:13: '片' does not belong here"},
		{"not UTF-8", "{\n\"a\": \"\xd6\xd0\"}", "2:7: the file is not UTF-8 text"},
		{"UTF-16", "\xff\xfe{\x00}\x00", "1:1: the file is not UTF-8 text"},
		{"deep", strings.Repeat("[", 201), "1:201: more than 200 brackets within each other"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Parse([]byte(tt.in))
			var e *Error
			if !errors.As(err, &e) {
				t.Fatalf("err = %v, want an *Error", err)
			}
			if got := e.Error(); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
			if strings.Contains(err.Error(), "AKID") {
				t.Error("the error quotes a value")
			}
		})
	}
}

func TestDepthIgnoresStringsAndComments(t *testing.T) {
	brackets := strings.Repeat("[", 300)
	in := `{"a": "` + brackets + `\"` + brackets + `", /* ` + brackets + " */ // " + brackets + "\n}"
	if _, err := Parse([]byte(in)); err != nil {
		t.Fatal(err)
	}
}

func TestBlank(t *testing.T) {
	// GBK: the second byte of a character may be a backslash (0x5C) or a
	// bracket, which must not count.
	in := []byte("{\"t\": \"\x81\x5c\", \"pages\": [\"a/b\"]}")
	v, err := Parse(Blank(in))
	if err != nil {
		t.Fatal(err)
	}
	if p, ok := v.Get("pages"); !ok || p.Elements()[0].Text() != "a/b" {
		t.Errorf("pages are lost: %v", v)
	}
	if utf := []byte(`{"a":"图"}`); string(Blank(utf)) != string(utf) {
		t.Error("UTF-8 was changed")
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"", "{}", `{"a":[1,2,],}`, "// x", "/*", "\"\\", "[[[[", "\xff", "\uFEFF{}", `{"a" "b"}`, "{\r\"a\":\r}"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		v, err := Parse(data)
		if err != nil {
			var e *Error
			if !errors.As(err, &e) || e.Line < 1 || e.Column < 1 {
				t.Fatalf("bad error %v", err)
			}
			return
		}
		walk(t, v, 0)
		if _, err := Parse(Blank(data)); err != nil {
			t.Fatalf("Blank broke it: %v", err)
		}
	})
}

func walk(t *testing.T, v Value, depth int) {
	if depth > maxDepth {
		t.Fatal("too deep")
	}
	if line, col := v.Position(); line < 1 || col < 1 {
		t.Fatalf("position %d:%d", line, col)
	}
	_, _, _ = v.Text(), v.True(), v.Kind()
	for _, e := range v.Elements() {
		walk(t, e, depth+1)
	}
	for _, m := range v.Members() {
		walk(t, m.Key, depth+1)
		walk(t, m.Value, depth+1)
	}
}
