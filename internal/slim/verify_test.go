package slim

import (
	"context"
	"maps"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/wecos-go/wecos/internal/rewrite"
	"github.com/wecos-go/wecos/internal/upload"
)

// verify runs Verify and returns the findings as "kind subject".
func (w *world) verify() []string {
	w.t.Helper()
	res, err := w.engine().Verify(w.t.Context(), VerifyOptions{})
	if err != nil {
		w.t.Fatal(err)
	}
	out := []string{}
	for _, f := range res.Verify.Findings {
		out = append(out, string(f.Kind)+" "+f.Path+f.At)
	}
	slices.Sort(out)
	return out
}

// gc runs GC and returns the keys that went.
func (w *world) gc(opt GCOptions) []string {
	w.t.Helper()
	opt.Confirm = func([]Object) (bool, error) { return true, nil }
	res, err := w.engine().GC(w.t.Context(), opt)
	if err != nil {
		w.t.Fatal(err)
	}
	return res.Deleted
}

func TestVerifyFindsWhatTheStoreDoes(t *testing.T) {
	w := newWorld(t, small())
	w.run()
	if got := w.verify(); len(got) > 0 {
		t.Fatalf("after a run: %q", got)
	}
	ctx := context.Background()
	if err := w.store.Delete(ctx, "img/a.png"); err != nil {
		t.Fatal(err)
	}
	if err := w.store.Put(ctx, "img/b.png", upload.Object{Data: []byte(png("other", 500))}); err != nil {
		t.Fatal(err)
	}
	if err := w.store.Put(ctx, "img/k/1.png", upload.Object{Data: []byte(png("1", 300)), ContentType: "text/html"}); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"dangling-url img/a.pngpages/index/index.wxml:2:15",
		"wrong-content img/b.pngpages/index/index.wxml:3:15",
		"wrong-type img/k/1.png",
	}
	if got := w.verify(); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestGCDeletesOnlyWhatNobodyNeeds(t *testing.T) {
	files := small()
	w := newWorld(t, files)
	w.run()
	if got := w.gc(GCOptions{}); len(got) > 0 {
		t.Fatalf("right after a run: %q", got)
	}
	// One image loses its reference, one keeps it in a comment, one in a dynamic
	// reference, and one object is not ours any more.
	w.write("app", tree{
		"pages/index/index.wxml": "<view><!-- " + w.dest.URL("img/b.png") + " --></view>",
		"pages/index/index.js":   "Page({})\n",
	})
	if err := w.store.Put(context.Background(), "img/dir/c.png", upload.Object{Data: []byte("somebody else's")}); err != nil {
		t.Fatal(err)
	}
	before := w.read("backup")
	if got := w.gc(GCOptions{}); !slices.Equal(got, []string{"img/a.png"}) {
		t.Errorf("deleted %q", got)
	}
	if !maps.Equal(withoutState(w.read("backup")), withoutState(before)) {
		t.Error("gc changed the backups")
	}
	if got := w.gc(GCOptions{Unreferenced: true}); !slices.Equal(got, []string{"img/unused.gif"}) {
		t.Errorf("unreferenced: deleted %q", got)
	}
	w.restore()
	for _, name := range []string{"img/a.png", "img/b.png", "img/unused.gif", "img/dir/c.png"} {
		if w.read("app")[name] != files[name] {
			t.Errorf("%s is not back", name)
		}
	}
}

// withoutState are the backups without what wecos remembers beside them.
func withoutState(files tree) tree {
	maps.DeleteFunc(files, func(name, _ string) bool { return strings.HasPrefix(name, ".wecos/") })
	return files
}

func TestGCKeepsTheOnlyCopy(t *testing.T) {
	w := newWorld(t, small())
	w.cfg.BackupDir = ""
	w.run()
	w.write("app", tree{"pages/index/index.wxml": "<view/>", "pages/index/index.js": "Page({})\n"})
	if got := w.gc(GCOptions{Unreferenced: true}); len(got) > 0 {
		t.Errorf("deleted %q, of which there is no other copy", got)
	}
}

func TestGCNeedsAYes(t *testing.T) {
	w := newWorld(t, small())
	w.run()
	w.write("app", tree{"pages/index/index.wxml": "<view/>"})
	asked := []Object{}
	res, err := w.engine().GC(t.Context(), GCOptions{Confirm: func(o []Object) (bool, error) {
		asked = o
		return false, nil
	}})
	if err != nil || len(res.Deleted) > 0 || len(asked) != 2 {
		t.Errorf("deleted %q, asked for %v: %v", res.Deleted, asked, err)
	}
	if _, err := w.store.Head(t.Context(), "img/a.png"); err != nil {
		t.Errorf("the object is gone: %v", err)
	}
}

// Addresses that move after gc: what it deleted is neither asked for nor taken
// for online.
func TestAddressesMoveAfterGC(t *testing.T) {
	w := newWorld(t, small())
	w.run()
	if got := w.gc(GCOptions{Unreferenced: true}); !slices.Equal(got, []string{"img/unused.gif"}) {
		t.Fatalf("deleted %q", got)
	}
	w.dest.URLBase = strings.Replace(w.dest.URLBase, "127.0.0.1", "localhost", 1)
	e := w.engine()
	e.decide = func(in rewrite.Input) *rewrite.Decision { // whichever comes first
		d := rewrite.Decide(in)
		slices.SortFunc(d.Offload, func(a, b rewrite.Offload) int { return strings.Compare(path.Ext(a.Path), path.Ext(b.Path)) })
		return d
	}
	if _, err := e.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := w.verify(); len(got) > 0 {
		t.Errorf("found %q", got)
	}
	w.write("app", tree{"pages/list/list.js": "Page({ data: { x: '/img/unused.gif' } })\n"})
	w.run()
	if got := w.object("img/unused.gif"); got != small()["img/unused.gif"] {
		t.Errorf("img/unused.gif is %q online", got)
	}
}
