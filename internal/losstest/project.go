package losstest

import (
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"testing"

	"github.com/wecos-go/wecos/internal/config"
)

// TargetHost is where the images of every project go that names no other.
const TargetHost = "https://img.example.com"

// Projects are the sample projects below the folder root: one or more for each
// form of reference.
func Projects(t testing.TB, root string) []string {
	t.Helper()
	entries, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		if e.IsDir() {
			names = append(names, e.Name())
		}
	}
	if len(names) < 25 {
		t.Fatalf("%d projects in %s, there must be at least 25", len(names), root)
	}
	return names
}

// Configure writes the configuration of a sample project into dir, completed
// with settings and, for the bucket, with bucket; and loads it.
func Configure(t testing.TB, project, dir string, settings, bucket map[string]any) *config.Wecos {
	t.Helper()
	all := map[string]any{"targetHost": TargetHost}
	data, err := os.ReadFile(filepath.Join(project, config.WecosFile))
	if err == nil {
		err = json.Unmarshal(data, &all)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	maps.Copy(all, settings)
	cos, _ := all["cos"].(map[string]any)
	if cos == nil {
		cos = map[string]any{}
	}
	maps.Copy(cos, bucket)
	all["cos"] = cos
	if data, err = json.Marshal(all); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, config.WecosFile), data, 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, err := config.LoadWecos(config.LoadOptions{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}
