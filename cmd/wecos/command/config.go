package command

import (
	"github.com/spf13/cobra"

	"github.com/wecos-go/wecos/internal/cli"
	"github.com/wecos-go/wecos/internal/report"
)

func newConfig(g *globals) *cobra.Command {
	return &cobra.Command{
		Use:   "config",
		Short: "Show the effective configuration and where each value comes from",
		Args:  cli.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return runConfig(cmd, g) },
	}
}

func runConfig(cmd *cobra.Command, g *globals) error {
	cfg, err := g.load(cmd, needApp)
	if err != nil {
		return err
	}
	w := cmd.OutOrStdout()
	if g.json {
		return report.ConfigJSON(w, cfg.Effective())
	}
	return report.Config(w, cfg.Effective(), g.options(w))
}
