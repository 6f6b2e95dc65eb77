package command

import (
	"github.com/spf13/cobra"

	"github.com/wecos-go/wecos/internal/cli"
	"github.com/wecos-go/wecos/internal/config"
	"github.com/wecos-go/wecos/internal/report"
)

// serverConfigs are the configurations of all servers, each with its defaults.
var serverConfigs = []func() config.ServerConfig{
	func() config.ServerConfig { return config.NewAlbum() },
	func() config.ServerConfig { return config.NewRPS() },
	func() config.ServerConfig { return config.NewSession() },
	func() config.ServerConfig { return config.NewVideo() },
}

func newConfig(env func(string) string) *cobra.Command {
	cmd := cli.Group(&cobra.Command{
		Use:     "config",
		Short:   "Show the configuration of a server that is in effect, and why",
		Example: "  appletctl config album",
	})
	for _, fresh := range serverConfigs {
		cmd.AddCommand(newConfigApp(env, fresh))
	}
	return cmd
}

// newConfigApp is the command config APP.
func newConfigApp(env func(string) string, fresh func() config.ServerConfig) *cobra.Command {
	app := fresh().Common().App
	var file string
	asJSON := false
	cmd := &cobra.Command{
		Use:   app,
		Short: "Show the configuration of serve " + app,
		Long: `Show every key of the configuration that serve ` + app + ` would use with the same
flags: its value, and the file, the variable or the flag that it comes from.
Secrets are masked.`,
		Example: "  appletctl config " + app + "\n  appletctl config " + app + " --json",
		Args:    cli.NoArgs,
	}
	values := addServerFlags(cmd, fresh(), &file)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		cfg := fresh()
		if err := loadServer(cfg, env, file, values); err != nil {
			return err
		}
		out, rows := cmd.OutOrStdout(), config.EffectiveServer(cfg)
		if asJSON {
			return report.ConfigJSON(out, rows)
		}
		columns, _ := cli.Terminal(out)
		return report.Config(out, rows, report.Options{Columns: columns, Color: cli.Color(out, env)})
	}
	return cmd
}
