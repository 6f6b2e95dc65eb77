package scan

import (
	"reflect"
	"testing"

	"github.com/wecos-go/wecos/internal/config/jsonc"
)

func TestPackRules(t *testing.T) {
	for _, tt := range []struct {
		kind, value string
		in, out     []string // paths that the rule leaves in and out
	}{
		{"file", "Images/A.png", []string{"images/a.png.bak", "x/images/a.png"}, []string{"images/a.png", "IMAGES/a.PNG"}},
		{"file", "/images/a.png", []string{"images/b.png"}, []string{"images/a.png"}},
		{"folder", "images", []string{"images2/a.png", "images", "x/images/a.png"}, []string{"images/a.png", "images/b/c.js"}},
		{"folder", "/images/", []string{"images.png"}, []string{"Images/a.png"}},
		{"folder", "./images", []string{"images/a.png"}, nil}, // the uploader does not understand it either
		{"suffix", ".md", []string{"a.md.png", "x.md/a.png"}, []string{"README.MD", "a/b.md"}},
		{"suffix", "readme.md", nil, []string{"a/README.md"}},
		{"prefix", "test-", []string{"test-x/a.js", "a/b-test-.js"}, []string{"test-a.js", "a/Test-b.js"}},
		{"glob", "test/**/*.js", []string{"test/a.png", "x/test/a.js", "test/.a.js", ".test/a.js"}, []string{"test/a.js", "test/b/C.js"}},
		{"glob", "*.png", []string{"a/b.png"}, []string{"a.png"}},
		{"glob", "/a/*.{png,jpg}", []string{"a/b.gif"}, []string{"a/b.png", "a/b.jpg"}},
		{"glob", ".cache/**", nil, []string{".cache/a.png"}},
		{"regexp", `\.jsx$`, []string{"a.jsx.js"}, []string{"a/b.JSX"}},
		{"regexp", `^/raw/`, []string{"x/raw/a.png"}, []string{"raw/a.png"}},
	} {
		r, err := newPackRule(tt.kind, tt.value)
		if err != nil {
			t.Errorf("%s %s: %v", tt.kind, tt.value, err)
			continue
		}
		o := packOptions{ignore: []packRule{r}}
		for _, p := range tt.in {
			if o.ignored(p) {
				t.Errorf("%s %s leaves %s out", tt.kind, tt.value, p)
			}
		}
		for _, p := range tt.out {
			if !o.ignored(p) {
				t.Errorf("%s %s leaves %s in", tt.kind, tt.value, p)
			}
		}
	}
}

func TestPackRulesThatAreNotFollowed(t *testing.T) {
	for _, tt := range [][2]string{
		{"file", ""}, {"folder", ""}, {"suffix", ""}, {"prefix", ""}, {"glob", ""}, {"regexp", ""},
		{"glob", "!a"}, {"glob", "#a"}, {"glob", "+(a|b)"}, {"glob", "[a"},
		{"regexp", "(?!a)"}, {"regexp", "("}, {"files", "a"}, {"", "a"},
	} {
		if _, err := newPackRule(tt[0], tt[1]); err == nil {
			t.Errorf("%q %q is followed", tt[0], tt[1])
		}
	}
}

func TestIncludeWins(t *testing.T) {
	v, err := jsonc.Parse([]byte(`{
		"ignore": [{"type": "folder", "value": "raw"}, {"type": "folder", "value": "docs"}, {"type": "regexp", "value": "("}, 7],
		"include": [{"type": "suffix", "value": ".keep.png"}]
	}`))
	if err != nil {
		t.Fatal(err)
	}
	o := readPackOptions(v)
	if !o.ignored("raw/a.png") || o.ignored("raw/a.keep.png") || o.ignored("a.png") {
		t.Error("include does not win over ignore")
	}
	if o.prunes("raw") {
		t.Error("a folder that may hold included files is not looked into")
	}
	o.include = nil
	if !o.prunes("raw") || !o.prunes("RAW/deep") || o.prunes("raw2") || o.prunes("x") {
		t.Error("pruning does not follow the folder rules")
	}
	var bad []string
	for _, err := range o.bad {
		bad = append(bad, err.Error())
	}
	want := []string{
		`line 2, column 87: packOptions.ignore: the regular expression "(" is not followed`,
		`line 2, column 121: packOptions.ignore: a rule without a value is not followed`,
	}
	if !reflect.DeepEqual(bad, want) {
		t.Errorf("got %q", bad)
	}
}

func TestScanReportsRulesThatAreNotFollowed(t *testing.T) {
	dir := appWith(t, map[string]string{
		"project.config.json": `{"packOptions": {"ignore": [{"type": "glob", "value": "!x"}, {"type": "prefix", "value": "RAW_"}], "include": [{"type": "file", "value": "raw_2.png"}]}}`,
		"app.json":            minimal, "raw_1.png": "1", "raw_2.png": "2",
	})
	tree := mustScan(t, options(dir))
	if len(tree.Problems) != 1 || tree.Problems[0].Path != "project.config.json" || tree.Problems[0].Source {
		t.Errorf("problems %v", tree.Problems)
	}
	if tree.File("raw_1.png") != nil || tree.File("raw_2.png") == nil {
		t.Errorf("files %v", described(tree))
	}
}
