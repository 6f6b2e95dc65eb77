// Package web is the page of the video server for people with a browser: a list
// of films that grows as one scrolls, a player, and comments, in Chinese and
// English.
//
// It is files only. All that it shows it asks the server for, as the mini-program
// does; it never asks another one.
package web

import (
	"embed"
	"io/fs"
	"net/http"
	"path"

	"github.com/wecos-go/wecos/internal/servers/kit"
)

//go:embed files
var embedded embed.FS

// Page serves the page. Films and pictures of people may lie anywhere.
func Page(base string) (http.Handler, error) {
	files, err := fs.Sub(embedded, "files")
	if err != nil {
		return nil, err
	}
	pages := kit.Pages(files, "https:", "http:")
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if path.Base(r.URL.Path) == "page.json" && (r.Method == http.MethodGet || r.Method == http.MethodHead) {
			_ = kit.WriteJSON(w, r, settings{base})
			return
		}
		pages.ServeHTTP(w, r)
	}), nil
}

// settings are what the page cannot know by itself.
type settings struct {
	Base string `json:"base"` // that routes begin with
}
