package slim

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/wecos-go/wecos/internal/rewrite"
	"github.com/wecos-go/wecos/internal/servers/cos"
	"github.com/wecos-go/wecos/internal/upload"
)

// refuse lets requests for a path fail.
func refuse(method, path string, status int) func(*http.Request) cos.Fault {
	return func(r *http.Request) cos.Fault {
		if r.Method == method && (path == "" || r.URL.Path == path) {
			return cos.Fault{Status: status}
		}
		return cos.Fault{}
	}
}

func keptAs(res *Result, path string) rewrite.Reason {
	for _, k := range res.Kept {
		if k.Path == path {
			return k.Reason
		}
	}
	return ""
}

func TestFailedUploadFailsAlone(t *testing.T) {
	w := newWorld(t, small())
	w.breaks(refuse(http.MethodPut, "/img/a.png", http.StatusBadRequest))
	res := w.run()
	want := w.slimmed()
	want["img/a.png"] = small()["img/a.png"]
	want["pages/index/index.wxml"] = strings.ReplaceAll(want["pages/index/index.wxml"], w.url("img/a.png"), "/img/a.png")
	w.same("app", want)
	if !res.Incomplete() || len(res.Failed) != 1 || res.Failed[0].Path != "img/a.png" || res.Images.Failed != 1 {
		t.Errorf("failed are %v, %+v", res.Failed, res.Images)
	}
	if r := keptAs(res, "img/a.png"); r != rewrite.UploadFailed {
		t.Errorf("it is kept as %q", r)
	}

	w.breaks(nil)
	if res := w.run(); res.Incomplete() || res.Images.Uploaded != 1 {
		t.Errorf("the next run: %+v", res)
	}
	w.same("app", w.slimmed())
	w.restore()
	w.same("app", small())
}

// When no image arrives there is no address to prove: each failed by itself.
func TestEveryUploadFailsAlone(t *testing.T) {
	files := small()
	w := newWorld(t, files)
	w.breaks(func(r *http.Request) cos.Fault {
		if r.Method == http.MethodPut {
			return cos.Fault{Status: http.StatusBadRequest}
		}
		return cos.Fault{}
	})
	res := w.run()
	if len(res.Failed) != 8 || res.Run != "" || slices.ContainsFunc(w.requests(), func(r string) bool { return strings.HasSuffix(r, ".png") && strings.HasPrefix(r, "GET") }) {
		t.Errorf("failed are %v, it asked for %v", res.Failed, w.requests())
	}
	w.same("app", files)
	w.breaks(nil)
	w.run()
	w.same("app", w.slimmed())
}

// An image of a dynamic reference takes the others with it.
func TestFailedUploadNarrowsTheWholePlan(t *testing.T) {
	w := newWorld(t, small())
	w.breaks(refuse(http.MethodPut, "/img/k/2.png", http.StatusBadRequest))
	w.run()
	want := w.slimmed()
	for _, path := range []string{"img/k/1.png", "img/k/2.png", "pages/list/list.wxml"} {
		want[path] = small()[path]
	}
	w.same("app", want)
}

func TestFatalErrorChangesNothing(t *testing.T) {
	w := newWorld(t, small())
	client, err := upload.NewCOS(upload.COSConfig{Endpoint: w.dest.Endpoint, Bucket: w.dest.Bucket, SecretID: "AKIDwrong", SecretKey: "no such key"})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	w.store = client
	_, err = w.engine().Run(context.Background())
	hinted, ok := errors.AsType[*Error](err)
	if _, fatal := errors.AsType[*upload.FatalError](err); !fatal || !ok || hinted.Hint() == "" {
		t.Errorf("wrong credentials: %v", err)
	}
	w.same("app", small())
}

func TestUnprovenURLChangesNothing(t *testing.T) {
	w := newWorld(t, small())
	w.dest.URLBase += "/not/there"
	_, err := w.engine().Run(context.Background())
	if hinted, ok := errors.AsType[*Error](err); !ok || hinted.Hint() == "" {
		t.Errorf("a wrong targetHost: %v", err)
	}
	w.same("app", small())

	// The bucket is private.
	w = newWorld(t, small())
	w.breaks(func(r *http.Request) cos.Fault {
		if r.Method == http.MethodGet && r.Header.Get("Authorization") == "" {
			return cos.Fault{Status: http.StatusForbidden}
		}
		return cos.Fault{}
	})
	_, err = w.engine().Run(context.Background())
	if probe, ok := errors.AsType[*upload.ProbeError](err); !ok || probe.Status != http.StatusForbidden {
		t.Errorf("a private bucket: %v", err)
	}
	w.same("app", small())
}

