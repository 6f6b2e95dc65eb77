package report

import (
	"fmt"
	"io"
	"sync"

	"github.com/wecos-go/wecos/internal/slim"
)

// Watching shows a watcher: on a terminal one quiet status line below
// everything else, elsewhere plain lines. It is a Progress for the runs that the
// watcher makes. Its methods may be called from several goroutines.
type Watching struct {
	w    io.Writer
	opt  Options
	idle string // what the status line says while nothing is done
	live bool   // it is drawn over

	mu     sync.Mutex
	status string
	drawn  bool
}

// NewWatching shows that the folder called app is watched. w is the error
// stream; live says that it is a terminal on which lines can be drawn over.
func NewWatching(w io.Writer, live bool, app string, opt Options) *Watching {
	t := &Watching{w: w, opt: opt, live: live, idle: "watching " + safe(app)}
	if opt.Quiet {
		t.live = false
		return t
	}
	if t.live {
		t.set(t.idle + " · Ctrl-C ends it")
	} else {
		fmt.Fprintln(w, t.idle+"; Ctrl-C ends it")
	}
	return t
}

// Event notes what a run does. Only what takes time is shown.
func (t *Watching) Event(ev slim.Event) {
	switch ev := ev.(type) {
	case slim.PhaseStarted:
		if ev.Phase == slim.PhaseRecover || ev.Files > 0 {
			status := phases[ev.Phase]
			if ev.Files > 0 {
				status += " " + count(ev.Files, "file")
			}
			t.set(status + " …")
		}
	case slim.Noticed:
		t.Say(ev.Text)
	}
}

// Done says that a run has ended.
func (t *Watching) Done() { t.set(t.idle + " · Ctrl-C ends it") }

// Say writes a line above the status line.
func (t *Watching) Say(text string) {
	// The terminal can say no better what is wrong with it.
	_ = t.Above(func() error {
		_, err := fmt.Fprintln(t.w, safe(text))
		return err
	})
}

// Above lets f write whole lines, also to another stream of the same terminal.
func (t *Watching) Above(f func() error) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.clear()
	defer t.draw()
	return f()
}

// End takes the status line off the screen for good.
func (t *Watching) End() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.clear()
	t.live = false
}

func (t *Watching) set(status string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.live && status != t.status {
		t.clear()
		t.status = status
		t.draw()
	}
}

func (t *Watching) clear() {
	if t.drawn {
		fmt.Fprint(t.w, "\r\x1b[K")
		t.drawn = false
	}
}

func (t *Watching) draw() {
	if t.live {
		p := newPage(t.opt)
		fmt.Fprint(t.w, p.paint(dim, fit(t.status, p.opt.Columns-1)))
		t.drawn = true
	}
}
