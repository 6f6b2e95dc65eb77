package album

import (
	"embed"
	"io/fs"
)

//go:embed applet
var appletFiles embed.FS

// Applet is the mini-program that belongs to the server: what the developer
// tools open.
func Applet() fs.FS {
	files, err := fs.Sub(appletFiles, "applet")
	if err != nil {
		panic(err) // the name is a constant
	}
	return files
}
