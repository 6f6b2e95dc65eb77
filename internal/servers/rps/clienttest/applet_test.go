package clienttest

import (
	"context"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"github.com/wecos-go/wecos/internal/applet"
	"github.com/wecos-go/wecos/internal/servers/kit/nodetest"
	"github.com/wecos-go/wecos/internal/servers/rps"
	appletfiles "github.com/wecos-go/wecos/internal/servers/rps/applet"
	"github.com/wecos-go/wecos/internal/servers/rps/sio"
)

// The mini-program plays against the server, and the Socket.IO client in it says
// everything that the protocol has, in both revisions.
func TestApplet(t *testing.T) {
	modules := nodetest.Modules(t, "testdata/npm")
	game, err := rps.New(t.Context(), rps.Options{GameTime: 1500 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	echo := echoServer()
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if sio.Under("/echo", r.URL.Path) {
			echo.ServeHTTP(w, r)
			return
		}
		game.ServeHTTP(w, r)
	}))
	defer front.Close()
	defer func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		echo.Close(ctx)
		game.Drain(ctx)
		if err := game.Close(); err != nil {
			t.Error(err)
		}
	}()
	dir := filepath.Join(t.TempDir(), "app")
	if _, err := applet.Write(dir, appletfiles.Files, applet.Values{Host: front.URL, BasePath: rps.DefaultPath}, false); err != nil {
		t.Fatal(err)
	}
	nodetest.Run(t, "testdata/npm/applet.cjs", 30, "NODE_PATH="+modules, "APP="+dir, "SERVER="+front.URL)
}
