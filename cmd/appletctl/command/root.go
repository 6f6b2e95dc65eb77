// Package command holds the commands of appletctl, one a file. They read flags,
// call the packages that do the work, and print what came of it; they never
// decide anything.
package command

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/wecos-go/wecos/internal/cli"
)

// Run is the program.
func Run(ctx context.Context, args []string, _ func(string) string, s cli.Streams) int {
	return cli.Execute(ctx, New(), args, s)
}

// New returns the root command with everything below it.
func New() *cobra.Command {
	root := cli.Group(&cobra.Command{
		Use:   "appletctl",
		Short: "Write the configuration of wecos",
		Long: `appletctl writes the files that the programs of this module are configured
with. It asks no questions: every value is a flag.`,
		Example: `  appletctl init wecos
  appletctl init wecos ./shop --bucket pictures-1250000000 --region ap-guangzhou
  appletctl version`,
	})
	root.AddCommand(newInit(), cli.VersionCommand("appletctl"))
	return root
}
