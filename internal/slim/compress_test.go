package slim

import (
	"bytes"
	"context"
	"errors"
	picture "image"
	"image/color"
	"image/jpeg"
	"io"
	"maps"
	"net/http"
	"strings"
	"testing"

	"github.com/wecos-go/wecos/internal/config"
	"github.com/wecos-go/wecos/internal/safefs"
	"github.com/wecos-go/wecos/internal/upload"
)

// photo is a picture that a lower quality makes much smaller.
func photo(t *testing.T, seed int) string {
	t.Helper()
	img := picture.NewRGBA(picture.Rect(0, 0, 96, 96))
	for y := range 96 {
		for x := range 96 {
			img.Set(x, y, color.RGBA{uint8(x*7 + seed), uint8(y*5 + x*seed), uint8((x ^ y) * 3), 255})
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 98}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// album is an app with two photos and a picture that cannot get smaller.
func album(t *testing.T) tree {
	return tree{
		"app.json":         `{"pages": ["pages/a/a"]}`,
		"pages/a/a.wxml":   `<image src="/img/one.jpg"/><image src="/img/two.jpg"/><image src="/img/tiny.png"/>`,
		"pages/a/a.js":     "Page({})",
		"img/one.jpg":      photo(t, 1),
		"img/two.jpg":      photo(t, 2),
		"img/tiny.png":     png("tiny", 80),
		"img/no-image.jpg": "not a picture",
	}
}

func TestCompressLocally(t *testing.T) {
	files := album(t)
	w := newWorld(t, files)
	w.cfg.Compress = &config.Compress{Engine: config.EngineLocal, Quality: 60}
	res := w.run()
	if got := res.Images; got.Uploaded != 4 || got.BytesOnline >= got.BytesBefore/2 {
		t.Errorf("images are %+v", got)
	}
	for name, content := range files {
		if !strings.HasPrefix(name, "img/") {
			continue
		}
		switch got := w.object(name); {
		case strings.HasPrefix(content, "\xff\xd8"):
			if len(got) >= len(content)*2/3 {
				t.Errorf("%s: %d of %d bytes are online", name, len(got), len(content))
			}
			if _, err := jpeg.Decode(strings.NewReader(got)); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		case len(got) > len(content):
			t.Errorf("%s grew", name)
		}
	}
	if got := w.verify(); len(got) > 0 {
		t.Errorf("verify: %q", got)
	}
	if again := w.run(); again.Run != "" || again.Images.Uploaded > 0 {
		t.Errorf("a second run did %+v", again.Images)
	}
	w.restore()
	if got := w.read("app"); !maps.Equal(got, files) {
		t.Error("restore did not bring the originals back")
	}
	// What is online already is known again, whether it was compressed then or
	// not.
	w.forget()
	if again := w.run(); again.Images.AlreadyOnline != 4 || again.Images.Uploaded > 0 {
		t.Errorf("after restore: %+v", again.Images)
	}
	w.restore()
	w.cfg.Compress = nil
	if plain := w.run(); plain.Images.BytesOnline != plain.Images.BytesBefore {
		t.Errorf("without compress: %+v", plain.Images)
	}
	if got := w.verify(); len(got) > 0 {
		t.Errorf("verify: %q", got)
	}
}

func TestCompressionIsPartOfTheHash(t *testing.T) {
	keys := map[string]bool{}
	for _, c := range []*config.Compress{nil, {Engine: config.EngineLocal, Quality: 60}, {Engine: config.EngineLocal, Quality: 70}} {
		w := newWorld(t, album(t))
		w.cfg.FileName, w.cfg.Compress = "[path][name].[hash:8][ext]", c
		w.run()
		key := w.manifest().Images["img/one.jpg"].Key
		if keys[key] {
			t.Errorf("%+v: the key %s again", c, key)
		}
		keys[key] = true
	}
}

// manifest is what w remembers.
func (w *world) manifest() *manifest {
	w.t.Helper()
	st, err := w.engine().openState()
	if err != nil || st == nil {
		w.t.Fatalf("no state: %v", err)
	}
	defer st.close()
	m, err := st.loadManifest(w.cfg.AppDir)
	if err != nil {
		w.t.Fatal(err)
	}
	return m
}

func TestCompressByTheService(t *testing.T) {
	files := album(t)
	w := newWorld(t, files)
	w.cfg.Compress = &config.Compress{Engine: config.EngineCI, Quality: 60}
	res := w.run()
	if got := res.Images; got.Uploaded != 4 || got.BytesSaved <= 0 || got.BytesOnline+got.BytesSaved != got.BytesBefore {
		t.Errorf("images are %+v", got)
	}
	if got := w.object("img/one.jpg"); len(got) >= len(files["img/one.jpg"])*2/3 {
		t.Errorf("%d of %d bytes are online", len(got), len(files["img/one.jpg"]))
	}
	if w.object("img/no-image.jpg") != files["img/no-image.jpg"] {
		t.Error("what the service cannot process did not go online as it is")
	}
	if got := w.verify(); len(got) > 0 {
		t.Errorf("verify: %q", got)
	}
	w.restore()
	if got := w.read("app"); !maps.Equal(got, files) {
		t.Error("restore did not bring the originals back")
	}
	again := w.run()
	if again.Images.Uploaded+again.Images.AlreadyOnline != 4 || again.Images.Kept > 0 || again.Images.BytesSaved <= 0 {
		t.Errorf("after restore: %+v", again.Images)
	}
	if got := w.verify(); len(got) > 0 {
		t.Errorf("verify again: %q", got)
	}
}

// A run that ended right after the upload leaves an object whose content nobody
// knows; it is this project's all the same.
func TestCompressByTheServiceAfterACrash(t *testing.T) {
	for _, engine := range []string{config.EngineCI, config.EngineLocal} {
		files := album(t)
		w := newWorld(t, files)
		w.cfg.Compress = &config.Compress{Engine: engine, Quality: 60}
		ctx, cancel := context.WithCancel(t.Context())
		w.events = func(ev Event) {
			if up, ok := ev.(ImageUploaded); ok && up.Path == "img/one.jpg" {
				cancel()
			}
		}
		if _, err := w.engine().Run(ctx); err == nil {
			t.Fatal("nothing was interrupted")
		}
		w.events = nil
		if res := w.run(); res.Images.Kept > 0 || res.Images.Removed != 4 {
			t.Errorf("%s: %+v %+v", engine, res.Images, res.Kept)
		}
		if got := w.verify(); len(got) > 0 {
			t.Errorf("%s: verify: %q", engine, got)
		}
	}
}

// An account that may store images and not process them gets them online, and
// is told.
func TestCompressByAServiceThatRefuses(t *testing.T) {
	files := album(t)
	w := newWorld(t, files)
	w.cfg.Compress = &config.Compress{Engine: config.EngineCI, Quality: 60}
	tr := &http.Transport{}
	t.Cleanup(tr.CloseIdleConnections)
	var err error
	w.store, err = upload.NewCOS(upload.COSConfig{
		Endpoint: w.dest.Endpoint, Bucket: w.dest.Bucket, SecretID: credentials.ID, SecretKey: credentials.Key,
		Transport: noProcessing{tr},
	})
	if err != nil {
		t.Fatal(err)
	}
	res := w.run()
	if got := res.Images; got.Uploaded != 4 || got.Removed != 4 || got.BytesSaved != 0 {
		t.Errorf("images are %+v", got)
	}
	if len(res.Warnings) != 1 || !strings.Contains(res.Warnings[0].Text, "compressed no image") || !strings.Contains(res.Warnings[0].Text, "AccessDenied") {
		t.Errorf("warnings are %+v", res.Warnings)
	}
	for name, content := range files {
		if strings.HasPrefix(name, "img/") && w.object(name) != content {
			t.Errorf("%s is not online as it is", name)
		}
	}
}

// noProcessing answers requests for processing as to an account without the
// right.
type noProcessing struct{ next http.RoundTripper }

func (n noProcessing) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Header.Get("Pic-Operations") == "" {
		return n.next.RoundTrip(r)
	}
	r.Body.Close()
	body := "<Error><Code>AccessDenied</Code></Error>"
	return &http.Response{StatusCode: 403, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)), Request: r}, nil
}

// Reading a large original ends with the context, too.
func TestReadingEndsWithTheContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	w := newWorld(t, tree{"app.json": `{"pages": []}`, "img/a.png": png("a", 1<<20)})
	app, err := safefs.OpenRoot(w.cfg.AppDir)
	if err != nil {
		t.Fatal(err)
	}
	defer app.Close()
	a := transfer{from: app, name: "img/a.png", path: "img/a.png", sum: sumOf([]byte(png("a", 1<<20)))}
	if _, err := a.readAll(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("reading: %v", err)
	}
	if _, err := a.etag(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("hashing: %v", err)
	}
	if data, err := a.readAll(t.Context()); err != nil || len(data) < 1<<19 {
		t.Errorf("%d bytes, %v", len(data), err)
	}
}
