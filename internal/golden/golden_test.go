// Package golden runs the projects of testdata/projects through the engine,
// with a real store over loopback: forwards against the expected tree, again
// without any change, and back to the bytes of the beginning. It holds tests
// only. What is expected was written from the rules, never taken from a run.
package golden

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/wecos-go/wecos/internal/losstest"
	"github.com/wecos-go/wecos/internal/slim"
)

const projects = "../../testdata/projects"

func TestProjects(t *testing.T) {
	for _, name := range losstest.Projects(t, projects) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(projects, name)
			roundTrip(t, dir, readTree(t, filepath.Join(dir, "want")), readFile(t, filepath.Join(dir, "want.kept")))
		})
	}
}

// roundTrip runs the project in dir forwards, again and back.
func roundTrip(t *testing.T, dir string, want map[string]string, kept string) {
	in := readTree(t, filepath.Join(dir, "in"))
	lab := newLab(t, dir)

	planned := lab.plan(t)
	first := lab.run(t)
	if lab.out == "" {
		sameTree(t, "after the run", readTree(t, lab.app), want)
	} else {
		sameTree(t, "written to outDir", withoutMarks(readTree(t, lab.out)), want)
		sameTree(t, "the app beside outDir", readTree(t, lab.app), in)
	}
	if got := keptLines(first); got != kept {
		t.Errorf("kept:\n%swant:\n%s", got, kept)
		for _, k := range first.Kept {
			t.Logf("%s: %s at %q, hint %q", k.Path, k.Reason, k.At, k.Hint)
		}
	}
	if !slices.Equal(planned.Edits, first.Edits) || !slices.Equal(planned.Kept, first.Kept) {
		t.Errorf("the plan was not what the run did:\n%+v\n%+v", planned.Edits, first.Edits)
	}
	lab.sameObjects(t, in, want)

	after := withoutMarks(readTree(t, lab.dir))
	if p := lab.plan(t); p.Pending() && lab.out == "" {
		t.Errorf("after the run the plan has %d edits, %d uploads, %d removals", len(p.Edits), p.Images.Uploaded, p.Images.Removed)
	}
	if again := lab.run(t); again.Images.Uploaded > 0 {
		t.Errorf("the second run uploaded %d images", again.Images.Uploaded)
	}
	sameTree(t, "after the second run", withoutMarks(readTree(t, lab.dir)), after)

	lab.restore(t)
	sameTree(t, "restored", readTree(t, lab.app), in)
}

// keptLines is what want.kept holds: path and reason of every image that
// stays.
func keptLines(r *slim.Result) string {
	var lines []string
	for _, k := range r.Kept {
		lines = append(lines, fmt.Sprintf("%s %s\n", k.Path, k.Reason))
	}
	slices.Sort(lines)
	return strings.Join(lines, "")
}

// sameObjects checks that the store holds the images that left, and no other.
func (l *lab) sameObjects(t *testing.T, in, want map[string]string) {
	t.Helper()
	left := map[[32]byte]string{}
	for path, data := range in {
		if _, stays := want[path]; !stays {
			left[sha256.Sum256([]byte(data))] = path
		}
	}
	for key, data := range l.objects(t) {
		sum := sha256.Sum256(data)
		if left[sum] == "" {
			t.Errorf("the store has %s, which is none of the removed images", key)
		}
		delete(left, sum)
	}
	for _, path := range slices.Sorted(maps.Values(left)) {
		t.Errorf("%s was removed, and the store does not have it", path)
	}
}

// readTree reads every file below dir, by its path with slashes.
func readTree(t *testing.T, dir string) map[string]string {
	t.Helper()
	tree := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		tree[filepath.ToSlash(rel)] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(tree) == 0 {
		t.Fatalf("%s is empty", dir)
	}
	return tree
}

// withoutMarks drops what says who works here, not what was done: the lock of
// the last run and the sign that a folder is wecos's own.
func withoutMarks(tree map[string]string) map[string]string {
	maps.DeleteFunc(tree, func(path, _ string) bool {
		return path == "wecos_backup/.wecos/lock" || strings.HasPrefix(path, ".wecos-out")
	})
	return tree
}

func readFile(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// sameTree reports every difference between two trees.
func sameTree(t *testing.T, when string, got, want map[string]string) {
	t.Helper()
	for _, path := range slices.Sorted(maps.Keys(want)) {
		g, ok := got[path]
		switch {
		case !ok:
			t.Errorf("%s: %s is missing", when, path)
		case g != want[path]:
			t.Errorf("%s: %s differs\n%s", when, path, firstDifference(g, want[path]))
		}
	}
	for _, path := range slices.Sorted(maps.Keys(got)) {
		if _, ok := want[path]; !ok {
			t.Errorf("%s: %s should not be there", when, path)
		}
	}
}

// firstDifference shows the first line that differs.
func firstDifference(got, want string) string {
	g, w := bytes.SplitAfter([]byte(got), []byte("\n")), bytes.SplitAfter([]byte(want), []byte("\n"))
	for i := range max(len(g), len(w)) {
		var gl, wl []byte
		if i < len(g) {
			gl = g[i]
		}
		if i < len(w) {
			wl = w[i]
		}
		if !bytes.Equal(gl, wl) {
			return fmt.Sprintf("line %d\n got %.300q\nwant %.300q", i+1, gl, wl)
		}
	}
	return "not at all"
}
