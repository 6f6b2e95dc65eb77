package archtest

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	appletctl "github.com/wecos-go/wecos/cmd/appletctl/command"
	wecos "github.com/wecos-go/wecos/cmd/wecos/command"
)

// programs are the command trees of all programs under cmd.
var programs = map[string]func() *cobra.Command{
	"appletctl": appletctl.New,
	"wecos":     wecos.New,
}

func TestProgramsAreAllChecked(t *testing.T) {
	found := map[string]bool{}
	for _, p := range load(t) {
		if rest, ok := strings.CutPrefix(p.path, "cmd/"); ok {
			name, _, _ := strings.Cut(rest, "/")
			found[name] = true
		}
	}
	got, want := slices.Sorted(maps.Keys(programs)), slices.Sorted(maps.Keys(found))
	if !slices.Equal(got, want) {
		t.Errorf("the commands of %v are checked, but the programs are %v", got, want)
	}
}

// Every command and every flag says what it does, in one voice: a sentence
// without a full stop, commands with a capital letter, flags with a small one.
func TestCommandsAreDocumented(t *testing.T) {
	for name, program := range programs {
		root := program()
		if root.Name() != name {
			t.Errorf("the root command of %s is called %s", name, root.Name())
		}
		if root.Example == "" {
			t.Errorf("%s shows no examples", name)
		}
		visit(root, func(cmd *cobra.Command) {
			path := cmd.CommandPath()
			if cmd.Short == "" || strings.HasSuffix(cmd.Short, ".") || !unicode.IsUpper([]rune(cmd.Short)[0]) {
				t.Errorf("%s: short help %q", path, cmd.Short)
			}
			if cmd.RunE == nil {
				t.Errorf("%s does nothing by itself", path)
			}
			if cmd.Args == nil {
				t.Errorf("%s does not say which arguments it takes", path)
			}
			if cmd.LocalFlags().HasFlags() && cmd.Example == "" {
				t.Errorf("%s has flags but no example", path)
			}
			for _, flags := range []*pflag.FlagSet{cmd.LocalNonPersistentFlags(), cmd.PersistentFlags()} {
				flags.VisitAll(func(f *pflag.Flag) {
					if f.Usage == "" || strings.HasSuffix(f.Usage, ".") || unicode.IsUpper([]rune(f.Usage)[0]) && !allCaps(f.Usage) {
						t.Errorf("%s --%s: help %q", path, f.Name, f.Usage)
					}
				})
			}
		})
	}
}

// allCaps reports whether s begins with a name that is written with a capital.
func allCaps(s string) bool {
	word, _, _ := strings.Cut(s, " ")
	return word == strings.ToUpper(word) || strings.Contains(word, "-")
}

func visit(cmd *cobra.Command, do func(*cobra.Command)) {
	do(cmd)
	for _, sub := range cmd.Commands() {
		visit(sub, do)
	}
}

// What the examples show must be what the commands take.
func TestExamplesParse(t *testing.T) {
	for name, program := range programs {
		visit(program(), func(cmd *cobra.Command) {
			for line := range strings.Lines(cmd.Example) {
				line = strings.TrimSpace(line)
				args := strings.Fields(line)
				if line == "" || strings.HasPrefix(line, "#") || args[0] != name {
					continue
				}
				found, rest, err := program().Find(args[1:])
				if err != nil {
					t.Errorf("%s: %v", line, err)
					continue
				}
				if err := found.ParseFlags(rest); err != nil {
					t.Errorf("%s: %v", line, err)
					continue
				}
				if err := found.ValidateArgs(found.Flags().Args()); err != nil {
					t.Errorf("%s: %v", line, err)
				}
			}
		})
	}
}
