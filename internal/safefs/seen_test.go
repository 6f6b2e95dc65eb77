package safefs

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// look is what a reader of dir/name would have seen at the time at.
func look(t *testing.T, dir, name string, at time.Time) *Seen {
	t.Helper()
	info, err := os.Lstat(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	if _, known := changeTime(info); !known {
		t.Skip("this system does not tell when a file changed")
	}
	return &Seen{Info: info, At: at}
}

// TestSeen gives RemoveIf a wrong hash: a file that is taken for unchanged is
// removed all the same, any other is read and stays.
func TestSeen(t *testing.T) {
	later := func() time.Time { return time.Now().Add(time.Hour) }
	tests := []struct {
		name    string
		at      func() time.Time
		change  func(t *testing.T, file string, was os.FileInfo)
		removed bool
	}{
		{"as it was", later, func(*testing.T, string, os.FileInfo) {}, true},
		{"written a moment before", time.Now, func(*testing.T, string, os.FileInfo) {}, false},
		{"same length and time, other content", later, func(t *testing.T, file string, was os.FileInfo) {
			// The clock of the file system ticks every few milliseconds.
			before, _ := changeTime(was)
			for now := before; now.Equal(before); {
				if err := os.WriteFile(file, []byte("pictora"), 0o644); err != nil {
					t.Fatal(err)
				}
				if err := os.Chtimes(file, was.ModTime(), was.ModTime()); err != nil {
					t.Fatal(err)
				}
				info, err := os.Lstat(file)
				if err != nil {
					t.Fatal(err)
				}
				now, _ = changeTime(info)
			}
		}, false},
		{"another file of that name", later, func(t *testing.T, file string, was os.FileInfo) {
			if err := os.WriteFile(file+"~", []byte("pictora"), 0o644); err != nil {
				t.Fatal(err)
			}
			if err := os.Rename(file+"~", file); err != nil {
				t.Fatal(err)
			}
		}, false},
		{"longer", later, func(t *testing.T, file string, was os.FileInfo) {
			if err := os.WriteFile(file, []byte("pictures"), 0o644); err != nil {
				t.Fatal(err)
			}
		}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir, "a.png", "picture", 0o644)
			seen := look(t, dir, "a.png", tt.at())
			tt.change(t, filepath.Join(dir, "a.png"), seen.Info)
			err := open(t, dir).RemoveIf("a.png", sum("wrong"), seen, nil)
			if tt.removed != (err == nil) {
				t.Errorf("RemoveIf: %v", err)
			}
			if changed := (*ChangedError)(nil); !tt.removed && !errors.As(err, &changed) {
				t.Errorf("RemoveIf: %v", err)
			}
		})
	}
}
