// Command wecos slims a WeChat mini-program: it moves the images to Tencent COS
// and rewrites every reference. It decides nothing itself: every command only
// reads its flags and calls on.
package main

import (
	"os"

	"github.com/wecos-go/wecos/cmd/wecos/command"
	"github.com/wecos-go/wecos/internal/cli"
)

func main() { os.Exit(cli.Main(command.Run)) }
