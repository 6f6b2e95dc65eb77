package command

import (
	"bufio"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/wecos-go/wecos/internal/cli"
	"github.com/wecos-go/wecos/internal/report"
	"github.com/wecos-go/wecos/internal/slim"
)

type gcOptions struct {
	*globals
	yes          bool
	unreferenced bool
}

func newGC(g *globals) *cobra.Command {
	opt := &gcOptions{globals: g}
	cmd := &cobra.Command{
		Use:   "gc",
		Short: "Delete objects that this project uploaded and nothing uses any more",
		Long: `Delete objects that this project put into the bucket and that no source names
any more. Objects of others are never touched, nor those whose content is not
what this project put there. The backups stay, so that wecos restore still works.

A version of the app that is released already may still need the objects: look
at the list before you say yes.`,
		Example: `  wecos gc
  wecos gc --yes`,
		Args: cli.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runGC(cmd, opt) },
	}
	f := cmd.Flags()
	f.BoolVar(&opt.yes, "yes", false, "delete without asking")
	f.BoolVar(&opt.unreferenced, "unreferenced", false, "delete images too that no source ever named")
	return cmd
}

func runGC(cmd *cobra.Command, opt *gcOptions) (err error) {
	ctx := cmd.Context()
	if _, terminal := cli.Terminal(cmd.ErrOrStderr()); !opt.yes && (!terminal || opt.json) {
		return &cli.UsageError{Err: errors.New("nobody can be asked whether to delete"), Fix: "wecos gc --yes deletes without asking; wecos verify lists the objects"}
	}
	s, err := opt.open(ctx, cmd, needStore, slim.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	res, err := s.engine.GC(ctx, slim.GCOptions{
		Unreferenced: opt.unreferenced,
		Confirm: func(objects []slim.Object) (bool, error) {
			s.progress.Done()
			return opt.yes || ask(cmd, report.GCQuestion(objects, opt.options(cmd.ErrOrStderr()))), nil
		},
	})
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

// ask asks on the terminal; only a yes is one.
func ask(cmd *cobra.Command, question string) bool {
	fmt.Fprintf(cmd.ErrOrStderr(), "%s\nDelete them? [y/N] ", question)
	answer, _ := bufio.NewReader(cmd.InOrStdin()).ReadString('\n')
	switch strings.ToLower(strings.TrimSpace(answer)) {
	case "y", "yes":
		return true
	}
	return false
}
