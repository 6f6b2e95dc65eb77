package command

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/wecos-go/wecos/internal/cli"
	"github.com/wecos-go/wecos/internal/report"
	"github.com/wecos-go/wecos/internal/slim"
)

type reportOptions struct {
	*globals
	check bool
	html  string
}

func newReport(g *globals) *cobra.Command {
	opt := &reportOptions{globals: g}
	cmd := &cobra.Command{
		Use:   "report",
		Short: "Show package sizes against the platform's limits, and what is amiss with the files",
		Long: `Show the size of every package against the platform's limits, what the platform
advises beside them, the largest files, what cannot ship, url() in style sheets
that fails on a device, images that lie in the wrong package, and images that
nothing names. With outDir it is about the slimmed copy, once there is one.
Nothing is changed, and no account is needed.`,
		Example: `  wecos report
  wecos report --html sizes.html
  wecos report --check --json`,
		Args: cli.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runReport(cmd, opt) },
	}
	f := cmd.Flags()
	f.BoolVar(&opt.check, "check", false, "exit with 5 when a package or the total is over its limit; advice does not count")
	f.StringVar(&opt.html, "html", "", "write the report to this file, too, as one page with a picture of what takes the room")
	return cmd
}

func runReport(cmd *cobra.Command, opt *reportOptions) (err error) {
	ctx := cmd.Context()
	if opt.html == "" && cmd.Flags().Changed("html") {
		return &cli.UsageError{Err: errors.New("--html names no file"), Fix: "it looks like --html sizes.html"}
	}
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
	if opt.html != "" {
		err := slim.WritePage(opt.html, func(w io.Writer) error { return report.HTML(w, res, opt.options(w)) })
		if err != nil {
			return err
		}
		if !opt.quiet {
			fmt.Fprintln(cmd.ErrOrStderr(), "wrote", cli.Printable(opt.html))
		}
	}
	if err := opt.print(cmd, res); err != nil {
		return err
	}
	if opt.check && res.OverLimit() {
		return &cli.ExitError{Code: cli.ExitOverLimit}
	}
	return nil
}
