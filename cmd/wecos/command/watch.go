package command

import (
	"context"
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/wecos-go/wecos/internal/cli"
	"github.com/wecos-go/wecos/internal/config"
	"github.com/wecos-go/wecos/internal/report"
	"github.com/wecos-go/wecos/internal/scan/watch"
)

// watcher runs the engine again whenever the app has changed.
type watcher struct {
	*slimOptions
	cmd *cobra.Command
	s   *session
	fs  *watch.Watcher
	// release lets other processes watch and restore.
	release func() error
}

// watch begins to watch, before the first run, so that no change falls between
// the two.
func (opt *slimOptions) watching(ctx context.Context, cmd *cobra.Command, s *session) (*watcher, error) {
	release, err := s.engine.Watching(ctx)
	if err != nil {
		return nil, err
	}
	w := &watcher{slimOptions: opt, cmd: cmd, s: s, release: release}
	w.fs, err = watch.Watch(ctx, watch.Options{
		Root: s.cfg.AppDir, Skip: skipped(s.cfg), Poll: opt.poll,
		Notice: func(n watch.Notice) { fmt.Fprintln(cmd.ErrOrStderr(), "wecos: "+n.String()) },
	})
	if err != nil {
		return nil, errors.Join(err, release())
	}
	return w, nil
}

// close ends the watching.
func (w *watcher) close() error { return errors.Join(w.fs.Close(), w.release()) }

// run answers every batch of changes until the context ends. A run that fails
// is told and does not end the watching: the next change may mend it.
func (w *watcher) run(ctx context.Context) error {
	fmt.Fprintf(w.cmd.ErrOrStderr(), "watching %s; Ctrl-C ends it\n", filepath.Base(w.s.cfg.AppDir))
	for range w.fs.Batches() {
		res, err := w.s.engine.Run(ctx)
		w.s.progress.Done()
		if ctx.Err() != nil {
			break
		}
		if res != nil {
			if err := report.Brief(w.cmd.OutOrStdout(), time.Now(), res, w.options(w.cmd.OutOrStdout())); err != nil {
				return err
			}
		}
		if err != nil {
			cli.PrintError(w.cmd.ErrOrStderr(), "wecos", err)
		}
	}
	if err := w.fs.Wait(); !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

// skipped says what is never watched: hidden files and folders, packages, and
// where wecos itself writes.
func skipped(cfg *config.Wecos) func(rel string, dir bool) bool {
	var own []string
	for _, abs := range cfg.Exclude() {
		if rel, err := filepath.Rel(cfg.AppDir, abs); err == nil && filepath.IsLocal(rel) {
			own = append(own, filepath.ToSlash(rel))
		}
	}
	return func(rel string, dir bool) bool {
		name := path.Base(rel)
		return strings.HasPrefix(name, ".") || dir && (name == "node_modules" || slices.Contains(own, rel))
	}
}
