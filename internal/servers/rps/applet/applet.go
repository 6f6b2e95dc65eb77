// Package applet is the mini-program of rock, paper, scissors: its files, as
// appletctl writes them into a folder for the WeChat developer tools. The page in
// the browser shares its pictures and the scripts that know no platform. It is
// files only and never part of what Socket.IO answers.
package applet

import "embed"

// Files are those of the mini-program, app.json at the top.
//
//go:embed *.js *.json *.wxss images lib pages services
var Files embed.FS

// Shared are the files that the page uses as well.
var Shared = []string{
	"lib/packet.js", "lib/socketio.js", "services/match.js",
	"images/scissors.png", "images/rock.png", "images/paper.png", "images/person.png", "images/robot.png",
}
