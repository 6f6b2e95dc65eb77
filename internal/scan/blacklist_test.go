package scan

import (
	"errors"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func TestBlacklist(t *testing.T) {
	base, err := filepath.Abs(filepath.FromSlash("/p[1]"))
	if err != nil {
		t.Fatal(err)
	}
	at := func(elements ...string) string { return filepath.Join(append([]string{base}, elements...)...) }
	inApp := &Layout{Root: at("app", "mini"), AppDir: at("app")}
	for _, tt := range []struct {
		name, configDir, entry string
		in, out                []string // images that may go, images that stay
	}{
		{"folder", at(), "./app/mini/logo/", []string{"logo2/a.png", "x/logo/a.png", "logo.png"}, []string{"logo/a.png", "logo/deep/b.png", "Logo/c.png"}},
		{"folder of appDir", at(), "mini/logo", []string{"logo2/a.png"}, []string{"logo/a.png"}},
		{"folder of the root", at(), "./logo/", []string{"logo2/a.png", "x/logo/a.png"}, []string{"logo/a.png"}},
		{"leading slash", at(), "/logo", nil, []string{"logo/a.png"}},
		{"backslashes", at(), `.\logo\`, nil, []string{"logo/a.png"}},
		{"file", at(), "images/a.png", []string{"images/a.png.jpg", "images/ba.png", "a.png"}, []string{"images/a.png"}},
		{"bare name", at(), "a.png", []string{"images/a.png"}, []string{"a.png"}},
		{"star", at(), "images/raw_*.png", []string{"images/x/raw_1.png", "images/raw.png"}, []string{"images/raw_1.png"}},
		{"two stars", at(), "**/raw/**", []string{"rawer/a.png"}, []string{"raw/a.png", "x/y/raw/z/a.png"}},
		{"any depth", at(), "**/logo.png", nil, []string{"logo.png", "a/b/logo.png"}},
		{"braces", at(), "img/*.{gif,jpg}", []string{"img/a.png"}, []string{"img/a.gif", "img/b.JPG"}},
		{"a glob names a folder", at(), "img*", []string{"x/img/a.png"}, []string{"img1/a.png"}},
		{"up and down", at("conf"), "../app/mini/logo", []string{"logo2/a.png"}, []string{"logo/a.png"}},
		{"up too far", at("conf"), "../../elsewhere/logo", []string{"logo/a.png"}, nil},
		{"inside the app", at("app", "mini", "conf"), "x.png", []string{"conf/y.png", "y/conf/x.png"}, []string{"conf/x.png", "x.png"}},
		{"the folder itself", at("app", "mini", "conf"), "../img", []string{"a/img/b.png"}, []string{"img/a.png"}},
		{"everything", at(), ".", nil, []string{"a.png", "b/c.png"}},
		{"absolute", at(), at("app", "mini", "logo"), []string{"logo2/a.png"}, []string{"logo/a.png"}},
		{"escaped", at(), `img/\[a].png`, []string{"img/a.png"}, []string{"img/[a].png"}},
		{"Chinese", at(), "图片/标志", []string{"图片/标志2/a.png"}, []string{"图片/标志/a.png"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if filepath.Separator == '\\' && tt.name == "escaped" {
				return // a backslash separates there
			}
			b, err := newBlacklist([]string{tt.entry}, inApp, tt.configDir)
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range tt.in {
				if b.matches(p) {
					t.Errorf("%s stays", p)
				}
			}
			for _, p := range tt.out {
				if !b.matches(p) {
					t.Errorf("%s does not stay", p)
				}
			}
		})
	}
}

func TestBlacklistUnused(t *testing.T) {
	dir := appWith(t, map[string]string{"app.json": minimal, "logo/a.webp": "1", "b.png": "2", "miniprogram_npm/c.png": "3"})
	opt := options(dir)
	opt.Blacklist = []string{"logo", "lgoo", "**/*.jpg", "miniprogram_npm"}
	tree := mustScan(t, opt)
	if want := []string{"lgoo", "**/*.jpg"}; !reflect.DeepEqual(tree.UnusedBlacklist, want) {
		t.Errorf("unused: %q", tree.UnusedBlacklist)
	}
	opt.Blacklist = []string{"a", "b[1"}
	_, err := Scan(t.Context(), opt)
	if e, ok := errors.AsType[*PatternError](err); !ok || e.Pattern != "b[1" || e.ExitCode() != 2 || !strings.Contains(e.Error(), "b[1") {
		t.Errorf("err = %v", err)
	}
}

func FuzzBlacklist(f *testing.F) {
	f.Add("../a/**/[b]*.png", "a/b.png")
	f.Add("/", "..")
	f.Add(`{\`, "x")
	f.Fuzz(func(t *testing.T, entry, p string) {
		root := filepath.FromSlash("/p/app")
		b, err := newBlacklist([]string{entry}, &Layout{Root: root, AppDir: root}, filepath.FromSlash("/p"))
		if err == nil {
			b.matches(p)
		}
	})
}
