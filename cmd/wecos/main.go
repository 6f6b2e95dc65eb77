// Command wecos slims a WeChat mini-program: it moves the images to Tencent COS
// and rewrites every reference. It decides nothing itself: every command only
// reads its flags and calls on.
package main

import (
	"os"
	"runtime/debug"

	"github.com/wecos-go/wecos/cmd/wecos/command"
	"github.com/wecos-go/wecos/internal/cli"
)

// gcPercent spares a short run most of its garbage collections, for a few
// megabytes.
const gcPercent = 200

func main() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	os.Exit(cli.Main(command.Run))
}