func TestKeyTaken(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t, small())
	for key, content := range (tree{"img/a.png": "somebody else's", "img/b.png": small()["img/b.png"]}) {
		if err := w.store.Put(ctx, key, upload.Object{Data: []byte(content)}); err != nil {
			t.Fatal(err)
		}
	}
	res := w.run()
	if r := keptAs(res, "img/a.png"); r != rewrite.KeyTaken {
		t.Errorf("img/a.png is kept as %q", r)
	}
	if res.Incomplete() {
		t.Error("a kept image counts as a failure")
	}
	if res.Images.AlreadyOnline != 1 || res.Images.Uploaded != 6 {
		t.Errorf("%+v", res.Images)
	}
	if got := w.object("img/a.png"); got != "somebody else's" {
		t.Errorf("the object is %q now", got)
	}

	e := w.engine()
	e.opt.Overwrite = true
	if _, err := e.Run(ctx); err != nil {
		t.Fatal(err)
	}
	w.same("app", w.slimmed())
	if got := w.object("img/a.png"); got != small()["img/a.png"] {
		t.Errorf("the object is %q now", got)
	}
}

// object is what lies under key.
func (w *world) object(key string) string {
	w.t.Helper()
	var b strings.Builder
	r := &run{Engine: w.engine()}
	if err := r.download(context.Background(), key, &b); err != nil {
		w.t.Fatal(err)
	}
	return b.String()
}

// What a crashed run had uploaded is ours, even when the image changed since.
func TestClaimedBeforeUploaded(t *testing.T) {
	w := newWorld(t, small())
	w.dest.URLBase += "/wrong" // stops the run after the uploads
	if _, err := w.engine().Run(context.Background()); err == nil {
		t.Fatal("the run did not stop")
	}
	w.dest.URLBase = strings.TrimSuffix(w.dest.URLBase, "/wrong")
	w.write("app", tree{"img/a.png": png("changed", 333)})
	res := w.run()
	w.same("app", w.slimmed())
	if len(res.Failed) > 0 || res.Images.Removed != 8 {
		t.Errorf("%+v", res)
	}
}

func TestCollision(t *testing.T) {
	w := newWorld(t, small())
	w.write("app", tree{"img/dir/a.png": png("other", 300)})
	w.cfg.FileName = "[name][ext]"
	_, err := w.engine().Run(context.Background())
	c, ok := errors.AsType[*CollisionError](err)
	if !ok || c.A != "img/a.png" || c.B != "img/dir/a.png" || c.ExitCode() != 2 {
		t.Errorf("two images with one key: %v", err)
	}
	if len(w.requests()) > 0 {
		t.Errorf("it was found after %v", w.requests())
	}
}

// The key of an image that went online earlier is not given away.
func TestCollisionWithWhatIsOnline(t *testing.T) {
	w := newWorld(t, tree{
		"app.json": `{"pages": ["p/p"]}`, "p/p.wxml": `<image src="/i/a.png"/>`, "i/a.png": png("a", 200),
	})
	w.cfg.FileName = "[name][ext]"
	w.run()
	w.write("app", tree{"j/a.png": png("other", 200)})
	_, err := w.engine().Run(context.Background())
	if c, ok := errors.AsType[*CollisionError](err); !ok || c.A != "i/a.png" || c.B != "j/a.png" {
		t.Errorf("the key of an online image: %v", err)
	}
	if got := w.object("a.png"); got != png("a", 200) {
		t.Error("the online image was replaced")
	}
}

func TestDestinationMoves(t *testing.T) {
	w := newWorld(t, small())
	w.run()
	first := w.dest
	w.bucket("other-1250000000")
	res := w.run()
	w.same("app", w.slimmed())
	if res.Images.Uploaded != 8 || res.References.Rewritten != 7 {
		t.Errorf("%+v %+v", res.Images, res.References)
	}
	for name, content := range w.read("app") {
		if strings.Contains(content, first.URLBase) {
			t.Errorf("%s still names the first bucket", name)
		}
	}
	w.restore()
	w.same("app", small())
}

func TestDestinationMovesWithoutBackups(t *testing.T) {
	w := newWorld(t, small())
	w.cfg.BackupDir = ""
	w.run()
	now := w.read("app")
	w.bucket("other-1250000000")
	_, err := w.engine().Run(context.Background())
	if c, ok := errors.AsType[*ConfigError](err); !ok || c.ExitCode() != 2 || c.Hint() == "" {
		t.Errorf("moving without backups: %v", err)
	}
	w.same("app", now)
}

// With another targetHost the objects stay where they are.
func TestTargetHostChanges(t *testing.T) {
	w := newWorld(t, small())
	w.cfg.BackupDir = ""
	w.run()
	before := w.dest.URLBase
	w.dest.URLBase = strings.Replace(before, "127.0.0.1", "localhost", 1)
	w.forget()
	res := w.run()
	w.same("app", w.slimmed())
	if res.References.Rewritten != 7 || res.Images.Uploaded != 0 || len(w.requests()) != 1 {
		t.Errorf("%+v %+v after %v", res.References, res.Images, w.requests())
	}
}

func TestForcedDownloadIsAWarning(t *testing.T) {
	w := newWorld(t, small())
	e := w.engine()
	e.opt.Client = &http.Client{Transport: answering(func(_ *http.Request, resp *http.Response) {
		resp.Header.Set("Content-Disposition", "attachment")
		resp.Header.Set("X-Cos-Force-Download", "true")
	})}
	res, err := e.Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if len(res.Warnings) != 1 || !strings.Contains(res.Warnings[0].Hint, "targetHost") {
		t.Errorf("warnings are %v", res.Warnings)
	}
	w.same("app", w.slimmed())
}

