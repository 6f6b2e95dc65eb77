// Package command holds the commands of wecos, one a file. They read flags,
// call the packages that do the work, and print what came of it; they never
// decide anything.
package command

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/wecos-go/wecos/internal/cli"
)

// Run is the program.
func Run(ctx context.Context, args []string, env func(string) string, s cli.Streams) int {
	collectSeldom(env)
	return cli.Execute(ctx, newRoot(env), args, s)
}

// New returns the root command with everything below it.
func New() *cobra.Command { return newRoot(func(string) string { return "" }) }

func newRoot(env func(string) string) *cobra.Command {
	g := &globals{env: env}
	root := newSlim(g)
	g.define(root.PersistentFlags())
	root.AddCommand(
		newPlan(g), newRestore(g), newLog(g), newVerify(g), newReport(g), newGC(g), newConfig(g),
		cli.VersionCommand("wecos"),
	)
	return root
}
