package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestDrawn(t *testing.T) {
	if os.Getenv("WECOS_CHAOS") == "" {
		t.Skip("drawing takes minutes with the race detector; WECOS_CHAOS=1 does it")
	}
	pictures, err := drawn()
	if err != nil {
		t.Fatal(err)
	}
	if len(pictures) != 120 {
		t.Errorf("%d pictures", len(pictures))
	}
	seen := map[string]string{}
	for _, p := range pictures {
		if other, ok := seen[string(p.data)]; ok {
			t.Errorf("%s is %s", p.name, other)
		}
		seen[string(p.data)] = p.name
	}
}

func TestMissingTool(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	err := run(t.Context(), nil, &bytes.Buffer{})
	if err == nil || !strings.Contains(err.Error(), "hint: apt-get install -y pngquant jpegoptim") {
		t.Errorf("%v", err)
	}
}

func TestCollect(t *testing.T) {
	dir := t.TempDir()
	m := text(newRand(1), 0)
	picture, err := encode(m, 0)
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{
		"a.png": picture, "b/same.png": picture, "small.png": picture[:100], "page.txt": picture,
		"torn.png": picture[:len(picture)/2], "no.jpg": bytes.Repeat([]byte("x"), smallest),
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	found, err := collect(dir, 10)
	if err != nil || len(found) != 1 || found[0].kind != "real PNG" {
		t.Errorf("%d found, %v", len(found), err)
	}
}

func TestTable(t *testing.T) {
	var tab table
	tab.add(&result{picture: picture{"icon", "a", make([]byte, 100)}, megapixels: 1, matched: true,
		ours: attempt{size: 50, similarity: 0.99}, theirs: attempt{size: 40, similarity: 0.99}})
	tab.add(&result{picture: picture{"icon", "b", make([]byte, 100)}, megapixels: 1,
		ours: attempt{size: 50, similarity: 0.99}, theirs: attempt{size: 100, similarity: 1}})
	var out bytes.Buffer
	// Where the tool has no equal setting the ratio flatters us: the worse
	// one counts.
	if ratio := tab.print(&out); ratio != 1.25 {
		t.Errorf("ratio %v\n%s", ratio, out.String())
	}
	if !strings.Contains(out.String(), "1.250") || !strings.Contains(out.String(), "total") {
		t.Error(out.String())
	}
}