// The addresses of a run are checked by samples: one of each type, whatever
// the number of images, and each kind of trouble is told once.
func TestSamplesOfEachType(t *testing.T) {
	files := tree{"app.json": `{"pages": ["p/p"]}`, "p/p.wxml": ""}
	for i := range 20 {
		for _, kind := range []string{"png", "jpg", "gif"} {
			name := fmt.Sprintf("i/%02d.%s", i, kind)
			files[name] = png(name, 300)
			files["p/p.wxml"] += `<image src="/` + name + `"/>`
		}
	}
	w := newWorld(t, files)
	e := w.engine()
	var asked []string
	e.opt.Client = &http.Client{Transport: answering(func(r *http.Request, resp *http.Response) {
		asked = append(asked, path.Ext(r.URL.Path))
		if strings.HasSuffix(r.URL.Path, ".jpg") {
			resp.Header.Set("Content-Type", "text/html")
			resp.Header.Set("Content-Disposition", "attachment")
		}
		if strings.HasSuffix(r.URL.Path, ".gif") {
			resp.Header.Set("Content-Disposition", "attachment")
		}
	})}
	res, err := e.Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(asked)
	if want := []string{".gif", ".jpg", ".png"}; !slices.Equal(asked, want) {
		t.Errorf("asked for %v, want %v", asked, want)
	}
	var texts []string
	for _, w := range res.Warnings {
		texts = append(texts, w.Text)
		if !strings.Contains(w.Hint, "targetHost") || w.At == "" {
			t.Errorf("a warning without address, or a hint without targetHost: %+v", w)
		}
	}
	slices.Sort(texts)
	if want := []string{"the address answers with the type text/html", "the address is sent as a download"}; !slices.Equal(texts, want) {
		t.Errorf("warnings are %v, want %v", texts, want)
	}
}

type answering func(*http.Request, *http.Response)

func (f answering) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := http.DefaultTransport.RoundTrip(r)
	if err == nil {
		f(r, resp)
	}
	return resp, err
}

func TestImpossibleKey(t *testing.T) {
	files := small()
	long := "img/" + strings.Repeat("很", 60) + "/" + strings.Repeat("长", 60) + "/" + strings.Repeat("的", 60) + "/" + strings.Repeat("名", 60) + "/" + strings.Repeat("字", 60) + ".png"
	files[long] = png("long", 200)
	w := newWorld(t, files)
	res := w.run()
	want := w.slimmed()
	want[long] = files[long]
	w.same("app", want)
	if r := keptAs(res, long); r != rewrite.UploadFailed {
		t.Errorf("it is kept as %q", r)
	}
}

// Images with the same content may be archived, preserved and fetched at the
// same time.
func TestEqualImages(t *testing.T) {
	files := tree{"app.json": `{"pages": ["p/p"]}`}
	now := tree{}
	for i := range 20 {
		name := fmt.Sprintf("i/%02d.png", i)
		files[name] = png("equal", 300)
		now[name] = png("equal too", 310)
	}
	w := newWorld(t, files)
	w.write("backup", prefixedWith("older", files))
	w.run()
	w.write("app", now)
	w.run()
	for i := range 20 {
		w.remove(fmt.Sprintf("backup/i/%02d.png", i))
	}
	w.restore()
	maps.Copy(files, now)
	w.same("app", files)
}

// Equal images with the hash in their key are sent once, also over two runs.
func TestEqualImagesAreSentOnce(t *testing.T) {
	files := tree{"app.json": `{"pages": ["p/p"]}`, "p/p.wxml": ""}
	for i := range 20 {
		name := fmt.Sprintf("i/%02d.png", i)
		files[name] = png("equal", 300)
		files["p/p.wxml"] += `<image src="/` + name + `"/>`
	}
	w := newWorld(t, files)
	w.cfg.FileName = "[hash:12][ext]"
	puts := func() (n int) {
		for _, asked := range w.requests() {
			if strings.HasPrefix(asked, "PUT ") {
				n++
			}
		}
		return n
	}
	res := w.run()
	if puts() != 1 || res.Images.Removed != 20 || res.References.Rewritten != 20 {
		t.Errorf("%d objects were sent; %+v", puts(), res.Images)
	}
	w.write("app", tree{"i/new.png": png("equal", 300), "p/p.wxml": `<image src="/i/new.png"/>`})
	if res := w.run(); puts() != 1 || res.Images.Removed != 1 {
		t.Errorf("%d objects were sent in the end; %+v", puts(), res.Images)
	}
}

// prefixedWith puts text before the content of the images.
func prefixedWith(text string, files tree) tree {
	out := tree{}
	for name, content := range files {
		if strings.HasSuffix(name, ".png") {
			out[name] = text + content
		}
	}
	return out
}
