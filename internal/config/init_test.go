package config

import (
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"
)

func TestInitWecos(t *testing.T) {
	work := t.TempDir()
	created, err := InitWecos(work, ".", DefaultWecosValues(""), false)
	if err != nil {
		t.Fatal(err)
	}
	want := &Created{File: WecosFile, Missing: []string{"cos.bucket", "cos.region", "cos.secret_id", "cos.secret_key"}}
	if !reflect.DeepEqual(created, want) {
		t.Errorf("got %+v, want %+v", created, want)
	}
	if _, err := LoadWecos(LoadOptions{Dir: work, NoAccount: true}); err != nil {
		t.Errorf("what init wrote does not load: %v", err)
	}

	before, _ := os.ReadFile(filepath.Join(work, WecosFile))
	v := DefaultWecosValues("")
	v.Bucket, v.Region = "new-1", "ap-x"
	_, err = InitWecos(work, ".", v, false)
	if e, ok := err.(*Error); !ok || e.Error() != "wecos.config.json: this file exists already" || e.Hint() != "--force replaces it" {
		t.Errorf("err = %v", err)
	}
	if after, _ := os.ReadFile(filepath.Join(work, WecosFile)); string(after) != string(before) {
		t.Error("the existing file was changed")
	}
	if created, err = InitWecos(work, ".", v, true); err != nil || !reflect.DeepEqual(created.Missing, []string{"cos.secret_id", "cos.secret_key"}) {
		t.Errorf("--force: %+v, %v", created, err)
	}
	leftovers(t, work)
}

func TestInitWecosEveryValue(t *testing.T) {
	work := t.TempDir()
	v := WecosValues{
		AppDir: `./my "app"`, BackupDir: "../b", OutDir: "dist",
		UploadFileSuffix: []string{".png", ".webp"}, UploadFileBlackList: []string{"a & b/**", "<c>"},
		ReplaceHost: []string{"http://old.example.com"}, TargetHost: "https://img.example.com",
		Compress: &Compress{Engine: EngineCI, Quality: 60, MaxWidth: 900},
		Watch:    false, Concurrency: 7, FileName: "[hash:12][ext]", CacheControl: "no-cache", Unreferenced: "keep",
		SecretID: "AKIDid", SecretKey: "verysecret", Token: "temporary",
		Bucket: "p-1", Region: "ap-x", Folder: "/f", Endpoint: "https://c.example.com",
	}
	if n := reflect.ValueOf(v).NumField(); n != len(keys)-2 { // bucketname and appid make up bucket
		t.Fatalf("WecosValues has %d fields for %d keys", n, len(keys))
	}
	created, err := InitWecos(work, work, v, false)
	if err != nil {
		t.Fatal(err)
	}
	if len(created.Missing) > 0 || len(created.Warnings) != 1 || !strings.Contains(created.Warnings[0].Hint, "COS_SECRET_KEY") {
		t.Errorf("got %+v", created)
	}
	info, err := os.Stat(filepath.Join(work, WecosFile))
	if err != nil {
		t.Fatal(err)
	}
	if mode := info.Mode().Perm(); mode != 0o600 && runtime.GOOS != "windows" {
		t.Errorf("a file with keys has mode %o", mode)
	}
	w, err := LoadWecos(LoadOptions{Dir: work})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range w.Effective() {
		if s.Origin.Source != FromFile {
			t.Errorf("%s comes from %s", s.Key, s.Origin.Source)
		}
	}
	if w.AppDir != filepath.Join(work, `my "app"`) || !reflect.DeepEqual(w.Blacklist, v.UploadFileBlackList) ||
		*w.Compress != *v.Compress.(*Compress) || w.COS.SecretKey.Reveal() != "verysecret" || !w.KeepUnreferenced {
		t.Errorf("values are lost: %+v", w)
	}
}

func TestInitWecosRefusesBadValues(t *testing.T) {
	for _, tt := range []struct {
		want   string
		change func(*WecosValues)
	}{
		{"--concurrency must be a number from 1 to 256", func(v *WecosValues) { v.Concurrency = 0 }},
		{"--bucket is not the full name of a bucket", func(v *WecosValues) { v.Bucket = "x" }},
		{"--target-host must not begin with http://", func(v *WecosValues) { v.TargetHost = "http://a.example.com" }},
		{"--replace-host needs targetHost", func(v *WecosValues) { v.ReplaceHost = []string{"a.example.com"} }},
		{"--upload-file-suffix names no suffix", func(v *WecosValues) { v.UploadFileSuffix = nil }},
		{"compress.engine must be \"local\" or \"ci\"", func(v *WecosValues) { v.Compress = &Compress{Engine: "x", Quality: 1} }},
	} {
		work := t.TempDir()
		v := DefaultWecosValues("")
		tt.change(&v)
		_, err := InitWecos(work, ".", v, false)
		if err == nil || err.Error() != tt.want {
			t.Errorf("got %v, want %s", err, tt.want)
		}
		leftovers(t, work)
		if _, err := os.Stat(filepath.Join(work, WecosFile)); err == nil {
			t.Errorf("%s: a file was written all the same", tt.want)
		}
	}
	if _, err := InitWecos(t.TempDir(), "gone", DefaultWecosValues(""), false); err == nil || err.Error() != "gone: there is no such folder" {
		t.Errorf("err = %v", err)
	}
}

// In an app's own folder the default backups would ship.
func TestInitWecosInsideAnApp(t *testing.T) {
	work := t.TempDir()
	write(t, filepath.Join(work, "app.json"), "{}")
	v := DefaultWecosValues(work)
	if v.AppDir != "." || v.BackupDir != "../wecos_backup" {
		t.Fatalf("appDir %s, backupDir %s", v.AppDir, v.BackupDir)
	}
	created, err := InitWecos(work, ".", v, false)
	if err != nil || len(created.Warnings) != 1 {
		t.Fatalf("%+v, %v", created, err)
	}
	project := t.TempDir()
	write(t, filepath.Join(project, "project.config.json"), `{"miniprogramRoot": "mini"}`)
	if v := DefaultWecosValues(project); v.AppDir != "." || v.BackupDir != "./wecos_backup" {
		t.Errorf("project: appDir %s, backupDir %s", v.AppDir, v.BackupDir)
	}
}

func TestFlagName(t *testing.T) {
	for key, want := range map[string]string{"appDir": "app-dir", "cos.secret_id": "secret-id", "uploadFileBlackList": "upload-file-black-list", "watch": "watch"} {
		if got := FlagName(key); got != want {
			t.Errorf("FlagName(%s) = %s", key, got)
		}
	}
}

// leftovers fails when anything but the configuration is in dir.
func leftovers(t *testing.T, dir string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(p string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() && e.Name() != WecosFile {
			t.Errorf("left behind: %s", p)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
