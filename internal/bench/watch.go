package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/wecos-go/wecos/internal/bench/measure"
)

// The targets of a watcher.
const (
	settle   = 300 * time.Millisecond // the silence that ends a batch
	answered = settle + 50*time.Millisecond
	idleCPU  = 5 * time.Millisecond // in idleTime
	idleTime = 60 * time.Second
)

// patience is how long a watcher may take for anything.
const patience = time.Minute

// watch measures how long after a save all references are rewritten, and what
// an idle watcher costs.
func (b *bench) watch(ctx context.Context, out io.Writer, idle time.Duration) (missed int, err error) {
	s, err := measure.StartStore(ctx, b.path("store"), b.path("objects"), 0)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, stopStore(s)) }()
	dir, err := b.fresh(ctx, s.URL, map[string]any{"watch": true, "fileName": "[path][name].[hash:8][ext]"})
	if err != nil {
		return 0, err
	}
	w, err := startWatcher(ctx, b.path("wecos"), dir)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, w.stop()) }()
	before, known := measure.CPUOf(w.cmd.Process.Pid)
	var fresh, replaced []time.Duration
	for n := range b.rounds {
		took, err := w.save(ctx, n, true)
		if err != nil {
			return 0, err
		}
		fresh = append(fresh, took)
		if took, err = w.save(ctx, n, false); err != nil {
			return 0, err
		}
		replaced = append(replaced, took)
	}
	after, _ := measure.CPUOf(w.cmd.Process.Pid)

	row := func(name string, all []time.Duration) {
		middle := measure.Middle(all, func(d time.Duration) time.Duration { return d })
		got := measure.Target{Name: "median", Got: ms(middle), Limit: ms(answered), Unit: " ms"}
		if got.Missed() {
			missed++
		}
		fmt.Fprintf(out, "%-36s %s, fastest %.1f ms, slowest %.1f ms\n", name, got, ms(slices.Min(all)), ms(slices.Max(all)))
	}
	row("new image and a reference to it", fresh)
	row("new content under an old name", replaced)
	if !known {
		fmt.Fprintln(out, "this system does not tell what a running process needed")
		return missed, nil
	}
	fmt.Fprintf(out, "%-36s %.1f ms\n", "CPU of one answer", ms(after-before)/float64(2*b.rounds))
	if idle == 0 {
		return missed, nil
	}
	if err := pause(ctx, 5*time.Second); err != nil { // connections close, memory is tidied up
		return missed, err
	}
	before, _ = measure.CPUOf(w.cmd.Process.Pid)
	if err := pause(ctx, idle); err != nil {
		return missed, err
	}
	after, _ = measure.CPUOf(w.cmd.Process.Pid)
	got := measure.Target{Name: "CPU", Got: ms(after - before), Limit: ms(idleCPU) * idle.Seconds() / idleTime.Seconds(), Unit: " ms"}
	if got.Missed() {
		missed++
	}
	fmt.Fprintf(out, "%-36s %s\n", "idle for "+idle.String(), got)
	return missed, nil
}

func stopStore(s *measure.Store) error {
	_, err := s.Stop()
	return err
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

// watcher is a running wecos that watches.
type watcher struct {
	cmd *exec.Cmd
	app string
	log bytes.Buffer // read it only after the end
	eof chan struct{}
}

// startWatcher returns when the first run is over.
func startWatcher(ctx context.Context, program, dir string) (*watcher, error) {
	w := &watcher{cmd: exec.CommandContext(ctx, program), app: filepath.Join(dir, "app"), eof: make(chan struct{})}
	w.cmd.Dir = dir
	w.cmd.Stdout = io.Discard
	stderr, err := w.cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := w.cmd.Start(); err != nil {
		return nil, err
	}
	watching := make(chan struct{})
	go func() {
		defer close(w.eof)
		ready := watching
		for lines := bufio.NewScanner(stderr); lines.Scan(); {
			fmt.Fprintln(&w.log, lines.Text())
			if ready != nil && strings.HasPrefix(lines.Text(), "watching ") {
				close(ready)
				ready = nil
			}
		}
	}()
	select {
	case <-watching:
		return w, nil
	case <-w.eof:
		err = w.cmd.Wait()
		return nil, fmt.Errorf("wecos did not begin to watch: %w\n%s", err, w.log.Bytes())
	case <-ctx.Done():
		<-w.eof
		_ = w.cmd.Wait()
		return nil, ctx.Err()
	}
}

// stop ends the watcher as Ctrl-C does, once its last run is over.
func (w *watcher) stop() error {
	time.Sleep(2 * settle)
	if err := w.cmd.Process.Signal(os.Interrupt); err != nil {
		_ = w.cmd.Process.Kill()
	}
	<-w.eof
	if err := w.cmd.Wait(); err != nil {
		return fmt.Errorf("wecos: %w\n%s", err, w.log.Bytes())
	}
	return nil
}

// save writes the nth image, at first with a reference to it in a page, and
// returns how long it takes until the page names its new address and the image
// is gone.
func (w *watcher) save(ctx context.Context, n int, first bool) (time.Duration, error) {
	// The echo of what came before is over.
	if err := pause(ctx, 2*settle); err != nil {
		return 0, err
	}
	image := fmt.Sprintf("/images/saved-%d.png", n)
	page := filepath.Join(w.app, "pages", "part-00", "page-000", "index.wxml")
	picture := "\x89PNG\r\n\x1a\n" + strings.Repeat(fmt.Sprint(image, first), 500)
	if err := os.WriteFile(filepath.Join(w.app, filepath.FromSlash(image)), []byte(picture), 0o644); err != nil {
		return 0, err
	}
	text, err := os.ReadFile(page)
	if err != nil {
		return 0, err
	}
	if first {
		text = fmt.Appendf(text, "<image src=\"%s\"/>\n", image)
		if err := os.WriteFile(page, text, 0o644); err != nil {
			return 0, err
		}
	}
	saved := time.Now()
	for time.Since(saved) < patience {
		if err := pause(ctx, time.Millisecond); err != nil {
			return 0, err
		}
		now, err := os.ReadFile(page)
		if err != nil {
			return 0, err
		}
		if !bytes.Equal(now, text) && !bytes.Contains(now, []byte(`"`+image+`"`)) {
			return time.Since(saved), nil
		}
	}
	return 0, fmt.Errorf("%s was not answered within %v", image, patience)
}
