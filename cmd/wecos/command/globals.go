package command

import (
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/wecos-go/wecos/internal/cli"
	"github.com/wecos-go/wecos/internal/config"
	"github.com/wecos-go/wecos/internal/report"
	"github.com/wecos-go/wecos/internal/slim"
)

// globals are the flags that every command takes.
type globals struct {
	env   func(string) string
	flags *pflag.FlagSet

	config                    string
	appDir, backupDir, outDir string
	concurrency               int
	local                     bool
	localAddr                 string
	wait                      bool
	json                      bool
	quiet, verbose            bool
	noProgress                bool

	serve []string // for report.Options
}

func (g *globals) define(f *pflag.FlagSet) {
	g.flags = f
	f.StringVarP(&g.config, "config", "c", "", "configuration file (default wecos.config.json here or in a parent folder)")
	f.StringVar(&g.appDir, "app-dir", "", "folder that holds app.json, or the project folder above it")
	f.StringVar(&g.backupDir, "backup-dir", "", `folder for the original images; "" keeps none`)
	f.StringVar(&g.outDir, "out", "", "write the slimmed app there and leave the app untouched")
	f.IntVar(&g.concurrency, "concurrency", 32, "uploads at the same time, 1 to 256")
	f.BoolVar(&g.local, "local", false, "use a store in .wecos/store instead of an account")
	f.StringVar(&g.localAddr, "local-addr", "127.0.0.1:19000", "address at which that store is served")
	f.BoolVar(&g.wait, "wait", false, "wait for another wecos on this app to finish")
	f.BoolVar(&g.json, "json", false, "print the report as JSON")
	f.BoolVarP(&g.quiet, "quiet", "q", false, "print only warnings and failures")
	f.BoolVarP(&g.verbose, "verbose", "v", false, "print whole lists and every edit")
	f.BoolVar(&g.noProgress, "no-progress", false, "show no progress bar")
}

// load reads the configuration, which must be enough for what the command needs.
func (g *globals) load(cmd *cobra.Command, need need) (*config.Wecos, error) {
	dir, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	opt := config.LoadOptions{Path: g.config, Dir: dir, Env: g.env, NoAccount: need == needApp, NoKeys: need == needDestination}
	f := cmd.Flags()
	given(f, "app-dir", &g.appDir, &opt.Flags.AppDir)
	given(f, "backup-dir", &g.backupDir, &opt.Flags.BackupDir)
	given(f, "out", &g.outDir, &opt.Flags.OutDir)
	given(f, "concurrency", &g.concurrency, &opt.Flags.Concurrency)
	given(f, "local", &g.local, &opt.Flags.Local)
	given(f, "local-addr", &g.localAddr, &opt.Flags.LocalAddr)
	if w := f.Lookup("watch"); w != nil && w.Changed {
		watch := w.Value.String() == "true"
		opt.Flags.Watch = &watch
	}
	return config.LoadWecos(opt)
}

// given passes a flag on when it was set.
func given[T any](f *pflag.FlagSet, name string, value *T, to **T) {
	if f.Changed(name) {
		*to = value
	}
}

// options say how text is printed to w.
func (g *globals) options(w io.Writer) report.Options {
	columns, _ := cli.Terminal(w)
	dir, _ := os.Getwd() // without it folders are shown in full
	return report.Options{Columns: columns, Dir: dir, Flags: g.again(), Serve: g.serve, Color: cli.Color(w, g.env), Verbose: g.verbose, Quiet: g.quiet}
}

// again are the flags, as they were given, that a later command needs to find
// the same app and store.
func (g *globals) again() string {
	var flags strings.Builder
	if g.local {
		flags.WriteString(" --local")
	}
	for _, name := range []string{"local-addr", "config", "app-dir", "backup-dir", "out"} {
		// Port 0 is another one every time: it finds nothing again.
		if f := g.flags.Lookup(name); f.Changed && !(f.Name == "local-addr" && strings.HasSuffix(g.localAddr, ":0")) {
			flags.WriteString(" --" + name + " " + report.ShellQuote(f.Value.String()))
		}
	}
	return flags.String()
}

// progress shows what happens on the error stream.
func (g *globals) progress(cmd *cobra.Command) report.Progress {
	w := cmd.ErrOrStderr()
	columns, animated := cli.Animated(w, g.env)
	switch {
	case g.quiet:
		return report.NewSilence()
	case animated && !g.noProgress:
		return report.NewBar(w, columns)
	}
	return report.NewLines(w)
}

// print writes a result and turns what is left to do into the exit code.
func (g *globals) print(cmd *cobra.Command, res *slim.Result) error {
	w := cmd.OutOrStdout()
	var err error
	if g.json {
		err = report.JSON(w, res)
	} else {
		err = report.Text(w, res, g.options(w))
	}
	if err == nil && res.Incomplete() {
		return &cli.ExitError{Code: cli.ExitFailed}
	}
	return err
}
