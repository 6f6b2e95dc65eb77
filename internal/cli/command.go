package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// Execute runs root with args, prints the error if there is one, and returns
// the exit code. Whatever goes wrong before a command begins its work is a
// *UsageError.
func Execute(ctx context.Context, root *cobra.Command, args []string, s Streams) int {
	root.SetArgs(args)
	root.SetFlagErrorFunc(flagError)
	root.SetIn(s.In)
	root.SetOut(s.Out) // before completion is made, which keeps the writer
	root.SetErr(s.Err)
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd(args...)
	began := false
	prepare(root, &began)
	cmd, err := root.ExecuteContextC(ctx)
	if err == nil {
		return ExitOK
	}
	if !began && ExitCode(err) == ExitFailed {
		err = &UsageError{Err: err, Fix: cmd.CommandPath() + " --help"}
	}
	PrintError(s.Err, root.Name(), err)
	return ExitCode(err)
}

// prepare lets cmd and everything below it leave errors to Execute, and notes
// when one of them begins its work.
func prepare(cmd *cobra.Command, began *bool) {
	cmd.SilenceErrors, cmd.SilenceUsage = true, true
	switch {
	case cmd.Name() == "completion" && cmd.HasSubCommands():
		Group(cmd)
	case cmd.Name() == "help" && cmd.Parent() == cmd.Root():
		cmd.Args = knownCommand
	}
	if run := cmd.RunE; run != nil {
		cmd.RunE = func(cmd *cobra.Command, args []string) error {
			*began = true
			return run(cmd, args)
		}
	}
	for _, sub := range cmd.Commands() {
		prepare(sub, began)
	}
}

// NoArgs refuses arguments. For a command that has others below it, such an
// argument is a command that does not exist; the hint names the near one.
func NoArgs(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	path := cmd.CommandPath()
	if !cmd.HasAvailableSubCommands() {
		return &UsageError{Err: fmt.Errorf("%s takes no arguments, but got %q", path, args[0]), Fix: path + " --help"}
	}
	fix := path + " --help"
	if cmd.SuggestionsMinimumDistance <= 0 {
		cmd.SuggestionsMinimumDistance = 2
	}
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		fix = "did you mean " + path + " " + strings.Join(near, " or ") + "?"
	}
	return &UsageError{Err: fmt.Errorf("unknown command %q for %s", args[0], path), Fix: fix}
}

// knownCommand refuses the arguments of help when they are no command.
func knownCommand(cmd *cobra.Command, args []string) error {
	if _, rest, err := cmd.Root().Find(args); err != nil || len(rest) > 0 {
		root := cmd.Root().CommandPath()
		return &UsageError{Err: fmt.Errorf("unknown command %q for %s", strings.Join(args, " "), root), Fix: root + " --help"}
	}
	return nil
}

// Group makes cmd a command that only holds others: alone it shows its help.
func Group(cmd *cobra.Command) *cobra.Command {
	cmd.Args = NoArgs
	cmd.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
	return cmd
}
