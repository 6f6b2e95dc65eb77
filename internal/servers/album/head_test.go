package album_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/wecos-go/wecos/internal/servers/album"
	"github.com/wecos-go/wecos/internal/servers/album/folder"
)

// Hundreds of uploads that stand still with nearly all of the beginning that is
// read of a picture do not take as much memory; then all of them go on, and the
// pictures are whole.
func TestSlowUploadsTakeLittleMemory(t *testing.T) {
	const uploads, sent, most = 400, 250 << 10, 64 << 20
	store, err := folder.Open(folder.Options{Dir: t.TempDir(), NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	server, err := album.New(album.Options{Store: store})
	if err != nil {
		t.Fatal(err)
	}
	content := padded(pngOf(photo(2, 2)), 300<<10)
	contentType, body := form("image", "a.png", content)
	before := heap()
	var standing, all sync.WaitGroup
	goOn := make(chan struct{})
	for i := range uploads {
		r, client := io.Pipe()
		standing.Add(1)
		all.Go(func() {
			_, err := client.Write(body[:sent])
			standing.Done()
			<-goOn
			if i%4 == 0 { // some go away
				_ = client.CloseWithError(errors.New("gone"))
				return
			}
			if err == nil {
				_, err = client.Write(body[sent:])
			}
			if err != nil {
				t.Error(err)
			}
			client.Close()
		})
		all.Go(func() {
			w := httptest.NewRecorder()
			req := httptest.NewRequest(http.MethodPost, uploadPath, r)
			req.Header.Set("Content-Type", contentType)
			server.ServeHTTP(w, req)
			_ = r.Close()
			if ok := bytes.Contains(w.Body.Bytes(), []byte(`"code":0`)); ok == (i%4 == 0) {
				t.Errorf("upload %d: %s", i, w.Body)
			}
		})
	}
	standing.Wait()
	if grown := int64(heap()) - int64(before); grown > most {
		t.Errorf("%d uploads of %d KB take %d MB", uploads, sent>>10, grown>>20)
	} else {
		t.Logf("%d MB", grown>>20)
	}
	close(goOn)
	all.Wait()
	n := 0
	for item, err := range store.List(t.Context(), "") {
		if n++; err != nil || item.Size != int64(len(content)) {
			t.Fatalf("%v, %v", item, err)
		}
	}
	same(t, "pictures", n, uploads*3/4)
	if used := server.HeadMemory(); used != 0 {
		t.Errorf("%d bytes are not given back", used)
	}
}
