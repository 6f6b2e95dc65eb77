// Package applet is the mini-program of rock, paper, scissors: its files, as
// appletctl writes them into a folder for the WeChat developer tools. The page in
// the browser shares its pictures and the scripts that know no platform. It is
// files only and never part of what Socket.IO answers.
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

// Shared are the files that the page uses as well.
var Shared = []string{
	"lib/packet.js", "lib/socketio.js", "services/match.js",
	"images/scissors.png", "images/rock.png", "images/paper.png", "images/person.png", "images/robot.png",
}
