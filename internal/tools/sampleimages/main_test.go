package main

import (
	"bytes"
	"image"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const sample = "../../../testdata/projects/teashop/in"

// The committed pictures are the ones this program lists: none is missing and
// none is there that it would not draw.
func TestSampleHoldsEveryPicture(t *testing.T) {
	want := map[string]picture{}
	for _, p := range pictures() {
		want[p.path] = p
	}
	var main int64
	err := filepath.WalkDir(sample, func(name string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(sample, name)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		data, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		if !strings.HasPrefix(rel, "packages/") {
			main += int64(len(data))
		}
		ext := filepath.Ext(rel)
		if ext != ".png" && ext != ".jpg" && ext != ".gif" {
			return nil
		}
		p, ok := want[rel]
		if !ok {
			t.Errorf("%s is not drawn by this program", rel)
			return nil
		}
		delete(want, rel)
		cfg, format, err := image.DecodeConfig(bytes.NewReader(data))
		if err != nil {
			t.Errorf("%s: %v", rel, err)
			return nil
		}
		if "."+strings.Replace(format, "jpeg", "jpg", 1) != ext || cfg.Width != p.width || cfg.Height != p.height {
			t.Errorf("%s: %s %dx%d, want %dx%d", rel, format, cfg.Width, cfg.Height, p.width, p.height)
		}
		if strings.HasPrefix(rel, "images/tab/") && len(data) > 40<<10 {
			t.Errorf("%s: %d bytes, a tab icon may have 40 KB", rel, len(data))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for path := range want {
		t.Errorf("%s is missing", path)
	}
	if main <= 2<<20 {
		t.Errorf("the main package has %d bytes: the demo must start over the limit of 2 MB", main)
	}
}

// A picture drawn twice is the same file, byte for byte.
func TestDrawingIsDeterministic(t *testing.T) {
	for _, p := range append(smallIcons(), tabIcons()...) {
		first, err := p.encode()
		if err != nil {
			t.Fatal(err)
		}
		second, err := p.encode()
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(first, second) {
			t.Errorf("%s differs between two drawings", p.path)
		}
	}
}
