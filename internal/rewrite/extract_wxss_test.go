package rewrite

import (
	"slices"
	"testing"
)

func TestExtractStyle(t *testing.T) {
	tests := []struct {
		name, file, in string
		want           []string
	}{
		{"quoted", "a.wxss", `.a{background:url("../i/a.png")}`, []string{"image ../i/a.png [../i/a.png]"}},
		{"bare", "a.wxss", `.a{background:url( i/a.png )}`, []string{"image i/a.png [i/a.png]"}},
		{"bare name", "a.wxss", `.a{background:url(a.png)}`, []string{"image a.png [a.png]"}},
		{"query", "a.wxss", `.a{background:url(a.svg?#b)}`, []string{"image a.svg?#b [a.svg?#b]"}},
		{"escape", "a.wxss", `.a{background:url(a\ b.png)}`, []string{`image a b.png [a\ b.png]`}},
		{"comment", "a.wxss", `/* url(a.png) */`, nil},
		{"data", "a.wxss", `.a{background:url(data:image/png;base64,AA//) url("DATA:x/y")}`, nil},
		{"fragment", "a.wxss", `.a{mask:url(#m)}`, nil},
		{"string", "a.wxss", `.a{content:"a.png" "b" "/c/"}`, []string{"plain frozen a.png", "plain frozen /c/"}},
		{"variable", "a.less", `@a: "/i/a.png"; .b{c:url(@a)}`, []string{"plain frozen /i/a.png"}},
		{"interpolation", "a.less", `.b{c:url("@{d}/a.png")}`, []string{"image dynamic ?…/a.png []"}},
		{"interpolation in the middle", "a.scss", `.b{c:url(/i/#{$d}.png)}`, []string{"image dynamic /i/….png [/i/]"}},
		{"sum", "a.styl", `c url("/i/" + d + '.png')`, []string{"image dynamic /i/….png [/i/]"}},
		{"function", "a.scss", `.b{c:url(asset("/i/a.png"))}`, []string{"plain frozen /i/a.png"}},
		{"string with interpolation", "a.scss", `$a: "/i/#{$b}.png";`, []string{"plain frozen dynamic /i/….png"}},
		{"no interpolation in WXSS", "a.wxss", `.b{c:url(/i/@{d}.png)}`, []string{"image /i/@{d}.png [/i/@{d}.png]"}},
		{"line comment", "a.scss", "// it's url(a.png)\n.b{c:url(b.png)}", []string{"image b.png [b.png]"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f, got := extracted(t, tt.file, tt.in)
			if f.Err != nil {
				t.Fatal(f.Err)
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
			for _, r := range f.Refs {
				if r.Base != OwnFile {
					t.Errorf("base %d of %s", r.Base, r.Value)
				}
			}
		})
	}
}

func TestExtractStyleImports(t *testing.T) {
	f, got := extracted(t, "a.scss", `@import "b.wxss", url(/c.wxss); @use 'd';`+"\n@import '#{$e}/f'; g{h:url('i.png')}")
	want := []Import{{Kind: ImportStyle, Path: "b.wxss"}, {Kind: ImportStyle, Path: "/c.wxss"}, {Kind: ImportStyle, Path: "d"}}
	if !slices.Equal(f.Imports, want) {
		t.Errorf("imports: %v", f.Imports)
	}
	if !slices.Equal(got, []string{"plain frozen dynamic ?…/f", "image i.png [i.png]"}) {
		t.Errorf("references: %q", got)
	}
}

func TestExtractStyleErrors(t *testing.T) {
	f, got := extracted(t, "a.wxss", `.a{b:url(a.png)} .c{d:"`+"\n}")
	if f.Err == nil || f.Err.Offset != 22 || len(got) > 0 || len(f.Names) != 1 {
		t.Errorf("%+v, %q, %v", f.Err, got, f.Names)
	}
}
