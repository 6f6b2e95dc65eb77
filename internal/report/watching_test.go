package report

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/wecos-go/wecos/internal/slim"
)

// watch shows what a watcher does in a moment of its life.
func watch(live bool, opt Options) string {
	var out strings.Builder
	t := NewWatching(&out, live, "app", opt)
	t.Event(slim.PhaseStarted{Phase: slim.PhaseScan})
	t.Event(slim.PhaseStarted{Phase: slim.PhaseUpload, Files: 3})
	t.Event(slim.Noticed{Text: "note\x1b"})
	t.Done()
	_ = t.Above(func() error { _, err := fmt.Fprintln(&out, "done"); return err })
	t.End()
	t.Done()
	return out.String()
}

func TestWatching(t *testing.T) {
	const clear = "\r\x1b[K"
	status := "watching app · Ctrl-C ends it"
	live := status + clear + "uploading 3 files …" + clear + "note?\n" + "uploading 3 files …" + clear + status + clear + "done\n" + status + clear
	colored := strings.NewReplacer(status, "\x1b[2m"+status+"\x1b[0m", "uploading 3 files …", "\x1b[2muploading 3 files …\x1b[0m").Replace(live)
	for _, test := range []struct {
		name string
		live bool
		opt  Options
		want string
	}{
		{"a terminal", true, Options{Color: true}, colored},
		{"NO_COLOR", true, Options{}, live},
		{"no terminal", false, Options{}, "watching app; Ctrl-C ends it\nnote?\ndone\n"},
		{"quiet", true, Options{Quiet: true}, "note?\ndone\n"},
	} {
		got := strings.ReplaceAll(watch(test.live, test.opt), "note"+strings.TrimPrefix(safe("note\x1b"), "note"), "note?")
		if got != test.want {
			t.Errorf("%s:\n%q, want\n%q", test.name, got, test.want)
		}
	}
	narrow := watch(true, Options{Columns: 20})
	for part := range strings.FieldsFuncSeq(narrow, func(r rune) bool { return r == '\r' || r == '\n' }) {
		if n := columns(strings.TrimPrefix(part, "\x1b[K")); n > 19 {
			t.Errorf("%q takes %d columns of 20", part, n)
		}
	}
}

func TestBrief(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	one := &slim.Result{Images: slim.ImageCounts{Uploaded: 1, Removed: 1}, Leaving: []slim.Leaving{{Path: "a.png"}}, Edits: make([]slim.Edit, 2)}
	two := &slim.Result{Images: slim.ImageCounts{Removed: 2}, Leaving: []slim.Leaving{{Path: "a.png"}, {Path: "b.png"}}}
	bad := &slim.Result{Failed: []slim.Failed{{Path: "a.png", Error: errors.New("no room").Error()}}, Stuck: "1 image stays because x.js cannot be parsed"}
	for _, test := range []struct {
		res  *slim.Result
		opt  Options
		want string
	}{
		{&slim.Result{}, Options{}, ""},
		{one, Options{}, "03:04:05  1 image uploaded · 1 removed · 2 references rewritten  a.png\n"},
		{one, Options{Quiet: true}, ""},
		{two, Options{}, "03:04:05  2 removed\n          a.png\n          b.png\n"},
		{bad, Options{}, "03:04:05  1 failed\n          a.png: no room\n          1 image stays because x.js cannot be parsed\n"},
		{bad, Options{Quiet: true}, "          a.png: no room\n          1 image stays because x.js cannot be parsed\n"},
	} {
		var out strings.Builder
		if err := Brief(&out, at, test.res, test.opt); err != nil || out.String() != test.want {
			t.Errorf("%q, %v, want %q", out.String(), err, test.want)
		}
	}
}
