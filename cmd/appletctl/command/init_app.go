package command

import (
	"os"

	"github.com/spf13/cobra"

	"github.com/wecos-go/wecos/internal/cli"
	"github.com/wecos-go/wecos/internal/config"
)

// newInitApp is the command init APP: it writes the configuration of a server.
func newInitApp(fresh func() config.ServerConfig) *cobra.Command {
	app := fresh().Common().App
	name := config.ServerFile(app)
	force := false
	cmd := &cobra.Command{
		Use:   app + " [DIR]",
		Short: "Write " + name,
		Long: `Write ` + name + ` into DIR, or into the current folder, with every key
explained. A value that no flag gives is the default: a server that needs nothing
installed. An existing file is left alone.`,
		Example: "  appletctl init " + app + "\n  appletctl init " + app + " ./server --port 8080",
		Args:    cli.MaxArgs(1, "folder"),
	}
	values := addServerFlags(cmd, fresh(), nil)
	cmd.Flags().BoolVar(&force, "force", false, "replace an existing file")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		work, err := os.Getwd()
		if err != nil {
			return err
		}
		dir := ""
		if len(args) == 1 {
			dir = args[0]
		}
		created, err := config.InitServer(fresh, config.ServerInit{Work: work, Dir: dir, Flags: values.changed(), Force: force})
		if err != nil {
			return err
		}
		printCreated(cmd.OutOrStdout(), cmd.ErrOrStderr(), created)
		return nil
	}
	return cmd
}
