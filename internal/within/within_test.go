package within

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// pretend is a disk with these files, which keeps the case of names and, if it
// folds, does not tell them apart by it.
func pretend(folds bool, paths ...string) disk {
	same := func(a, b string) bool { return a == b }
	if folds {
		same = strings.EqualFold
	}
	top := filepath.VolumeName(os.TempDir()) + string(filepath.Separator)
	all := []string{top}
	for _, p := range paths {
		for p = abs(p); p != top; p = filepath.Dir(p) {
			all = append(all, p)
		}
	}
	exists := func(name string) bool {
		return slices.ContainsFunc(all, func(p string) bool { return same(p, name) })
	}
	return disk{
		exists: exists,
		names: func(dir string) (names []string, err error) {
			for _, p := range all {
				if p != top && same(filepath.Dir(p), dir) {
					names = append(names, filepath.Base(p))
				}
			}
			return names, nil
		},
		resolve: func(name string) (string, error) {
			if !exists(name) {
				return "", fs.ErrNotExist
			}
			return name, nil
		},
	}
}

// abs makes a path of this system from one with slashes.
func abs(p string) string {
	return filepath.VolumeName(os.TempDir()) + filepath.FromSlash(p)
}

func TestRel(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("filepath.Rel does not tell names apart by case there")
	}
	for _, tt := range []struct {
		dir, path string
		folds     bool
		want      string // "" is outside
	}{
		{"/p/app", "/p/app", false, "."},
		{"/p/app", "/p/app/backup/x", false, "backup/x"},
		{"/p/app", "/p/app2", false, ""},
		{"/p/app", "/p", false, ""},
		{"/p/app", "/p/APP", true, "."},
		{"/p/app", "/p/APP/Backup", true, "backup"},
		{"/p/app", "/P/app/BACKUP/New", true, "backup/New"},
		{"/P/APP", "/p/app/new/X", true, "new/X"},
		{"/p/app", "/p/APP2", true, ""},
		{"/p/app", "/p/other/APP", true, ""},
		{"/p/new", "/p/New/x", true, ""}, // what is not there has no spelling yet
	} {
		d := pretend(tt.folds, "/p/app/backup/a.png", "/p/app2")
		if got, ok := d.rel(abs(tt.dir), abs(tt.path)); got != tt.want || ok != (got != "") {
			t.Errorf("%s in %s (folds: %v): %q, %v, want %q", tt.path, tt.dir, tt.folds, got, ok, tt.want)
		}
	}
	// On a disk that tells them apart these are two folders.
	if rel, ok := pretend(false, "/p/app", "/p/APP").rel(abs("/p/app"), abs("/p/APP/x")); ok {
		t.Errorf("two folders are one: %q", rel)
	}
}

func TestSpelling(t *testing.T) {
	for _, tt := range []struct {
		name  string
		names []string
		folds bool
		want  string
	}{
		{"logo.png", []string{"Logo.PNG"}, true, "Logo.PNG"},
		{"Logo.PNG", []string{"Logo.PNG"}, true, "Logo.PNG"},
		{"logo.png", []string{"Logo.PNG"}, false, "logo.png"},
		{"logo.png", []string{"Logo.png", "logo.png"}, false, "logo.png"}, // both
		{"Étoile.png", []string{"étoile.png"}, true, "étoile.png"},
		{"étoile", []string{"ÉTOILE"}, true, "ÉTOILE"},
		{"图.png", []string{"图.PNG"}, true, "图.PNG"},
		{"图", []string{"图"}, true, "图"},
		{"123", []string{"123"}, true, "123"},
		{"gone.png", []string{"Logo.PNG"}, true, "gone.png"},
	} {
		exists := func(n string) bool {
			return slices.ContainsFunc(tt.names, func(o string) bool { return o == n || tt.folds && strings.EqualFold(o, n) })
		}
		got, err := Spelling(tt.name, exists, func() ([]string, error) { return tt.names, nil })
		if got != tt.want || err != nil {
			t.Errorf("%s in %v (folds: %v): %q, %v, want %q", tt.name, tt.names, tt.folds, got, err, tt.want)
		}
	}
	locked := errors.New("locked")
	if got, err := Spelling("a", func(string) bool { return true }, func() ([]string, error) { return nil, locked }); got != "a" || err != locked {
		t.Errorf("a folder that cannot be listed: %q, %v", got, err)
	}
}

func TestFold(t *testing.T) {
	for _, pair := range [][2]string{{"Logo.PNG", "logo.png"}, {"ÉTÉ", "été"}, {"\u212A.png", "k.png"}, {"ſ", "S"}, {"图A", "图a"}} {
		if Fold(pair[0]) != Fold(pair[1]) {
			t.Errorf("%q and %q differ: %q, %q", pair[0], pair[1], Fold(pair[0]), Fold(pair[1]))
		}
	}
	if Fold("a.png") == Fold("b.png") || Fold("é") == Fold("e") {
		t.Error("different names are one")
	}
}
