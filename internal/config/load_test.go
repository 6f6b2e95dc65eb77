package config

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// account is what a file needs to be complete.
const account = `"cos": {"secret_id": "AKIDid", "secret_key": "verysecret", "bucket": "pictures-1250000000", "region": "ap-guangzhou"}`

// load loads text as the configuration of a folder.
func load(t *testing.T, text string, change ...func(*LoadOptions)) (*Wecos, error) {
	t.Helper()
	dir := t.TempDir()
	write(t, filepath.Join(dir, WecosFile), text)
	opt := LoadOptions{Dir: dir}
	for _, c := range change {
		c(&opt)
	}
	return LoadWecos(opt)
}

func mustLoad(t *testing.T, text string, change ...func(*LoadOptions)) *Wecos {
	t.Helper()
	w, err := load(t, text, change...)
	if err != nil {
		t.Fatalf("%v (hint: %s)", err, err.(*Error).Hint())
	}
	return w
}

func ptr[T any](v T) *T { return &v }

func TestDefaults(t *testing.T) {
	w := mustLoad(t, "{"+account+"}")
	want := &Wecos{
		File: filepath.Join(w.Dir, WecosFile), Dir: w.Dir,
		AppDir: filepath.Join(w.Dir, "app"), BackupDir: filepath.Join(w.Dir, "wecos_backup"),
		Suffixes: []string{".jpg", ".png", ".gif"},
		Watch:    true, Concurrency: 32, FileName: "[path][name][ext]",
		COS: COS{
			SecretID: NewSecret("AKIDid"), SecretKey: NewSecret("verysecret"),
			Bucket: "pictures-1250000000", Region: "ap-guangzhou",
		},
		LocalAddr: "127.0.0.1:19000",
		origins:   w.origins, display: WecosFile,
	}
	if !reflect.DeepEqual(w, want) {
		t.Errorf("got  %+v\nwant %+v", w, want)
	}
	if got := w.StateDir(); got != filepath.Join(w.Dir, "wecos_backup", ".wecos") {
		t.Errorf("StateDir = %s", got)
	}
	if got := w.Exclude(); !reflect.DeepEqual(got, []string{filepath.Join(w.Dir, ".wecos"), w.BackupDir}) {
		t.Errorf("Exclude = %s", got)
	}
}

