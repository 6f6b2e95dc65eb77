package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

type hinted struct{ error }

func (hinted) Hint() string { return "try\x1b[31m this" }

type coded struct{ error }

func (coded) ExitCode() int { return 4 }

func TestPrintError(t *testing.T) {
	plain := errors.New("it broke")
	for _, tt := range []struct {
		err  error
		want string
	}{
		{nil, ""},
		{plain, "wecos: it broke\n"},
		{hinted{plain}, "wecos: it broke\nhint: try\\u001b[31m this\n"},
		{fmt.Errorf("while reading: %w", hinted{plain}), "wecos: while reading: it broke\nhint: try\\u001b[31m this\n"},
		{errors.Join(plain, hinted{io.EOF}), "wecos: it broke\nwecos: EOF\nhint: try\\u001b[31m this\n"},
		{errors.New("a\nb\t\u202eexe"), "wecos: a\\u000ab\\u0009\\u202eexe\n"},
		{&ExitError{Code: 4}, ""},
		{fmt.Errorf("x: %w", &ExitError{Code: 4}), ""},
		{&ExitError{Code: 1, Err: plain}, "wecos: it broke\n"},
		{&UsageError{Err: plain, Fix: "wecos --help"}, "wecos: it broke\nhint: wecos --help\n"},
		{&UsageError{Err: plain}, "wecos: it broke\n"},
	} {
		var out bytes.Buffer
		PrintError(&out, "wecos", tt.err)
		if out.String() != tt.want {
			t.Errorf("%v: got %q, want %q", tt.err, out.String(), tt.want)
		}
	}
}

func TestExitCode(t *testing.T) {
	for _, tt := range []struct {
		err  error
		want int
	}{
		{nil, ExitOK},
		{io.EOF, ExitFailed},
		{&ExitError{Code: ExitOverLimit}, ExitOverLimit},
		{fmt.Errorf("x: %w", coded{io.EOF}), ExitPending},
		{&UsageError{Err: io.EOF}, ExitUsage},
		{fmt.Errorf("x: %w", context.Canceled), ExitInterrupted},
		{&ExitError{Code: ExitFailed, Err: context.Canceled}, ExitFailed},
	} {
		if got := ExitCode(tt.err); got != tt.want {
			t.Errorf("%v: got %d, want %d", tt.err, got, tt.want)
		}
	}
}

// tree is a program with a group, a leaf and a command that fails.
func tree() *cobra.Command {
	root := Group(&cobra.Command{Use: "prog", Short: "A program"})
	group := Group(&cobra.Command{Use: "group", Short: "A group"})
	leaf := &cobra.Command{Use: "leaf", Short: "A leaf", Args: NoArgs, RunE: func(cmd *cobra.Command, _ []string) error {
		_, err := fmt.Fprintln(cmd.OutOrStdout(), "done")
		return err
	}}
	leaf.Flags().Int("n", 0, "a number")
	leaf.Flags().Duration("long", 0, "a time")
	leaf.Flags().Bool("sure", false, "a choice")
	leaf.Flags().StringSlice("list", nil, "a list")
	one := &cobra.Command{Use: "one", Short: "Takes one", Args: MaxArgs(1, "folder"), RunE: leaf.RunE}
	fail := &cobra.Command{Use: "fail", Short: "Fails", RunE: func(*cobra.Command, []string) error { return errors.New("it broke") }}
	group.AddCommand(leaf, one, fail)
	root.AddCommand(group, VersionCommand("prog"))
	return root
}

