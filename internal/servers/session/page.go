package session

import (
	"io/fs"
	"net/http"

	"github.com/wecos-go/wecos/internal/servers/kit"
	"github.com/wecos-go/wecos/internal/servers/session/applet"
	"github.com/wecos-go/wecos/internal/servers/session/web"
)

// page is the page for people, with the one script that it shares with the
// mini-program.
func page() (http.Handler, error) {
	scripts, err := fs.Sub(applet.Files, applet.Scripts)
	if err != nil {
		return nil, err
	}
	own, shared := kit.Pages(web.Files), kit.Pages(scripts)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/"+applet.Strokes {
			shared.ServeHTTP(w, r)
			return
		}
		own.ServeHTTP(w, r)
	}), nil
}

// Applet is the mini-program that belongs to the server.
func Applet() fs.FS { return applet.Files }
