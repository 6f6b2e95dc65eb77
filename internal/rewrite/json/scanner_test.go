package json

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

func strs(data []byte) (list []string, err error) {
	s := NewScanner(data)
	for {
		t, ok := s.Next()
		if !ok {
			return list, s.Err()
		}
		switch t.Kind {
		case Key:
			list = append(list, s.Path()+":")
		case String:
			list = append(list, s.Path()+"="+Unescape(t.Value.Text(data)))
		case Comment:
			list = append(list, t.Span.Text(data))
		}
	}
}

func TestScanner(t *testing.T) {
	tests := []struct {
		name, in string
		want     []string
	}{
		{"object", `{"a": "b", "c": 1, "d": null}`, []string{"a:", "a=b", "c:", "d:"}},
		{"paths", `{"tabBar": {"list": [{"iconPath": "a"}, {"iconPath": "b", "x": [[], ["c"]]}]}, "d": "e"}`, []string{
			"tabBar:", "tabBar.list:", "tabBar.list[0].iconPath:", "tabBar.list[0].iconPath=a",
			"tabBar.list[1].iconPath:", "tabBar.list[1].iconPath=b", "tabBar.list[1].x:", "tabBar.list[1].x[1][0]=c", "d:", "d=e"}},
		{"comments", "// a\n{ /* b */ \"c\": \"d\" // e\n}", []string{"// a", "/* b */", "c:", "c=d", "// e"}},
		{"slashes in a string", `["http://a", "/* b */"]`, []string{"[0]=http://a", "[1]=/* b */"}},
		{"trailing commas", `{"a": ["b",],}`, []string{"a:", "a[0]=b"}},
		{"single quotes and bare keys", `{'a': 'it"s', b: -1.5e3}`, []string{"a:", `a=it"s`, "b:"}},
		{"escapes", `["a\"b", "\/\u4e2d\\", 'c\'d']`, []string{`[0]=a"b`, `[1]=/中\`, "[2]=c'd"}},
		{"one string", `"a"`, []string{"=a"}},
		{"one number", ` 1 `, nil},
		{"nothing", " \r\n", nil},
		{"byte order mark", "\xef\xbb\xbf{}", nil},
		{"only a comment", "// a", []string{"// a"}},
		{"empty", `{"a": {}, "b": []}`, []string{"a:", "b:"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := strs([]byte(tt.in))
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

func TestScannerErrors(t *testing.T) {
	tests := []struct {
		in     string
		offset int
		text   string
	}{
		{`{"a": "b`, 6, "string is not closed"},
		{"{\"a\": \"b\n\"}", 6, "string is not closed"},
		{`{"a": "b"`, 9, "unexpected end of the file"},
		{`{"a"`, 4, "unexpected end of the file"},
		{`{"a" "b"}`, 5, "unexpected string"},
		{`{"a": "b" "c": 1}`, 10, "unexpected string"},
		{`{"a": }`, 6, "unexpected }"},
		{`["a"}`, 4, "unexpected }"},
		{`{"a": 1]`, 7, "unexpected ]"},
		{`{,}`, 1, "unexpected ,"},
		{`["a",,]`, 5, "unexpected ,"},
		{`["a":]`, 4, "unexpected :"},
		{`{{}`, 1, "unexpected {"},
		{`{} {}`, 3, "unexpected {"},
		{`{} "a"`, 3, "unexpected string"},
		{`] `, 0, "unexpected ]"},
		{`[1 2]`, 3, "unexpected value"},
		{`[#]`, 1, `unexpected '#'`},
		{`[/]`, 1, "unexpected /"},
		{`[/* a]`, 1, "comment is not closed"},
		{strings.Repeat("[", 100_000), MaxDepth, "nested more deeply than 1000 levels"},
		{strings.Repeat(`{"a":`, 100_000), 5 * MaxDepth, "nested more deeply than 1000 levels"},
	}
	for _, tt := range tests {
		_, err := strs([]byte(tt.in))
		var e *SyntaxError
		if !errors.As(err, &e) || e.Offset != tt.offset || e.Text != tt.text {
			t.Errorf("%.40q: got %#v, want %q at %d", tt.in, err, tt.text, tt.offset)
		}
	}
}

func TestUnescape(t *testing.T) {
	tests := []struct{ in, want string }{
		{"a.png", "a.png"},
		{`\b\f\n\r\t`, "\b\f\n\r\t"},
		{`\u4e2d\ud83d\ude00`, "中😀"},
		{`\ud83d\u4e2d\ude00\ud83d`, "\ufffd中\ufffd\ufffd"},
		{`\u12g4\u1`, "u12g4u1"},
		{`\中\`, "中"},
	}
	for _, tt := range tests {
		if got := Unescape(tt.in); got != tt.want {
			t.Errorf("Unescape(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

// TestLinear feeds input on which a scanner that goes back takes minutes.
func TestLinear(t *testing.T) {
	const n = 1 << 18
	for _, in := range []string{
		strings.Repeat("[", MaxDepth) + strings.Repeat("1,", n),
		"[" + strings.Repeat("\"a\",", n),
		strings.Repeat("/**/", n),
		`"` + strings.Repeat(`\`, n),
	} {
		begin := time.Now()
		s := NewScanner([]byte(in))
		for ok := true; ok; {
			_, ok = s.Next()
		}
		Unescape(in)
		if d := time.Since(begin); d > 5*time.Second {
			t.Errorf("%.20q…: %v", in, d)
		}
	}
}
