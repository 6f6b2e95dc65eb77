package video_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/wecos-go/wecos/internal/applet"
	"github.com/wecos-go/wecos/internal/servers/kit/nodetest"
	"github.com/wecos-go/wecos/internal/servers/video"
	"github.com/wecos-go/wecos/internal/servers/video/samples"
	"github.com/wecos-go/wecos/internal/servers/video/sqlstore"
)

// The scripts of the mini-program work against the running server.
func TestApplet(t *testing.T) {
	files, err := samples.Files()
	if err != nil {
		t.Fatal(err)
	}
	store, err := sqlstore.OpenSQLite(t.Context(), t.TempDir(), samples.Films())
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, video.Options{Store: store, Samples: files, CommentsPerMinute: 4})
	for n := range 25 {
		if _, err := store.AddComment(t.Context(), video.Comment{Film: 2, Nick: "看客", Content: fmt.Sprintf("第 %d 条", n)}); err != nil {
			t.Fatal(err)
		}
	}
	write := func(name, host string) string {
		dir := filepath.Join(t.TempDir(), name)
		if _, err := applet.Write(dir, video.Applet(), applet.Values{Host: host, BasePath: "/applet"}, false); err != nil {
			t.Fatal(err)
		}
		return dir
	}
	nodetest.Run(t, "testdata/applet.cjs", 18,
		"APP="+write("app", w.server.URL()), "LOST="+write("lost", "http://127.0.0.1:1"))
}
