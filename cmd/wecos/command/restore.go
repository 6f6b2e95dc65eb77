package command

import (
	"errors"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"github.com/wecos-go/wecos/internal/cli"
	"github.com/wecos-go/wecos/internal/slim"
)

type restoreOptions struct {
	*globals
	run    string
	dryRun bool
}

func newRestore(g *globals) *cobra.Command {
	opt := &restoreOptions{globals: g}
	cmd := &cobra.Command{
		Use:   "restore [PATH...]",
		Short: "Bring images and their references back, all or some",
		Long: `Bring images and the references to them back, byte for byte. What a person
changed in the sources since is kept. PATH is an image or a folder, as the
report shows it or from the current folder.`,
		Example: `  wecos restore
  wecos restore images/logo.png images/icons
  wecos restore --dry-run
  wecos restore --run 20260722-101500-00`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error { return runRestore(cmd, opt, args) },
	}
	f := cmd.Flags()
	f.StringVar(&opt.run, "run", "", "bring back what this run of wecos log took away")
	f.BoolVar(&opt.dryRun, "dry-run", false, "print what would come back; change nothing")
	return cmd
}

func runRestore(cmd *cobra.Command, opt *restoreOptions, args []string) (err error) {
	ctx := cmd.Context()
	if slices.Contains(args, "") { // an unset variable, most likely
		return &cli.UsageError{Err: errors.New("an empty path names no image"), Fix: "wecos restore without a path brings everything back"}
	}
	dir, err := os.Getwd()
	if err != nil {
		return err
	}
	needs := needApp
	if opt.local { // what has no backup is downloaded from there
		needs = needStore
	}
	s, err := opt.open(ctx, cmd, needs, slim.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	res, err := s.engine.Restore(ctx, slim.RestoreOptions{Paths: args, Dir: dir, Run: opt.run, DryRun: opt.dryRun})
	s.progress.Done()
	if res == nil {
		return interrupted(ctx, err)
	}
	printed := opt.print(cmd, res)
	if err != nil {
		return interrupted(ctx, err)
	}
	return printed
}
