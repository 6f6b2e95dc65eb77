package main

import (
	"bytes"
	"image"
	"os"
	"path/filepath"
	"testing"
)

func TestPicturesDecodeAndDiffer(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"in/a.png", "in/b.jpg", "in/c.gif", "in/D.PNG"} {
		name = filepath.Join(dir, name)
		if err := write(name); err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := image.Decode(bytes.NewReader(data)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	one, err := encode(filepath.Join(dir, "in/a.png"))
	if err != nil {
		t.Fatal(err)
	}
	twin, err := encode(filepath.Join(dir, "want/a.png"))
	if err != nil {
		t.Fatal(err)
	}
	other, err := encode(filepath.Join(dir, "in/z.png"))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(one, twin) {
		t.Error("the kept picture differs from its twin")
	}
	if bytes.Equal(one, other) {
		t.Error("two pictures are equal")
	}
}

func TestNothingIsOverwritten(t *testing.T) {
	name := filepath.Join(t.TempDir(), "a.png")
	if err := os.WriteFile(name, []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := write(name); err != nil {
		t.Fatal(err)
	}
	if data, err := os.ReadFile(name); err != nil || string(data) != "mine" {
		t.Errorf("got %q, %v", data, err)
	}
}

func TestUnknownSuffix(t *testing.T) {
	if err := write(filepath.Join(t.TempDir(), "a.txt")); err == nil {
		t.Error("no error for a suffix without encoder")
	}
}
