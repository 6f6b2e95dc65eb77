package command

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/wecos-go/wecos/internal/cli"
	"github.com/wecos-go/wecos/internal/slim"
)

type reportOptions struct {
	*globals
	check bool
}

func newReport(g *globals) *cobra.Command {
	opt := &reportOptions{globals: g}
	cmd := &cobra.Command{
		Use:   "report",
		Short: "Show package sizes against the platform's limits",
		Example: `  wecos report
  wecos report --check`,
		Args: cli.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runReport(cmd, opt) },
	}
	cmd.Flags().BoolVar(&opt.check, "check", false, "exit with 5 when a package is over its limit")
	return cmd
}

func runReport(cmd *cobra.Command, opt *reportOptions) (err error) {
	ctx := cmd.Context()
	s, err := opt.open(ctx, cmd, needApp, slim.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	res, err := s.engine.Measure(ctx)
	s.progress.Done()
	if err != nil {
		return interrupted(ctx, err)
	}
	if err := opt.print(cmd, res); err != nil {
		return err
	}
	if opt.check && res.OverLimit() {
		return &cli.ExitError{Code: cli.ExitOverLimit}
	}
	return nil
}
