package album_test

import (
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/wecos-go/wecos/internal/applet"
	"github.com/wecos-go/wecos/internal/servers/album"
	"github.com/wecos-go/wecos/internal/servers/album/bucket"
	"github.com/wecos-go/wecos/internal/servers/cos"
	"github.com/wecos-go/wecos/internal/servers/kit/nodetest"
)

// newBucket is a bucket of the local store.
func newBucket(t *testing.T) *bucket.Store {
	t.Helper()
	keys := cos.NewCredentials()
	service, err := cos.New(cos.Options{Dir: t.TempDir(), Credentials: []cos.Credentials{keys}, NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	listener := httptest.NewServer(service)
	t.Cleanup(func() {
		listener.Close()
		if err := service.Close(); err != nil {
			t.Error(err)
		}
	})
	s, err := bucket.New(bucket.Options{Endpoint: listener.URL, SecretID: keys.ID, SecretKey: keys.Key})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// The scripts of the mini-program, and the calls of the published one, work
// against running servers.
func TestApplet(t *testing.T) {
	t.Parallel()
	open, store := serve(t, album.Options{})
	for i := range 70 {
		if err := store.Put(t.Context(), fmt.Sprintf("%d-%03d.jpg", time.Now().UnixMilli(), i), album.Content{
			Type: "image/jpeg", Head: []byte(landscape(i, 30, 20)),
		}); err != nil {
			t.Fatal(err)
		}
	}
	locked, _ := serve(t, album.Options{Token: "a long token"})
	inBucket := newWorld(t, album.Options{Store: newBucket(t), Folder: "/pics"})
	picture := filepath.Join(t.TempDir(), "picture.jpg")
	if err := os.WriteFile(picture, []byte(landscape(1, 900, 600)), 0o600); err != nil {
		t.Fatal(err)
	}
	write := func(name, host string) string {
		dir := filepath.Join(t.TempDir(), name)
		if _, err := applet.Write(dir, album.Applet(), applet.Values{Host: host, BasePath: "/applet"}, false); err != nil {
			t.Fatal(err)
		}
		return name + "=" + dir
	}
	nodetest.Run(t, "testdata/applet.cjs", 24, "PICTURE="+picture,
		write("APP", open), write("LOCKED", locked), write("BUCKET", inBucket.url), write("LOST", "http://127.0.0.1:1"))
}
