// Package web is the page for people: HTML, a style sheet and scripts. It never
// knows more than the routes that every client has.
package web

import (
	"embed"
	"io/fs"
)

//go:embed files
var files embed.FS

// Files are those of the page; index.html is the page itself.
var Files = func() fs.FS {
	sub, err := fs.Sub(files, "files")
	if err != nil {
		return files // the name is a constant, and valid
	}
	return sub
}()
