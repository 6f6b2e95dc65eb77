// Command appletctl writes the configurations of wecos and its companions, and
// runs the servers. It decides nothing itself: every command only reads its
// flags and calls on.
package main

import (
	"os"

	"github.com/wecos-go/wecos/cmd/appletctl/command"
	"github.com/wecos-go/wecos/internal/cli"
)

func main() { os.Exit(cli.Main(command.Run)) }
