package album_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/wecos-go/wecos/internal/servers/album"
	"github.com/wecos-go/wecos/internal/servers/album/storetest"
)

// A listing that panics fails for who asked, and the next one is made.
func TestListAfterPanic(t *testing.T) {
	store := new(storetest.Memory)
	w := newWorld(t, album.Options{Store: store})
	w.put("a.jpg")
	store.Fail = func(string, string) error { panic("a broken client") }
	if got := w.get(listPath); got.status != http.StatusInternalServerError {
		t.Errorf("%d %s", got.status, got.body)
	}
	store.Fail = nil
	same(t, "after that", len(w.page("").Data), 1)
}

// breaking is a store whose pictures cannot be read while broken is set.
type breaking struct {
	*storetest.Memory
	broken bool
}

func (b *breaking) Open(ctx context.Context, key string) (*album.Picture, error) {
	p, err := b.Memory.Open(ctx, key)
	if err == nil && b.broken {
		p.ReadSeekCloser = panicking{}
	}
	return p, err
}

type panicking struct{ io.ReadSeekCloser }

func (panicking) Seek(int64, int) (int64, error) { panic("a broken picture") }

// A thumbnail that panics fails for who asked, and the next one is made.
func TestThumbnailAfterPanic(t *testing.T) {
	store := &breaking{Memory: new(storetest.Memory), broken: true}
	server, err := album.New(album.Options{Store: store})
	if err != nil {
		t.Fatal(err)
	}
	picture := pngOf(photo(400, 300))
	if err := store.Put(t.Context(), "a.png", album.Content{Type: "image/png", Head: []byte(picture)}); err != nil {
		t.Fatal(err)
	}
	ask := func() (w *httptest.ResponseRecorder, panicked any) {
		defer func() { panicked = recover() }()
		w = httptest.NewRecorder()
		server.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/applet/album/picture/a.png?w=120", nil))
		return w, nil
	}
	if _, panicked := ask(); panicked != "a broken picture" {
		t.Errorf("panicked with %v", panicked)
	}
	store.broken = false
	if w, panicked := ask(); panicked != nil || w.Code != http.StatusOK || w.Body.Len() >= len(picture)/2 {
		t.Errorf("after that: %d, %d bytes, %v", w.Code, w.Body.Len(), panicked)
	}
}