func TestExecute(t *testing.T) {
	for _, tt := range []struct {
		args string
		code int
		out  string // begins with
		errs string
	}{
		{"group leaf", 0, "done\n", ""},
		{"", 0, "A program\n", ""},
		{"group", 0, "A group\n", ""},
		{"group --help", 0, "A group\n", ""},
		{"help group leaf", 0, "A leaf\n", ""},
		{"completion bash", 0, "# bash completion", ""},
		{"version", 0, "prog ", ""},
		{"group fail", 1, "", "prog: it broke\n"},
		{"grop", 2, "", "prog: unknown command \"grop\" for prog\nhint: did you mean prog group?\n"},
		{"zzz", 2, "", "prog: unknown command \"zzz\" for prog\nhint: prog --help\n"},
		{"group lef", 2, "", "prog: unknown command \"lef\" for prog group\nhint: did you mean prog group leaf?\n"},
		{"group leaf x", 2, "", "prog: prog group leaf takes no arguments, but got \"x\"\nhint: prog group leaf --help\n"},
		{"group leaf --nn", 2, "", "prog: unknown flag: --nn\nhint: prog group leaf --help\n"},
		{"group leaf -n x", 2, "", "prog: unknown shorthand flag: 'n' in -n\nhint: prog group leaf --help\n"},
		{"group leaf --n x", 2, "", "prog: --n must be a whole number, not \"x\"\nhint: prog group leaf --help\n"},
		{"group leaf --n", 2, "", "prog: --n needs a value\nhint: prog group leaf --help\n"},
		{"group leaf --long 5", 2, "", "prog: --long must be a time such as 5s, not \"5\"\nhint: prog group leaf --help\n"},
		{"group leaf --sure=no", 2, "", "prog: --sure must be true or false, not \"no\"\nhint: prog group leaf --help\n"},
		{"group leaf --list b\"c", 2, "", "prog: --list must be values with commas between them, without a stray quotation mark, not \"b\\\"c\"\nhint: prog group leaf --help\n"},
		{"group one a b", 2, "", "prog: prog group one takes 1 folder at most, but got 2\nhint: prog group one --help\n"},
		{"completion tcsh", 2, "", "prog: unknown command \"tcsh\" for prog completion\nhint: did you mean prog completion bash or fish or zsh?\n"},
		{"help nothing", 2, "", "prog: unknown command \"nothing\" for prog\nhint: prog --help\n"},
	} {
		t.Run(tt.args, func(t *testing.T) {
			var out, errs bytes.Buffer
			code := Execute(t.Context(), tree(), strings.Fields(tt.args), Streams{In: strings.NewReader(""), Out: &out, Err: &errs})
			if code != tt.code || errs.String() != tt.errs {
				t.Errorf("code %d, errors %q; want %d, %q", code, errs.String(), tt.code, tt.errs)
			}
			if !strings.HasPrefix(out.String(), tt.out) || tt.out == "" && out.Len() > 0 {
				t.Errorf("output %q, want %q", out.String(), tt.out)
			}
		})
	}
}

func TestVersion(t *testing.T) {
	setting := func(key, value string) debug.BuildSetting { return debug.BuildSetting{Key: key, Value: value} }
	for _, tt := range []struct {
		info debug.BuildInfo
		want string
	}{
		{debug.BuildInfo{}, "devel"},
		{debug.BuildInfo{Main: debug.Module{Version: "v1.2.3"}}, "v1.2.3"},
		{debug.BuildInfo{Main: debug.Module{Version: "(devel)"}, Settings: []debug.BuildSetting{setting("vcs.revision", "0123456789abcdef")}}, "devel-0123456789ab"},
		{debug.BuildInfo{Settings: []debug.BuildSetting{setting("vcs.revision", "0123"), setting("vcs.modified", "true")}}, "devel-0123+changes"},
	} {
		if got := versionOf(&tt.info); got != tt.want {
			t.Errorf("got %s, want %s", got, tt.want)
		}
	}
	if Version() == "" {
		t.Error("no version at all")
	}
}

func TestTerminal(t *testing.T) {
	f, err := os.Create(t.TempDir() + "/f")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, w := range []io.Writer{&bytes.Buffer{}, f} {
		if columns, ok := Terminal(w); ok || columns != 0 {
			t.Errorf("%T is a terminal", w)
		}
		if Color(w, func(string) string { return "" }) {
			t.Errorf("%T gets colours", w)
		}
	}
}
