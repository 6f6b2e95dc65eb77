package command

import (
	"errors"
	"time"

	"github.com/spf13/cobra"

	"github.com/wecos-go/wecos/internal/cli"
	"github.com/wecos-go/wecos/internal/slim"
)

// slimOptions are the flags of wecos itself.
type slimOptions struct {
	*globals
	watch     bool
	poll      time.Duration
	overwrite bool
}

func newSlim(g *globals) *cobra.Command {
	opt := &slimOptions{globals: g}
	cmd := &cobra.Command{
		Use:   "wecos",
		Short: "Move the images of a WeChat mini-program online",
		Long: `wecos uploads the images of a mini-program to Tencent COS, rewrites every
reference to them, and takes them out of the package. Whatever must stay in the
package stays, and the report says why. The originals go to the backup folder,
and wecos restore brings everything back.`,
		Example: `  wecos plan
  wecos
  wecos --local --app-dir ./miniprogram
  wecos restore images/logo.png`,
		Args: cli.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runSlim(cmd, opt) },
	}
	f := cmd.Flags()
	f.BoolVar(&opt.watch, "watch", true, "keep running and slim what is added later; not with --json")
	f.DurationVar(&opt.poll, "poll", 0, "look for changes at this interval instead of waiting for events (network folders)")
	f.BoolVar(&opt.overwrite, "overwrite", false, "replace objects that are not of this project")
	return cmd
}

func runSlim(cmd *cobra.Command, opt *slimOptions) (err error) {
	ctx := cmd.Context()
	switch {
	case opt.poll < 0:
		return &cli.UsageError{Err: errors.New("--poll must not be negative"), Fix: "it looks like --poll 5s; 0 waits for events"}
	case opt.json && opt.watch && cmd.Flags().Changed("watch"):
		return &cli.UsageError{Err: errors.New("--json and --watch exclude each other"), Fix: "leave one out: with --json wecos ends when the run is done"}
	}
	s, err := opt.open(ctx, cmd, needStore, slim.Options{Overwrite: opt.overwrite})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	var w *watcher
	if s.cfg.Watch && !opt.json {
		if w, err = opt.watching(ctx, cmd, s); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, w.close()) }()
	}
	res, err := s.engine.Run(ctx)
	s.progress.Done()
	if res == nil {
		return interrupted(ctx, err)
	}
	if w == nil && s.cfg.Local {
		opt.serve = s.serving(opt.again())
	}
	printed := opt.print(cmd, res)
	if err != nil {
		return interrupted(ctx, err)
	}
	if w == nil {
		return printed
	}
	return w.run(ctx)
}
