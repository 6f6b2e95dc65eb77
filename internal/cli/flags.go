package cli

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// flagError says what is wrong with a flag in the words of a person. It is what
// cobra calls for every command line that it cannot read.
func flagError(cmd *cobra.Command, err error) error {
	usage := &UsageError{Err: err, Fix: cmd.CommandPath() + " --help"}
	if e, ok := errors.AsType[*pflag.InvalidValueError](err); ok {
		usage.Err = fmt.Errorf("--%s must be %s, not %q", e.GetFlag().Name, valueOf(e.GetFlag()), e.GetValue())
	} else if e, ok := errors.AsType[*pflag.ValueRequiredError](err); ok {
		usage.Err = fmt.Errorf("--%s needs a value", e.GetFlag().Name)
	}
	return usage
}

// valueOf names what a flag takes.
func valueOf(f *pflag.Flag) string {
	switch f.Value.Type() {
	case "int":
		return "a whole number"
	case "bool":
		return "true or false"
	case "duration":
		return "a time such as 5s"
	case "stringSlice":
		return "values with commas between them, without a stray quotation mark"
	}
	return "a " + f.Value.Type()
}

// MaxArgs refuses more than n arguments; noun is what one of them is.
func MaxArgs(n int, noun string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) <= n {
			return nil
		}
		if n > 1 {
			noun += "s"
		}
		return &UsageError{
			Err: fmt.Errorf("%s takes %d %s at most, but got %d", cmd.CommandPath(), n, noun, len(args)),
			Fix: cmd.CommandPath() + " --help",
		}
	}
}
