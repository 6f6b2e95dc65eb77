package video_test

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/wecos-go/wecos/internal/servers/kit"
	"github.com/wecos-go/wecos/internal/servers/video"
	"github.com/wecos-go/wecos/internal/servers/video/sqlstore"
)

// What clients get wrong is no warning: anybody could fill a log with them. It
// is answered as ever, also to a client that has the answer already.
func TestMistakesAreNoWarnings(t *testing.T) {
	store, err := sqlstore.OpenSQLite(t.Context(), t.TempDir(), nil)
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	server, err := kit.Start(ctx, kit.Options{Addr: "127.0.0.1:0", Log: kit.NewLogger(&log, false), NoAccessLog: true},
		video.New(video.Options{Store: store, Base: "/applet"}))
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, client: &http.Client{Transport: new(http.Transport)}, base: server.URL() + "/applet"}
	for _, path := range []string{"/video/list", "/video/list?pageNo=0", "/video/commentList", "/video/commentList?vid=1&vid=2"} {
		first := w.get(path)
		first.is(t, path, failed)
		again := w.ask(http.MethodGet, w.base+path, "", "If-None-Match", first.header.Get("Etag"))
		if again.status != http.StatusNotModified {
			t.Errorf("%s again: %d %s", path, again.status, again.body)
		}
	}
	w.post(written(t, map[string]any{"vid": 99})).is(t, "no such film", shortFail)
	w.post(written(t, map[string]any{"nick": ""})).is(t, "no nick", shortFail)
	w.form(url.Values{}).is(t, "no fields", shortFail)
	w.client.CloseIdleConnections()
	stop()
	if err := server.Wait(); err != nil { // what is logged comes after the reply
		t.Error(err)
	}
	for _, level := range []string{"WARN", "ERROR", "refused"} {
		if strings.Contains(log.String(), level) {
			t.Errorf("%s in the log: %s", level, &log)
		}
	}
}
