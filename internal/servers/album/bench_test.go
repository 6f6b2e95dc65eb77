package album_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/wecos-go/wecos/internal/servers/album"
	"github.com/wecos-go/wecos/internal/servers/album/folder"
)

// The list of fifty pictures, made anew for each question and kept.
func BenchmarkList(b *testing.B) {
	store, err := folder.Open(folder.Options{Dir: b.TempDir(), NoSync: true})
	if err != nil {
		b.Fatal(err)
	}
	defer store.Close()
	for n := range 50 {
		if err := store.Put(b.Context(), fmt.Sprintf("%d-%010d.jpg", 1_700_000_000_000+n, n), album.Content{Head: []byte("x")}); err != nil {
			b.Fatal(err)
		}
	}
	for name, age := range map[string]time.Duration{"anew": -1, "kept": 0} {
		b.Run(name, func(b *testing.B) {
			server, err := album.New(album.Options{Store: store, ListAge: age})
			if err != nil {
				b.Fatal(err)
			}
			r := httptest.NewRequest(http.MethodGet, listPath, nil)
			b.ReportAllocs()
			for b.Loop() {
				server.ServeHTTP(httptest.NewRecorder(), r)
			}
		})
	}
}
