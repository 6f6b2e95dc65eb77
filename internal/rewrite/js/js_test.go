package js

import (
	"strings"
	"testing"

	"github.com/wecos-go/wecos/internal/rewrite/source"
)

func tokenize(t *testing.T, src string) *File {
	t.Helper()
	f, err := Tokenize(src, source.Span{End: len(src)})
	if err != nil {
		t.Fatalf("Tokenize(%q): %v", src, err)
	}
	return f
}

// render writes the tokens separated by spaces, regular expressions marked.
func render(f *File) string {
	var out []string
	for i, t := range f.Tokens {
		s := f.Text(i)
		switch t.Type {
		case Regex:
			s = "RE:" + s
		case String:
			s = "S:" + s
		case Template:
			s = "T:" + s
		}
		out = append(out, s)
	}
	return strings.Join(out, " ")
}

func TestTokens(t *testing.T) {
	for _, c := range []struct{ name, src, want string }{
		{"strings", `a='x"y'+"it's"`, `a = S:'x"y' + S:"it's"`},
		{"escapes", `'a\'b' "\\"`, `S:'a\'b' S:"\\"`},
		{"line continuation", "'a\\\nb'", "S:'a\\\nb'"},
		{"comments", "a // 'x\n/* \"y */ b", "a b"},
		{"division", "a / b / c", "a / b / c"},
		{"regex after paren of call is division", "f(a) / 2 / 'x'", "f ( a ) / 2 / S:'x'"},
		{"regex after if", "if (a) /'x/.test(b)", "if ( a ) RE:/'x/ . test ( b )"},
		{"regex after return", "return /['\"]/g", "return RE:/['\"]/g"},
		{"regex in argument", "s.replace(/\\.png$/, '@2x')", `s . replace ( RE:/\.png$/ , S:'@2x' )`},
		{"regex class with slash", "x = /[/'\"]/", `x = RE:/[/'"]/`},
		{"regex after block", "{}\n/'/.test(x)", "{ } RE:/'/ . test ( x )"},
		{"division after object", "x = {} / 2", "x = { } / 2"},
		{"division over lines", "a = b\n/ c", "a = b / c"},
		{"increment", "a++ / 2 / 3", "a ++ / 2 / 3"},
		{"template", "`a${b}c`", "`a${ b }c`"},
		{"nested template", "`a${`x${1}y`}${ {a:1}.a }c`", "`a${ `x${ 1 }y` }${ { a : 1 } . a }c`"},
		{"template without substitution", "`a$b{c}`", "T:`a$b{c}`"},
		{"optional chain", "a?.b?.[0]", "a ?. b ?. [ 0 ]"},
		{"conditional with number", "a?.5:1", "a ? .5 : 1"},
		{"generics", "x as Array<Array<string>>", "x as Array < Array < string > >"},
		{"member called return", "a.return / 2 / 3", "a . return / 2 / 3"},
		{"bom and shebang", "\xef\xbb\xbf#!x 'y\na", "a"},
		{"unicode names", "变量 = '图'", "变量 = S:'图'"},
		{"numbers", "1e-3 0x1e-3 1_000n", "1e-3 0x1e - 3 1_000n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := render(tokenize(t, c.src)); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestErrors(t *testing.T) {
	for _, src := range []string{"'a", "'a\nb'", "`a", "`a${b", "/* a", "(", "a)", "(]", "{)", "`${(}`", "\"", "'\\"} {
		if _, err := Tokenize(src, source.Span{End: len(src)}); err == nil {
			t.Errorf("Tokenize(%q): no error", src)
		}
	}
}

func TestOperands(t *testing.T) {
	// The operand is the one that the caret in the source is in.
	for _, c := range []struct{ src, at, want string }{
		{"x = a.b[c](d) + 'p'", ")", "a . b [ c ] ( d )"},
		{"x = -a + 'p'", "a", "- a"},
		{"x = (a + b) + 'p'", ")", "( a + b )"},
		{"f(a, b.c)", "c", "b . c"},
		{"return new Foo(1) + 'x'", ")", "new Foo ( 1 )"},
		{"if (a) b + 'x'", "b", "b"},
		{"x = a?.b + 'x'", "b", "a ?. b"},
		{"x = `a${b}` + 'x'", "}`", "`a${ b }`"},
		{"x = a!.b + 'x'", "b", "a ! . b"},
	} {
		f := tokenize(t, c.src)
		last := -1
		for i := range f.Tokens {
			if f.Text(i) == c.at {
				last = i
			}
		}
		if c.at == ")" && strings.HasPrefix(c.src, "x = a.b") {
			last = 10
		}
		start := f.OperandStart(last)
		end := f.OperandEnd(start)
		var got []string
		for i := start; i < end; i++ {
			got = append(got, f.Text(i))
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%s: operand at %q is %q, want %q", c.src, c.at, s, c.want)
		}
	}
}

func TestDecode(t *testing.T) {
	for in, want := range map[string]string{
		`a`: "a", `a\'b`: "a'b", `\u56fe.png`: "图.png", `\x41`: "A", `\u{1F600}`: "😀",
		`\ud83d\ude00`: "😀", `\/a`: "/a", "a\\\nb": "ab", `\u12`: "u12", `a\`: `a\`, `\图`: "图",
	} {
		if got := Decode(in); got != want {
			t.Errorf("Decode(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzTokenize(f *testing.F) {
	for _, s := range []string{
		"", "a='x'", "`a${b}c`", "/[/]/g", "a/b/c", "({a:1}/2)", "if(a)/'/", "'\\", "`${`${`", "/*", "//", "a?.b", "x as const", "\xff\xfe'", "}{", "wx.showToast({image:'/a.png'})",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := Tokenize(string(data), source.Span{End: len(data)})
		last := 0
		for i, tok := range file.Tokens {
			if tok.Span().Start < last || tok.Span().End <= tok.Span().Start || tok.Span().End > len(data) {
				t.Fatalf("token %d has span %v after %d", i, tok.Span(), last)
			}
			last = tok.Span().End
			if tok.Parent() >= i {
				t.Fatalf("token %d has parent %d", i, tok.Parent())
			}
			if err == nil && tok.Match() >= 0 && tok.Type != TemplateMiddle {
				if m := file.Tokens[tok.Match()].Match(); m != i {
					t.Fatalf("token %d pairs with %d, which pairs with %d", i, tok.Match(), m)
				}
			}
		}
		if err != nil {
			return
		}
		for i := range file.Tokens {
			if s := file.OperandStart(i); s < 0 || s > i {
				t.Fatalf("OperandStart(%d) = %d", i, s)
			}
			if e := file.OperandEnd(i); e <= i || e > len(file.Tokens) {
				t.Fatalf("OperandEnd(%d) = %d", i, e)
			}
			if e := file.ExprEnd(i); e < i || e > len(file.Tokens) {
				t.Fatalf("ExprEnd(%d) = %d", i, e)
			}
			file.Args(i)
			file.Callee(i)
			file.CallParen(i)
		}
		Decode(string(data))
	})
}
