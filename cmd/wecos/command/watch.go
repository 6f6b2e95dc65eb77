package command

import (
	"context"
	"errors"
	"path/filepath"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/wecos-go/wecos/internal/cli"
	"github.com/wecos-go/wecos/internal/report"
	"github.com/wecos-go/wecos/internal/scan"
	"github.com/wecos-go/wecos/internal/scan/watch"
	"github.com/wecos-go/wecos/internal/slim"
)

// watcher runs the engine again whenever the app has changed.
type watcher struct {
	*slimOptions
	cmd *cobra.Command
	s   *session
	fs  *watch.Watcher
	// release lets other processes watch and restore.
	release func() error
	// told and stuck are what was said last of what is wrong: it is said once.
	told, stuck string

	mu      sync.Mutex
	screen  *report.Watching // nil during the first run
	notices []watch.Notice   // of that time
	lost    bool             // was said since the last batch
}

// watching begins to watch, before the first run, so that no change falls
// between the two.
func (opt *slimOptions) watching(ctx context.Context, cmd *cobra.Command, s *session) (*watcher, error) {
	release, err := s.engine.Watching(ctx)
	if err != nil {
		return nil, err
	}
	w := &watcher{slimOptions: opt, cmd: cmd, s: s, release: release}
	w.fs, err = watch.Watch(ctx, watch.Options{
		Root: s.cfg.AppDir, Skip: s.engine.Overlooks, Poll: opt.poll, Notice: w.notice,
	})
	if err != nil {
		return nil, errors.Join(err, release())
	}
	return w, nil
}

// close ends the watching.
func (w *watcher) close() error {
	if w.screen != nil {
		w.screen.End()
	}
	return errors.Join(w.fs.Close(), w.release())
}

// notice tells what the watch has to say, when the first run is over.
func (w *watcher) notice(n watch.Notice) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if n.Kind == watch.Lost && w.lost {
		return
	}
	w.lost = w.lost || n.Kind == watch.Lost
	if w.screen == nil {
		w.notices = append(w.notices, n)
		return
	}
	w.say(n)
}

func (w *watcher) say(n watch.Notice) {
	w.screen.Say("wecos: " + n.String())
	if hint := n.Hint(); hint != "" {
		w.screen.Say("hint: " + hint)
	}
}

// show puts the watcher on the screen.
func (w *watcher) show() {
	w.mu.Lock()
	defer w.mu.Unlock()
	stderr := w.cmd.ErrOrStderr()
	_, live := cli.Animated(stderr, w.env)
	w.screen = report.NewWatching(stderr, live && !w.noProgress, filepath.Base(w.s.cfg.AppDir), w.options(stderr))
	w.s.progress = w.screen
	for _, n := range w.notices {
		w.say(n)
	}
	w.notices = nil
}

// run answers every batch of changes until the context ends. A run that fails
// is told and does not end the watching: the next change may mend it.
func (w *watcher) run(ctx context.Context) error {
	w.show()
	for b := range w.fs.Batches() {
		w.mu.Lock()
		w.lost = false
		w.mu.Unlock()
		res, err := w.s.engine.Update(ctx, scan.Changes{Paths: b.Paths, All: b.Full, Moving: b.Moving})
		w.screen.Done()
		if err := w.tell(res, err, ctx.Err() != nil); err != nil {
			return err
		}
		if ctx.Err() != nil {
			return interrupted(ctx, err)
		}
	}
	if err := w.fs.Wait(); !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

// tell says what a run did, and what is wrong unless that was said before.
func (w *watcher) tell(res *slim.Result, wrong error, interrupted bool) error {
	return w.screen.Above(func() error {
		stdout := w.cmd.OutOrStdout()
		if res != nil {
			if res.Stuck == w.stuck {
				res.Stuck = ""
			} else {
				w.stuck = res.Stuck
			}
			if err := report.Brief(stdout, time.Now(), res, w.options(stdout)); err != nil {
				return err
			}
		}
		switch {
		case interrupted, res == nil && wrong == nil: // the end says so; there was nothing to do
		case wrong == nil:
			w.told = ""
		case wrong.Error() != w.told:
			w.told = wrong.Error()
			cli.PrintError(w.cmd.ErrOrStderr(), "wecos", wrong)
		}
		return nil
	})
}
