package command

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/wecos-go/wecos/internal/cli"
	"github.com/wecos-go/wecos/internal/slim"
)

type verifyOptions struct {
	*globals
	allHosts bool
}

func newVerify(g *globals) *cobra.Command {
	opt := &verifyOptions{globals: g}
	cmd := &cobra.Command{
		Use:   "verify",
		Short: "Ask for every online address, and look for paths that lead nowhere",
		Long: `Ask for every address in the manifest and in the code, as anybody would: status,
type, length, hash and forced download. Then look for local paths that name no
file. Nothing is changed; with findings the exit code is 1.`,
		Example: `  wecos verify
  wecos verify --all-hosts --json`,
		Args: cli.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runVerify(cmd, opt) },
	}
	cmd.Flags().BoolVar(&opt.allHosts, "all-hosts", false, "ask for image addresses of other people's hosts too")
	return cmd
}

func runVerify(cmd *cobra.Command, opt *verifyOptions) (err error) {
	ctx := cmd.Context()
	need := needDestination
	if opt.local { // its addresses answer only while the store is served
		need = needStore
	}
	s, err := opt.open(ctx, cmd, need, slim.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	res, err := s.engine.Verify(ctx, slim.VerifyOptions{AllHosts: opt.allHosts})
	s.progress.Done()
	if err != nil {
		return interrupted(ctx, err)
	}
	return opt.print(cmd, res)
}
