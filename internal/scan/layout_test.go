package scan

import (
	"errors"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func TestLayout(t *testing.T) {
	dir := appWith(t, map[string]string{"app.json": `// comments are legal in practice
	{
		"pages": ["pages/index/index", "/pages/me/me", "./pages/a/../b/b", "pages/index/index"],
		"subPackages": [
			{"root": "/packageB/", "name": "second", "pages": ["x/x"], "independent": true},
			{"root": "packageA", "pages": ["/y/y", "z"]},
		],
		"subpackages": [
			{"root": "packageA/deep", "pages": []},
			{"root": "./packageB", "pages": ["w"]}
		],
	}`,
		"index.js": "1", "packageA/a.js": "22", "packageA/deep/b.js": "333", "packageB/c.js": "4444", "packageBC/d.js": "55555",
	})
	l, err := OpenLayout(dir)
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"packageA/y/y", "packageA/z", "packageB/w", "packageB/x/x", "pages/b/b", "pages/index/index", "pages/me/me"}; !reflect.DeepEqual(l.Pages, want) {
		t.Errorf("pages %q", l.Pages)
	}
	want := []Package{
		{Name: "main", Limit: 2 << 20},
		{Name: "packageA", Root: "packageA", Limit: 2 << 20},
		{Name: "packageA/deep", Root: "packageA/deep", Limit: 2 << 20},
		{Name: "second", Root: "packageB", Independent: true, Limit: 2 << 20},
	}
	if !reflect.DeepEqual(l.Packages, want) || l.TotalLimit != 30<<20 {
		t.Errorf("packages %+v", l.Packages)
	}

	tree := mustScan(t, options(dir))
	all := tree.Sizes(nil)
	main := tree.File("app.json").Size + 1 + 5
	if !reflect.DeepEqual(all, Sizes{Packages: []int64{main, 2, 3, 4}, Total: main + 9}) {
		t.Errorf("sizes %+v", all)
	}
	less := tree.Sizes(func(p string) bool { return strings.HasPrefix(p, "packageA/") })
	if !reflect.DeepEqual(less, Sizes{Packages: []int64{main, 0, 0, 4}, Total: main + 4}) {
		t.Errorf("sizes %+v", less)
	}
	grown := tree.SizesOf(func(f *File) int64 { return 10 })
	if !reflect.DeepEqual(grown, Sizes{Packages: []int64{30, 10, 10, 10}, Total: 60}) {
		t.Errorf("sizes %+v", grown)
	}
}

