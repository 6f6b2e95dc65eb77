package command

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/wecos-go/wecos/internal/cli"
	"github.com/wecos-go/wecos/internal/config"
	"github.com/wecos-go/wecos/internal/servers/kit"
	"github.com/wecos-go/wecos/internal/servers/kit/certs"
	"github.com/wecos-go/wecos/internal/servers/kit/conn"
)

// serveApp is a back end that can be served, configured by a C.
type serveApp[C config.ServerConfig] struct {
	name, short, long, example string
	// fresh returns the defaults.
	fresh func() C
	// open opens the stores. The text says for a person what is served, such as
	// "pictures from the bucket x"; warnings are logged.
	open func(ctx context.Context, cfg C, log *slog.Logger) (app kit.App, text string, err error)
	// listening is told when clients can connect; nil is nobody.
	listening func(cfg C, log *slog.Logger)
}

// newServeApp is the command serve APP.
func newServeApp[C config.ServerConfig](env func(string) string, app serveApp[C]) *cobra.Command {
	var file string
	cmd := &cobra.Command{
		Use: app.name, Short: app.short, Example: app.example,
		Long: app.long + `

The configuration is ` + config.ServerFile(app.name) + ` in the current folder, or --config, which may
be a config.js of the Node.js server as well. Without one the defaults are used.
The environment wins over the file and flags win over both; "appletctl config
` + app.name + `" shows the result. The first line of the output is the address.`,
		Args: cli.NoArgs,
	}
	values := addServerFlags(cmd, app.fresh(), &file)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		cfg := app.fresh()
		if err := loadServer(cfg, env, file, values); err != nil {
			return err
		}
		_, terminal := cli.Terminal(cmd.ErrOrStderr())
		log := kit.NewLogger(cmd.ErrOrStderr(), terminal)
		opened, text, err := app.open(cmd.Context(), cfg, log)
		if err != nil {
			return err
		}
		s, err := kit.Start(cmd.Context(), kitOptions(cfg.Common(), log), opened)
		if err != nil {
			if opened.Close != nil {
				err = errors.Join(err, opened.Close())
			}
			return startError(err)
		}
		fmt.Fprintf(cmd.OutOrStdout(), "%s serves %s\n", s.URL(), cli.Printable(text))
		if app.listening != nil {
			app.listening(cfg, log)
		}
		if url := s.AdminURL(); url != "" {
			fmt.Fprintf(cmd.OutOrStdout(), "%s has /healthz, /readyz and /metrics\n", url)
		}
		return s.Wait()
	}
	return cmd
}

// loadServer reads the configuration of a server.
func loadServer(cfg config.ServerConfig, env func(string) string, file string, values *givenFlags) error {
	work, err := os.Getwd()
	if err != nil {
		return err
	}
	return config.LoadServer(cfg, config.ServerLoad{Path: file, Dir: work, Env: env, Flags: values.changed()})
}

// kitOptions are the options that the configuration asks for.
func kitOptions(s *config.Server, log *slog.Logger) kit.Options {
	l := s.Limits
	return kit.Options{
		Addr: s.Addr, AdminAddr: s.AdminAddr,
		Log: log, NoAccessLog: !s.AccessLog,
		TrustedProxies: s.TrustedProxies, AllowedOrigins: slices.Clone(s.AllowedOrigins),
		TLS: kit.TLSOptions{
			CertFile: s.TLSCert, KeyFile: s.TLSKey,
			Domains: s.Domains, Email: s.Email, Directory: s.ACMEDirectory, Roots: s.ACMERoots, CertDir: s.CertificateDir(),
		},
		Limits: kit.Limits{
			Header: orNone(l.HeaderBytes), Body: int64(orNone(l.BodyBytes)),
			HeaderTime: seconds(l.HeaderSeconds), IdleTime: seconds(l.IdleSeconds),
			BodyIdleTime: seconds(l.BodyIdleSeconds),
			RequestTime:  seconds(l.RequestSeconds), DrainTime: seconds(l.DrainSeconds),
			Conns: orNone(l.Connections), ClientConns: orNone(l.ConnectionsPerClient),
			ClientRate: orNone(l.RequestsPerSecond), ClientBurst: orNone(l.Burst),
		},
	}
}

// orNone is n, where no limit is 0 in a configuration and -1 in the kit.
func orNone(n int) int {
	if n == 0 {
		return -1
	}
	return n
}

func seconds(n int) time.Duration { return time.Duration(orNone(n)) * time.Second }

// startError says what to do about a server that does not start.
func startError(err error) error {
	if _, ok := errors.AsType[*conn.AddrInUseError](err); ok {
		return failedWith(err, "choose another with --addr; port 0 is any free one")
	}
	if _, ok := errors.AsType[*certs.FileError](err); ok {
		return failedWith(err, "--tls-cert names a PEM file with the certificate, and --tls-key one with its key")
	}
	return err
}

// failedWith is err with a hint. It is no wrong usage.
func failedWith(err error, fix string) error {
	return &cli.ExitError{Code: cli.ExitFailed, Err: &cli.UsageError{Err: err, Fix: fix}}
}
