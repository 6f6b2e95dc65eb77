package project

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestWrite(t *testing.T) {
	size := Size{Pages: 7, Images: 50, References: 20, MinBytes: 100, MaxBytes: 300}
	dir := filepath.Join(t.TempDir(), "app")
	if err := Write(dir, size); err != nil {
		t.Fatal(err)
	}
	images, pages, references := 0, 0, 0
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		switch filepath.Ext(name) {
		case ".png":
			images++
			if len(data) < size.MinBytes || len(data) > size.MaxBytes {
				t.Errorf("%s has %d bytes", name, len(data))
			}
		case ".wxml":
			pages++
			fallthrough
		default:
			references += strings.Count(string(data), ".png")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if images != size.Images || pages != size.Pages || references != size.References {
		t.Errorf("%d images, %d pages, %d references; want %+v", images, pages, references, size)
	}
	if err := Write(dir, size); err == nil {
		t.Error("an existing folder was written to")
	}
}
