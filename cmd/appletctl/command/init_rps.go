package command

import (
	"github.com/spf13/cobra"

	"github.com/wecos-go/wecos/internal/config"
	"github.com/wecos-go/wecos/internal/servers/rps/applet"
)

func newInitRPS() *cobra.Command {
	return newInitApp(func() config.ServerConfig { return config.NewRPS() }, applet.Files)
}
