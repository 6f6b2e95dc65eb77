package command

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/wecos-go/wecos/internal/cli"
	"github.com/wecos-go/wecos/internal/slim"
)

type planOptions struct {
	*globals
	exitCode bool
}

func newPlan(g *globals) *cobra.Command {
	opt := &planOptions{globals: g}
	cmd := &cobra.Command{
		Use:   "plan",
		Short: "Print what would be uploaded, rewritten, removed and kept; change nothing",
		Long: `Print what a run would do, and change nothing. plan asks nobody: it needs no
keys, and what the bucket holds shows only when wecos runs. So it cannot tell
whether a key is taken by somebody else's image.`,
		Example: `  wecos plan
  wecos plan --exit-code --json`,
		Args: cli.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runPlan(cmd, opt) },
	}
	cmd.Flags().BoolVar(&opt.exitCode, "exit-code", false, "exit with 4 when there is something to do")
	return cmd
}

func runPlan(cmd *cobra.Command, opt *planOptions) (err error) {
	ctx := cmd.Context()
	s, err := opt.open(ctx, cmd, needDestination, slim.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	res, err := s.engine.Plan(ctx)
	s.progress.Done()
	if err != nil {
		return interrupted(ctx, err)
	}
	if err := opt.print(cmd, res); err != nil {
		return err
	}
	if opt.exitCode && res.Pending() {
		return &cli.ExitError{Code: cli.ExitPending}
	}
	return nil
}
