package command

import (
	"github.com/spf13/cobra"

	"github.com/wecos-go/wecos/internal/config"
	"github.com/wecos-go/wecos/internal/servers/album"
)

func newInitAlbum() *cobra.Command {
	return newInitApp(func() config.ServerConfig { return config.NewAlbum() }, album.Applet())
}
