// Package web is the page of rock, paper, scissors for people with a browser:
// they play against another tab, whoever else is there, or a robot, in Chinese and
// English.
//
// It is files only, and shares those that know no platform with the mini-program.
// It knows nothing of rooms, and no more than every client can ask for.
package web

import (
	"embed"
	"io/fs"
	"net/http"
	"slices"

	"github.com/wecos-go/wecos/internal/servers/kit"
	"github.com/wecos-go/wecos/internal/servers/rps/applet"
)

//go:embed files
var embedded embed.FS

// Page serves the page, for a server whose Socket.IO is at root. What it has no
// file for is answered by others.
func Page(root string, others http.Handler) (http.Handler, error) {
	files, err := fs.Sub(embedded, "files")
	if err != nil {
		return nil, err
	}
	// Pictures of players may lie anywhere.
	own, shared := kit.Pages(files, "https:", "http:"), kit.Pages(applet.Files)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := r.URL.Path[min(1, len(r.URL.Path)):]
		_, err := fs.Stat(files, name)
		switch {
		case r.Method != http.MethodGet && r.Method != http.MethodHead:
			others.ServeHTTP(w, r)
		case name == "page.json":
			_ = kit.WriteJSON(w, r, settings{root}) // the client may have gone
		case slices.Contains(applet.Shared, name):
			shared.ServeHTTP(w, r)
		case name == "" || err == nil:
			own.ServeHTTP(w, r)
		default:
			others.ServeHTTP(w, r)
		}
	}), nil
}

// settings are what the page cannot know by itself.
type settings struct {
	Root string `json:"root"` // path of Socket.IO
}
