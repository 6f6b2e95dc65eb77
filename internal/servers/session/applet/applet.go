// Package applet is the mini-program: its files, as appletctl writes them into a
// folder for the WeChat developer tools. It is no part of what the server answers,
// but for the file that the page shares.
package applet

import (
	"embed"
	"io/fs"
)

//go:embed files
var files embed.FS

// Files are those of the mini-program, app.json at the top.
var Files = func() fs.FS {
	sub, err := fs.Sub(files, "files")
	if err != nil {
		return files // the name is a constant, and valid
	}
	return sub
}()

// Scripts is the folder of what Files have besides pages, and Strokes the script
// there that says what a drawing is.
const (
	Scripts = "utils"
	Strokes = "strokes.js"
)