// A configuration that was written on Windows means the same elsewhere.
func TestBackslashes(t *testing.T) {
	w := mustLoad(t, `{"appDir": ".\\src\\app", "backupDir": "..\\kept", "outDir": "out\\slim", "cos": {"bucket": "shop-1250000000", "region": "ap-guangzhou", "secret_id": "a", "secret_key": "b"}}`)
	for got, want := range map[string]string{
		w.AppDir:    filepath.Join(w.Dir, "src", "app"),
		w.BackupDir: filepath.Join(filepath.Dir(w.Dir), "kept"),
		w.OutDir:    filepath.Join(w.Dir, "out", "slim"),
	} {
		if got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestEveryKey(t *testing.T) {
	w := mustLoad(t, `// comments and trailing commas
	{
		"appDir": " ./src ",
		"backupDir": "../keep",
		"outDir": "dist",
		"uploadFileSuffix": [".JPG", "png", "*.webp", ".png"],
		"uploadFileBlackList": " ./images/logo/ ",
		"replaceHost": "http://old.example.com/",
		"targetHost": "https://img.example.com/app/",
		"compress": {"engine": "ci", "quality": 70, "maxWidth": 1500},
		"watch": false,
		"concurrency": 8,
		"fileName": "v1/[path][name].[hash:8][ext]",
		"cacheControl": "max-age=31536000",
		"unreferenced": "keep",
		"cos": {
			"secret_id": "id", "secret_key": "key", "token": "temporary",
			"bucketname": "Pictures", "appid": 1250000000,
			"region": "AP-Guangzhou", "folder": "/app/images/",
			"endpoint": "https://cos.example.com/",
		},
	}`)
	parent := filepath.Dir(w.Dir)
	for _, tt := range []struct {
		key       string
		got, want any
	}{
		{"appDir", w.AppDir, filepath.Join(w.Dir, "src")},
		{"backupDir", w.BackupDir, filepath.Join(parent, "keep")},
		{"outDir", w.OutDir, filepath.Join(w.Dir, "dist")},
		{"uploadFileSuffix", w.Suffixes, []string{".jpg", ".png", ".webp"}},
		{"uploadFileBlackList", w.Blacklist, []string{"./images/logo/"}},
		{"replaceHost", w.ReplaceHost, []string{"http://old.example.com"}},
		{"targetHost", w.TargetHost, "https://img.example.com/app"},
		{"compress", *w.Compress, Compress{EngineCI, 70, 1500}},
		{"watch", w.Watch, false},
		{"concurrency", w.Concurrency, 8},
		{"fileName", w.FileName, "v1/[path][name].[hash:8][ext]"},
		{"cacheControl", w.CacheControl, "max-age=31536000"},
		{"unreferenced", w.KeepUnreferenced, true},
		{"secret_id", w.COS.SecretID.Reveal(), "id"},
		{"secret_key", w.COS.SecretKey.Reveal(), "key"},
		{"token", w.COS.Token.Reveal(), "temporary"},
		{"bucket", w.COS.Bucket, "pictures-1250000000"},
		{"region", w.COS.Region, "ap-guangzhou"},
		{"folder", w.COS.Folder, "app/images"},
		{"endpoint", w.COS.Endpoint, "https://cos.example.com"},
	} {
		if !reflect.DeepEqual(tt.got, tt.want) {
			t.Errorf("%s = %v, want %v", tt.key, tt.got, tt.want)
		}
	}
}

func TestBuckets(t *testing.T) {
	for _, tt := range []struct{ cos, want string }{
		{`"bucket": "a-1"`, "a-1"},
		{`"bucketname": "a", "appid": "1"`, "a-1"},
		{`"bucketname": "a-1", "appid": "1"`, "a-1"},
		{`"bucketname": "a-1"`, "a-1"},
		{`"bucket": "a", "appid": 1`, "a-1"},
		{`"bucket": "a-1", "bucketname": "a", "appid": "1"`, "a-1"},
		{`"bucket": "any.name", "endpoint": "https://s.example.com"`, "any.name"},
		{`"endpoint": "http://127.0.0.1:9000"`, ""},
	} {
		w := mustLoad(t, `{"cos": {"secret_id": "i", "secret_key": "k", "region": "ap-x", `+tt.cos+`}}`)
		if w.COS.Bucket != tt.want {
			t.Errorf("%s: bucket %q, want %q", tt.cos, w.COS.Bucket, tt.want)
		}
	}
}

func TestLayers(t *testing.T) {
	env := func(name string) string {
		return map[string]string{"COS_SECRET_ID": "env-id", "COS_TOKEN": " env-token "}[name]
	}
	work := ""
	w := mustLoad(t, `{
  "concurrency": 8,
  "watch": true,
  `+account+`
}`, func(o *LoadOptions) {
		work = filepath.Join(o.Dir, "sub")
		o.Path, o.Dir, o.Env = "../"+WecosFile, work, env
		o.Flags = Flags{Concurrency: ptr(64), AppDir: ptr("here"), BackupDir: ptr(""), OutDir: ptr("out"), Watch: ptr(false)}
	})
	if w.COS.SecretID.Reveal() != "env-id" || w.COS.SecretKey.Reveal() != "verysecret" || w.COS.Token.Reveal() != "env-token" {
		t.Error("the environment does not override the file key by key")
	}
	if w.Concurrency != 64 || w.Watch {
		t.Errorf("flags do not override the file: %d %v", w.Concurrency, w.Watch)
	}
	if w.AppDir != filepath.Join(work, "here") || w.OutDir != filepath.Join(work, "out") {
		t.Errorf("folders of flags belong to the working directory: %s, %s", w.AppDir, w.OutDir)
	}
	if w.BackupDir != "" || w.StateDir() != filepath.Join(filepath.Dir(work), ".wecos") {
		t.Errorf("backupDir %q, state %q", w.BackupDir, w.StateDir())
	}
	origins := map[string]string{}
	for _, s := range w.Effective() {
		origins[s.Key] = strings.TrimSpace(fmt.Sprintf("%s %s", s.Origin.Source, s.Origin.Place))
	}
	file := w.File // above the working directory, so named in full
	for key, want := range map[string]string{
		"concurrency":    "flag --concurrency",
		"watch":          "flag --watch=false",
		"appDir":         "flag --app-dir",
		"backupDir":      "flag --backup-dir",
		"outDir":         "flag --out",
		"cos.secret_id":  "env COS_SECRET_ID",
		"cos.secret_key": "file " + file + ":4:48",
		"cos.bucket":     "file " + file + ":4:72",
		"cos.token":      "env COS_TOKEN",
		"fileName":       "default",
		"cos.folder":     "default",
	} {
		if origins[key] != want {
			t.Errorf("%s comes from %q, want %q", key, origins[key], want)
		}
	}
}

func TestFileIsSearchedUpwards(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, WecosFile), "{"+account+"}")
	deep := filepath.Join(dir, "a", "b")
	if err := os.MkdirAll(filepath.Join(deep, WecosFile), 0o755); err != nil { // a folder of that name is not it
		t.Fatal(err)
	}
	w, err := LoadWecos(LoadOptions{Dir: deep})
	if err != nil {
		t.Fatal(err)
	}
	if w.Dir != dir || w.AppDir != filepath.Join(dir, "app") {
		t.Errorf("Dir %s, AppDir %s", w.Dir, w.AppDir)
	}
}