func TestWrongFolders(t *testing.T) {
	const fix = "appDir must name the folder that holds app.json, or the project folder above it"
	for _, tt := range []struct {
		name, dir string
		files     map[string]string
		want      string // DIR stands for the folder of the test
	}{
		{"nothing", "", nil, "DIR is not a mini-program: it holds no app.json | " + fix},
		{"missing", "gone", nil, "DIR/gone is not a mini-program: there is no such folder | " + fix},
		{"a file", "x", map[string]string{"x": ""}, "DIR/x is not a mini-program: it is not a folder | " + fix},
		{"the folder above", "", map[string]string{"mini/app.json": minimal, "node_modules/app.json": minimal},
			"DIR is not a mini-program: it holds no app.json | there is an app.json in mini: let appDir name that folder"},
		{"mini-game", "", map[string]string{"game.json": "{}"},
			"DIR is not a mini-program: mini-games are not supported | wecos slims mini-programs, whose folder holds app.json"},
		{"another tool's app.json", "", map[string]string{"app.json": `{"expo": {"name": "x"}}`},
			"DIR is not a mini-program: its app.json names no pages | " + fix},
		{"no pages", "", map[string]string{"app.json": `{"pages": []}`},
			"DIR is not a mini-program: its app.json names no pages | " + fix},
		{"miniprogramRoot is gone", "", map[string]string{"project.config.json": `{"miniprogramRoot": "gone/"}`, "app.json": minimal},
			"DIR/gone is not a mini-program: the miniprogramRoot of project.config.json is no folder | correct miniprogramRoot in DIR/project.config.json"},
		{"miniprogramRoot without app.json", "", map[string]string{"project.config.json": `{"miniprogramRoot": "src"}`, "src/": "", "app.json": minimal},
			"DIR/src is not a mini-program: it holds no app.json | " + fix},

		{"broken app.json", "", map[string]string{"app.json": "{\n  \"pages\": [\"a\"\n}"}, "DIR/app.json:3:1: '}' does not belong here"},
		{"app.json is a list", "", map[string]string{"app.json": "[]"}, "DIR/app.json:1:1: this must be an object"},
		{"app.json is a folder", "", map[string]string{"app.json/": ""}, "DIR/app.json: this is not a regular file"},
		{"pages", "", map[string]string{"app.json": `{"pages": {}}`}, "DIR/app.json:1:11: pages must be a list"},
		{"page", "", map[string]string{"app.json": `{"pages": ["a", 1]}`}, "DIR/app.json:1:17: a page must be a path inside the app"},
		{"page outside", "", map[string]string{"app.json": `{"pages": ["../a"]}`}, "DIR/app.json:1:12: a page must be a path inside the app"},
		{"subpackages", "", map[string]string{"app.json": `{"subpackages": {}}`}, "DIR/app.json:1:17: subpackages must be a list"},
		{"subpackage", "", map[string]string{"app.json": `{"subPackages": ["a"]}`}, "DIR/app.json:1:18: a subpackage must be an object with root and pages"},
		{"subpackage without root", "", map[string]string{"app.json": `{"subPackages": [{}]}`}, "DIR/app.json:1:18: a subpackage needs a root"},
		{"subpackage of everything", "", map[string]string{"app.json": `{"subPackages": [{"root": "/"}]}`}, "DIR/app.json:1:27: the root of a subpackage must be a folder inside the app"},
		{"subpackage pages", "", map[string]string{"app.json": `{"subPackages": [{"root": "a", "pages": 1}]}`}, "DIR/app.json:1:41: pages must be a list"},
		{"broken project file", "", map[string]string{"project.config.json": "{", "app.json": minimal}, "DIR/project.config.json:1:2: the file ends too early: a bracket, a quote or a comment is not closed"},
		{"miniprogramRoot outside", "", map[string]string{"project.config.json": `{"miniprogramRoot": "../x"}`, "app.json": minimal}, "DIR/project.config.json:1:21: miniprogramRoot must be a folder inside the project"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := appWith(t, tt.files)
			_, err := Scan(t.Context(), options(filepath.Join(dir, tt.dir)))
			if err == nil {
				t.Fatal("no error")
			}
			got := err.Error()
			if hinted, ok := errors.AsType[*NotMiniProgramError](err); ok {
				got += " | " + hinted.Hint()
			} else if _, ok := errors.AsType[*FileError](err); !ok {
				t.Errorf("untyped error %T", err)
			}
			if coded, ok := err.(interface{ ExitCode() int }); !ok || coded.ExitCode() != 2 {
				t.Errorf("the exit code of %T is not 2", err)
			}
			got = strings.ReplaceAll(strings.ReplaceAll(got, dir, "DIR"), `\`, "/")
			if got != tt.want {
				t.Errorf("\ngot  %s\nwant %s", got, tt.want)
			}
		})
	}
	if _, err := OpenLayout("relative"); err == nil {
		t.Error("a relative folder was taken")
	}
}

func TestProjectConfig(t *testing.T) {
	for _, tt := range []struct {
		name, appDir, root string
		files              map[string]string
		absent             string // a file that the project's packOptions leave out
	}{
		{"no project file", ".", ".", map[string]string{"app.json": minimal}, ""},
		{"in appDir", ".", "mini", map[string]string{"project.config.json": `{"miniprogramRoot": "/mini/",}`, "mini/app.json": minimal}, ""},
		{"in appDir, as on Windows", ".", "mini/app", map[string]string{"project.config.json": `{"miniprogramRoot": ".\\mini\\app\\"}`, "mini/app/app.json": minimal}, ""},
		{"empty root", ".", ".", map[string]string{"project.config.json": `{"miniprogramRoot": "", "packOptions": {"ignore": [{"type": "file", "value": "x.png"}]}}`, "app.json": minimal, "x.png": "1"}, "x.png"},
		{"above", "mini", "mini", map[string]string{"project.config.json": `{"miniprogramRoot": "./mini", "packOptions": {"ignore": [{"type": "file", "value": "x.png"}]}}`, "mini/app.json": minimal, "mini/x.png": "1"}, "x.png"},
		{"above, with the root below", "a", "a/b", map[string]string{"project.config.json": `{"miniprogramRoot": "a/b"}`, "a/b/app.json": minimal}, ""},
		{"above, of another app", "mini", "mini", map[string]string{"project.config.json": `{"miniprogramRoot": "other", "packOptions": {"ignore": [{"type": "suffix", "value": "son"}]}}`, "mini/app.json": minimal}, ""},
		{"its own wins", "mini", "mini/src", map[string]string{"project.config.json": `{"miniprogramRoot": "mini"}`, "mini/project.config.json": `{"miniprogramRoot": "src"}`, "mini/src/app.json": minimal, "mini/app.json": minimal}, ""},
		{"byte order mark", ".", "mini", map[string]string{"project.config.json": "\uFEFF{\"miniprogramRoot\": \"mini\"}", "mini/app.json": "\uFEFF" + minimal}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := appWith(t, tt.files)
			tree := mustScan(t, options(filepath.Join(dir, tt.appDir)))
			if tree.Root != filepath.Join(dir, tt.root) || tree.AppDir != filepath.Join(dir, tt.appDir) {
				t.Errorf("root %s, app %s in %s", tree.Root, tree.AppDir, dir)
			}
			if tree.File("app.json") == nil || tt.absent != "" && tree.File(tt.absent) != nil {
				t.Errorf("files %v", described(tree))
			}
		})
	}
}

// Plugins and cloud functions run elsewhere and read their own images.
func TestOtherRootsAreLeftAlone(t *testing.T) {
	dir := appWith(t, map[string]string{
		"project.config.json": `{"pluginRoot": "plugin/", "cloudfunctionRoot": "./cloud", "testRoot": "."}`,
		"app.json":            minimal, "plugin/a.png": "1", "plugin/plugin.json": "{}", "cloud/f/a.png": "2", "cloudy/a.png": "3",
	})
	got := described(mustScan(t, options(dir)))
	want := map[string]string{"project.config.json": "json ships", "app.json": "json ships", "cloudy/a.png": "candidate ships"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// A foreign encoding does not matter as long as the paths are ASCII.
func TestAppJSONInGBK(t *testing.T) {
	dir := appWith(t, map[string]string{"app.json": "{\"pages\": [\"pages/index/index\"], \"window\": {\"navigationBarTitleText\": \"\xd6\xd0\x81\x5c\"}}"})
	if tree := mustScan(t, options(dir)); !reflect.DeepEqual(tree.Pages, []string{"pages/index/index"}) {
		t.Errorf("pages %q", tree.Pages)
	}
}

func TestShips(t *testing.T) {
	dir := appWith(t, map[string]string{
		"project.config.json": `{"miniprogramRoot": "mini", "cloudfunctionRoot": "mini/cloud", "packOptions": {"ignore": [
			{"type": "folder", "value": "wecos_backup"},
			{"type": "file", "value": "wecos.config.json"},
			{"type": "suffix", "value": ".png"}
		]}}`,
		"mini/app.json": minimal, "mini/wecos.config.json": "{}", "mini/other.json": "{}", "wecos.config.json": "{}", "mini/images/a.png": "",
	})
	l, err := OpenLayout(dir)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{
		"mini": true, "mini/wecos.config.json": false, "mini/other.json": true, "wecos.config.json": false,
		"mini/wecos_backup": false, "mini/WECOS_BACKUP/.wecos": false, "mini/backup": true, "mini/.wecos": true,
		"mini/node_modules/x": false, "mini/cloud/dist": false, "mini/images": true, "mini/images/a.png": false,
		"minimal": false, ".": false, "../x": false,
	} {
		if got := l.Ships(filepath.Join(dir, name)); got != want {
			t.Errorf("Ships(%s) = %v", name, got)
		}
	}
}

func FuzzAppJSON(f *testing.F) {
	for _, s := range []string{minimal, "", "{", `{"subPackages":[{"root":"a","pages":["b"]}]}`, `{"pages":[".."]}`, `{"pages":["\u0000"]}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		l := &Layout{}
		if err := l.readApp("app.json", data); err != nil {
			if _, ok := errors.AsType[*FileError](err); !ok {
				t.Fatalf("untyped error %T", err)
			}
			return
		}
		for _, p := range l.Pages {
			if !filepath.IsLocal(filepath.FromSlash(p)) {
				t.Fatalf("page %q leaves the app", p)
			}
			_ = l.packageOf(p)
		}
		for i, p := range l.Packages {
			if (p.Root == "") != (i == 0) {
				t.Fatalf("packages %+v", l.Packages)
			}
		}
	})
}
