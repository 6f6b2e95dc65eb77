package video

import (
	"embed"
	"io/fs"
)

//go:embed applet
var appletFiles embed.FS

// Applet is the mini-program that shows the films: what the developer tools
// open, with an address that package applet fills in.
func Applet() fs.FS {
	files, err := fs.Sub(appletFiles, "applet")
	if err != nil {
		panic(err) // the name is a constant
	}
	return files
}
