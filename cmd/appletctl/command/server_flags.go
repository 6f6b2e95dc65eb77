package command

import (
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/wecos-go/wecos/internal/config"
)

// givenFlags are the flags of a server as they were given. What they mean is up
// to its configuration.
type givenFlags struct {
	set    *pflag.FlagSet
	values map[string]*givenFlag
}

// givenFlag implements pflag.Value.
type givenFlag struct{ kind, text string }

func (f *givenFlag) String() string { return f.text }
func (f *givenFlag) Type() string   { return f.kind }

// Set keeps the text; a list may be given several times.
func (f *givenFlag) Set(text string) error {
	if f.kind == "list" && f.text != "" {
		text = f.text + "," + text
	}
	f.text = text
	return nil
}

// addServerFlags gives cmd a flag for every key of cfg and, unless file is nil,
// --config.
func addServerFlags(cmd *cobra.Command, cfg config.ServerConfig, file *string) *givenFlags {
	g := &givenFlags{set: cmd.Flags(), values: map[string]*givenFlag{}}
	if file != nil {
		cmd.Flags().StringVar(file, "config", "", "configuration to read")
	}
	for _, f := range config.ServerFlags(cfg) {
		v := &givenFlag{kind: f.Kind, text: f.Default}
		added := cmd.Flags().VarPF(v, f.Name, "", f.Usage)
		if f.Kind == "bool" {
			added.NoOptDefVal = "true"
		}
		if f.Kind == "list" {
			v.text = "" // what is given replaces the default
		}
		g.values[f.Name] = v
	}
	return g
}

// changed returns what was given on the command line.
func (g *givenFlags) changed() map[string]string {
	given := map[string]string{}
	for name, v := range g.values {
		if g.set.Changed(name) {
			given[name] = v.text
		}
	}
	return given
}