func TestNoFile(t *testing.T) {
	dir := t.TempDir()
	_, err := LoadWecos(LoadOptions{Dir: dir})
	if !errors.Is(err, ErrNoConfig) {
		t.Fatalf("err = %v", err)
	}
	if e, ok := errors.AsType[*Error](err); !ok || e.Hint() != "appletctl init wecos" || e.ExitCode() != 2 {
		t.Errorf("err = %#v", err)
	}
	if _, err := LoadWecos(LoadOptions{Dir: dir, Path: "gone.json"}); !errors.Is(err, ErrNoConfig) || err.Error() != "gone.json: there is no such file" {
		t.Errorf("err = %v", err)
	}
	if _, err := LoadWecos(LoadOptions{Dir: dir, Path: "."}); err == nil || errors.Is(err, ErrNoConfig) {
		t.Errorf("a folder as configuration: err = %v", err)
	}
	if _, err := LoadWecos(LoadOptions{Dir: dir, Flags: Flags{Local: ptr(true)}}); !errors.Is(err, ErrNoConfig) {
		t.Errorf("--local without --app-dir: err = %v", err)
	}
	w, err := LoadWecos(LoadOptions{Dir: dir, Flags: Flags{Local: ptr(true), AppDir: ptr("x"), LocalAddr: ptr("[::1]:0")}})
	if err != nil {
		t.Fatal(err)
	}
	if w.File != "" || w.Dir != dir || w.AppDir != filepath.Join(dir, "x") || !w.Local || w.LocalAddr != "[::1]:0" {
		t.Errorf("got %+v", w)
	}
}

func TestDefaultAppDir(t *testing.T) {
	for _, tt := range []struct {
		name, want string
		files      map[string]string
	}{
		{"nothing there", "app", nil},
		{"app", "app", map[string]string{"app/app.json": "{}"}},
		{"both", "app", map[string]string{"app/app.json": "{}", "app.json": "{}"}},
		{"here", ".", map[string]string{"app.json": "{}"}},
		{"an app folder that is none", ".", map[string]string{"app/x.js": "", "app.json": "{}"}},
		{"miniprogramRoot", ".", map[string]string{"project.config.json": `{"miniprogramRoot": "mini/",}`}},
		{"no miniprogramRoot", "app", map[string]string{"project.config.json": `{"appid": "wx"}`}},
		{"broken project file", "app", map[string]string{"project.config.json": `{`}},
		{"miniprogramRoot in app", "app", map[string]string{"app/project.config.json": `{"miniprogramRoot": "mini"}`, "app.json": "{}"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			for name, text := range tt.files {
				write(t, filepath.Join(dir, name), text)
			}
			if got := DefaultAppDir(dir); got != filepath.Join(dir, tt.want) {
				t.Errorf("got %s, want %s below %s", got, tt.want, dir)
			}
		})
	}
}

func TestEffectiveAsJSON(t *testing.T) {
	w := mustLoad(t, `{"compress": true, "uploadFileBlackList": ["a", "b"], `+account+`}`)
	out, err := json.Marshal(w.Effective())
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`{"key":"compress","value":{"engine":"local","quality":85,"maxWidth":0},"origin":{"source":"file","place":"wecos.config.json:1:14"}}`,
		`{"key":"uploadFileBlackList","value":["a","b"],`,
		`{"key":"replaceHost","value":[],"origin":{"source":"default"}}`,
		`{"key":"cos.secret_key","value":"******",`,
		`{"key":"cos.token","value":"",`,
		`{"key":"cos.folder","value":"/",`,
	} {
		if !strings.Contains(string(out), want) {
			t.Errorf("missing %s in\n%s", want, out)
		}
	}
	if len(w.Effective()) != len(keys)-2 {
		t.Errorf("%d rows for %d keys", len(w.Effective()), len(keys))
	}
	texts := map[string]string{}
	for _, s := range w.Effective() {
		texts[s.Key] = s.Text()
	}
	for key, want := range map[string]string{
		"compress": `{"engine": "local", "quality": 85, "maxWidth": 0}`, "uploadFileBlackList": `["a", "b"]`,
		"watch": "true", "concurrency": "32", "cos.secret_id": "******", "cos.bucket": "pictures-1250000000",
	} {
		if texts[key] != want {
			t.Errorf("%s shows as %s, want %s", key, texts[key], want)
		}
	}
}

func FuzzLoadWecos(f *testing.F) {
	dir := f.TempDir()
	for _, s := range []string{
		"", "{}", "{" + account + "}", `{"compress": {"quality": 1}}`, `{"fileName": "[hash:"}`,
		`{"cos": {"endpoint": "http://[::1"}}`, `{"replaceHost": ["//"], "targetHost": "a"}`,
		`{"uploadFileBlackList": "[{"}`, `{"concurrency": 1e9}`, `{"appDir": "\u0000"}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		d := newDraft()
		d.dir, d.display, d.noAccount = dir, WecosFile, true
		err := d.parse(data)
		var w *Wecos
		if err == nil {
			w, err = d.finish()
		}
		if err != nil {
			if e, ok := errors.AsType[*Error](err); !ok || e.Text == "" {
				t.Fatalf("bad error %#v", err)
			}
			return
		}
		if !filepath.IsAbs(w.AppDir) || w.Concurrency < 1 || len(w.Suffixes) == 0 {
			t.Fatalf("incomplete: %+v", w)
		}
		for _, s := range w.Effective() {
			_ = s.Text()
		}
	})
}
