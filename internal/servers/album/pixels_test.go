package album_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"

	"github.com/wecos-go/wecos/internal/servers/album"
	"github.com/wecos-go/wecos/internal/servers/album/storetest"
)

// A picture is decoded only when there is memory for its pixels, however many
// processors are free.
func TestThumbnailWaitsForMemory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := new(storetest.Memory)
		server, err := album.New(album.Options{Store: store})
		if err != nil {
			t.Fatal(err)
		}
		if err := store.Put(t.Context(), "a.jpg", album.Content{Type: "image/jpeg", Head: []byte(jpegOf(photo(300, 300)))}); err != nil {
			t.Fatal(err)
		}
		release, ok := server.HoldPixels()
		if !ok {
			t.Fatal("memory is in use before the first picture")
		}
		w, done := httptest.NewRecorder(), false
		go func() {
			server.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/applet/album/picture/a.jpg?w=120", nil))
			done = true
		}()
		synctest.Wait()
		if done {
			t.Error("a thumbnail was made without memory for it")
		}
		release()
		synctest.Wait()
		if !done || w.Code != http.StatusOK || w.Header().Get("Etag") == "" {
			t.Errorf("then it was not: %d", w.Code)
		}
		if _, ok := server.HoldPixels(); !ok {
			t.Error("the memory was not given back")
		}
	})
}
