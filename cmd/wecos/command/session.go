package command

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/wecos-go/wecos/internal/cli"
	"github.com/wecos-go/wecos/internal/config"
	"github.com/wecos-go/wecos/internal/report"
	"github.com/wecos-go/wecos/internal/servers/cos"
	"github.com/wecos-go/wecos/internal/servers/cos/disk"
	"github.com/wecos-go/wecos/internal/servers/kit/conn"
	"github.com/wecos-go/wecos/internal/slim"
	"github.com/wecos-go/wecos/internal/upload"
)

// need is what a command needs besides the configuration.
type need uint8

const (
	needApp         need = iota // nothing else
	needDestination             // the addresses that images get
	needStore                   // the store itself
)

// session is an engine with all that hangs on it.
type session struct {
	cfg      *config.Wecos
	engine   *slim.Engine
	progress report.Progress
	closers  []func() error
	addr     string // host:port of the embedded store, while it is served
}

// open reads the configuration and makes the engine. The store, if there is an
// embedded one, is served until close.
func (g *globals) open(ctx context.Context, cmd *cobra.Command, need need, opt slim.Options) (_ *session, err error) {
	cfg, err := g.load(cmd, need)
	if err != nil {
		return nil, err
	}
	s := &session{cfg: cfg, progress: g.progress(cmd)}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.close())
		}
	}()
	opt.Config, opt.Wait, opt.Version = cfg, g.wait, cli.Version()
	opt.Events = func(ev slim.Event) {
		if started, ok := ev.(slim.PhaseStarted); ok && started.Phase == slim.PhaseUpload {
			collectAsUsual(g.env)
		}
		s.progress.Event(ev) // a watcher shows it otherwise
	}
	switch {
	case need == needApp:
	case need == needStore && cfg.Local:
		err = s.serve(ctx, cfg, &opt)
	default:
		err = s.reach(cfg, need, &opt)
	}
	if err != nil {
		return nil, err
	}
	s.engine, err = slim.New(opt)
	return s, err
}

// close ends everything that open began, the last first.
func (s *session) close() error {
	s.progress.Done()
	var errs []error
	for i := len(s.closers) - 1; i >= 0; i-- {
		errs = append(errs, s.closers[i]())
	}
	s.closers = nil
	return errors.Join(errs...)
}

// reach sets the configured destination, and its client when that is needed.
func (s *session) reach(cfg *config.Wecos, need need, opt *slim.Options) error {
	settings := upload.Settings{
		Bucket: cfg.COS.Bucket, Region: cfg.COS.Region, Endpoint: cfg.COS.Endpoint,
		Folder: cfg.COS.Folder, TargetHost: cfg.TargetHost,
	}
	if cfg.Local {
		settings = localSettings("http://"+cfg.LocalAddr, cfg)
	}
	var err error
	if opt.Destination, err = upload.NewDestination(settings); err != nil || need != needStore {
		return setting(err)
	}
	return s.client(cfg, opt, upload.COSConfig{
		SecretID: cfg.COS.SecretID.Reveal(), SecretKey: cfg.COS.SecretKey.Reveal(), Token: cfg.COS.Token.Reveal(),
	})
}

// client sets the store that the destination names.
func (s *session) client(cfg *config.Wecos, opt *slim.Options, c upload.COSConfig) error {
	c.Endpoint, c.Bucket, c.Workers = opt.Destination.Endpoint, opt.Destination.Bucket, cfg.Concurrency
	store, err := upload.NewCOS(c)
	if err != nil {
		return setting(err)
	}
	s.closers = append(s.closers, func() error { store.Close(); return nil })
	opt.Store = store
	return nil
}

// localSettings are the destination of --local. Its addresses lead to the
// embedded store whatever targetHost says.
func localSettings(endpoint string, cfg *config.Wecos) upload.Settings {
	return upload.Settings{Bucket: cos.DefaultBucket, Endpoint: endpoint, Folder: cfg.COS.Folder}
}

// serve starts the embedded store.
func (s *session) serve(ctx context.Context, cfg *config.Wecos, opt *slim.Options) error {
	if err := slim.Check(cfg); err != nil { // before the store makes its folder
		return err
	}
	keys := cos.NewCredentials()
	server, err := cos.New(cos.Options{
		Dir: s.storeDir(), Credentials: []cos.Credentials{keys},
	})
	if _, locked := errors.AsType[*disk.LockedError](err); locked {
		return &slim.Error{Err: err, Fix: "another wecos --local runs here: stop it first"}
	}
	if err != nil {
		return err
	}
	s.closers = append(s.closers, server.Close)
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	running, err := cos.Listen(ctx, cfg.LocalAddr, server)
	if err != nil {
		cancel()
		if _, taken := errors.AsType[*conn.AddrInUseError](err); taken {
			err = &slim.Error{Err: err, Fix: "stop it, or choose another with --local-addr"}
		}
		return err
	}
	s.closers = append(s.closers, func() error {
		cancel()
		return running.Wait()
	})
	s.addr = strings.TrimPrefix(running.URL, "http://")
	if opt.Destination, err = upload.NewDestination(localSettings(running.URL, cfg)); err != nil {
		return setting(err)
	}
	return s.client(cfg, opt, upload.COSConfig{SecretID: keys.ID, SecretKey: keys.Key})
}

// serving are the commands that serve the local store when this process does
// not any more. flags are those that find the app again.
func (s *session) serving(flags string) []string {
	dir := s.storeDir()
	if work, err := os.Getwd(); err == nil {
		if rel, err := filepath.Rel(work, dir); err == nil && filepath.IsLocal(rel) {
			dir = rel
		}
	}
	return []string{
		"wecos" + flags,
		fmt.Sprintf("appletctl serve cos --data %s --addr %s", report.ShellQuote(dir), s.addr),
	}
}

// storeDir is the folder of the embedded store.
func (s *session) storeDir() string { return filepath.Join(s.cfg.Dir, ".wecos", "store") }

// setting makes a wrong value of the configuration a usage error.
func setting(err error) error {
	if e, ok := errors.AsType[*upload.SettingError](err); ok {
		return &cli.UsageError{Err: err, Fix: e.Hint}
	}
	return err
}

// interrupted replaces the error of a cancelled context by one that people
// read.
func interrupted(ctx context.Context, err error) error {
	if err == nil || ctx.Err() == nil {
		return err
	}
	return &cli.ExitError{Code: cli.ExitInterrupted, Err: fmt.Errorf("interrupted")}
}
