package command

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/wecos-go/wecos/internal/cli"
	"github.com/wecos-go/wecos/internal/report"
	"github.com/wecos-go/wecos/internal/slim"
)

func newLog(g *globals) *cobra.Command {
	return &cobra.Command{
		Use:   "log",
		Short: "List the runs so far",
		Args:  cli.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return runLog(cmd, g) },
	}
}

func runLog(cmd *cobra.Command, g *globals) (err error) {
	s, err := g.open(cmd.Context(), cmd, needApp, slim.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	runs, err := s.engine.Log(cmd.Context())
	if err != nil {
		return err
	}
	w := cmd.OutOrStdout()
	if g.json {
		return report.LogJSON(w, runs)
	}
	return report.Log(w, runs, g.options(w))
}
