package command

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/wecos-go/wecos/internal/applet"
	"github.com/wecos-go/wecos/internal/cli"
	"github.com/wecos-go/wecos/internal/config"
)

// newInitApp is the command init APP: it writes the configuration of a server
// and, unless files is nil, the mini-program in files that belongs to it.
func newInitApp(fresh func() config.ServerConfig, files fs.FS) *cobra.Command {
	app := fresh().Common().App
	name := config.ServerFile(app)
	opt := initAppOptions{fresh: fresh, files: files}
	cmd := &cobra.Command{
		Use:   app + " [DIR]",
		Short: "Write " + name,
		Long: `Write ` + name + ` into DIR, or into the current folder, with every key
explained. A value that no flag gives is the default: a server that needs nothing
installed. An existing file is left alone.`,
		Example: "  appletctl init " + app + "\n  appletctl init " + app + " ./server --port 8080",
		Args:    cli.MaxArgs(1, "folder"),
	}
	opt.values = addServerFlags(cmd, fresh(), nil)
	cmd.Flags().BoolVar(&opt.force, "force", false, "replace existing files")
	if files != nil {
		cmd.Short += ", or the mini-program of the server"
		cmd.Long += `

With --applet the mini-program goes into a folder, which the WeChat developer
tools open; the configuration is written only if DIR is given, too. The address
of its server is --applet-host, or else what ` + name + ` says.`
		cmd.Example += "\n  appletctl init " + app + " --applet ./applet --applet-host https://example.com"
		cmd.Flags().StringVar(&opt.applet, "applet", "", "folder for the mini-program, made if it is missing")
		cmd.Flags().StringVar(&opt.host, "applet-host", "", "address by which phones reach the server")
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		var err error
		if opt.work, err = os.Getwd(); err != nil {
			return err
		}
		if len(args) == 1 {
			opt.dir, opt.given = args[0], true
		}
		return opt.run(cmd.OutOrStdout(), cmd.ErrOrStderr())
	}
	return cmd
}

// initAppOptions are the flags of init APP.
type initAppOptions struct {
	fresh        func() config.ServerConfig
	files        fs.FS
	values       *givenFlags
	force        bool
	applet, host string
	work, dir    string
	given        bool // dir is
}

func (o *initAppOptions) run(out, errs io.Writer) error {
	if o.applet == "" && o.host != "" {
		return &cli.UsageError{Err: errors.New("--applet-host needs --applet"), Fix: "--applet ./applet"}
	}
	if o.host != "" { // before anything is written
		var err error
		if o.host, err = applet.Origin(o.host); err != nil {
			return appletError(o.applet, err)
		}
	}
	if o.applet == "" || o.given {
		created, err := config.InitServer(o.fresh, config.ServerInit{Work: o.work, Dir: o.dir, Flags: o.values.changed(), Force: o.force})
		if err != nil {
			return err
		}
		printCreated(out, errs, created)
	}
	if o.applet == "" {
		return nil
	}
	host, base, err := config.ServerAddress(o.fresh(), config.ServerInit{Work: o.work, Dir: o.dir, Flags: o.values.changed()})
	if err != nil {
		return err
	}
	if o.host != "" {
		host = o.host
	}
	dir := o.applet
	if !filepath.IsAbs(dir) {
		dir = filepath.Join(o.work, dir)
	}
	written, err := applet.Write(dir, o.files, applet.Values{Host: host, BasePath: base}, o.force)
	if err != nil {
		return appletError(o.applet, err)
	}
	fmt.Fprintf(out, "wrote the mini-program to %s: %d files, %d KB, for the server %s\n",
		cli.Printable(o.applet), written.Files, (written.Bytes+1023)/1024, cli.Printable(host))
	return nil
}

// appletError says what to do about a mini-program that was not written.
func appletError(dir string, err error) error {
	if hinted, ok := errors.AsType[*applet.HostError](err); ok {
		return &cli.UsageError{Err: err, Fix: hinted.Hint()}
	}
	if errors.Is(err, applet.ErrExists) {
		return &cli.UsageError{Err: fmt.Errorf("%s: %w", dir, err), Fix: "choose another one, or replace files of the same names with --force"}
	}
	if _, ok := errors.AsType[*fs.PathError](err); ok {
		return &cli.UsageError{Err: fmt.Errorf("the mini-program cannot be written: %w", err), Fix: "choose another folder with --applet"}
	}
	return err
}
