package command

import (
	"github.com/spf13/cobra"

	"github.com/wecos-go/wecos/internal/config"
	"github.com/wecos-go/wecos/internal/servers/video"
)

func newInitVideo() *cobra.Command {
	return newInitApp(func() config.ServerConfig { return config.NewVideo() }, video.Applet())
}
