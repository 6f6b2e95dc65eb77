package report

import (
	"fmt"
	"io"
	"time"

	"github.com/schollz/progressbar/v3"

	"github.com/wecos-go/wecos/internal/slim"
)

// Progress shows a run while it happens. Its Event method is what an engine
// calls; Done ends it.
type Progress interface {
	Event(slim.Event)
	Done()
}

// NewBar draws progress bars on the terminal w, which has the given width.
func NewBar(w io.Writer, columns int) Progress { return &bar{w: w, columns: columns} }

// NewLines writes a line for every phase that takes time, for logs.
func NewLines(w io.Writer) Progress { return &lines{w: w, told: map[string]int{}} }

// NewSilence shows nothing.
func NewSilence() Progress { return silence{} }

type silence struct{}

func (silence) Event(slim.Event) {}
func (silence) Done()            {}

// phases are what each phase is called while it lasts.
var phases = map[slim.Phase]string{
	slim.PhaseRecover: "finishing the interrupted run",
	slim.PhaseScan:    "reading the app",
	slim.PhasePlan:    "planning",
	slim.PhaseList:    "looking what is online",
	slim.PhaseUpload:  "uploading",
	slim.PhaseProve:   "asking for a final address",
	slim.PhaseCommit:  "rewriting and removing",
	slim.PhaseRestore: "restoring",
	slim.PhaseVerify:  "asking for addresses",
}

// bar shows one progress bar a phase.
type bar struct {
	w       io.Writer
	columns int

	now         *progressbar.ProgressBar
	name        string
	done, files int
	bytes       bool // the bar counts bytes, not files
}

func (b *bar) Event(ev slim.Event) {
	switch ev := ev.(type) {
	case slim.PhaseStarted:
		b.Done()
		b.begin(ev)
	case slim.ImageUploaded:
		b.step(ev.Bytes)
	case slim.FileChanged, slim.URLChecked:
		b.step(1)
	case slim.Noticed:
		b.Done()
		fmt.Fprintln(b.w, safe(ev.Text))
	}
}

func (b *bar) begin(ev slim.PhaseStarted) {
	b.name, b.done, b.files, b.bytes = phases[ev.Phase], 0, ev.Files, ev.Bytes > 0
	most := int64(-1) // a spinner
	switch {
	case ev.Bytes > 0:
		most = ev.Bytes
	case ev.Files > 0:
		most = int64(ev.Files)
	case ev.Phase == slim.PhaseUpload || ev.Phase == slim.PhaseCommit || ev.Phase == slim.PhaseVerify:
		return // nothing to do
	}
	options := []progressbar.Option{
		progressbar.OptionSetWriter(b.w),
		progressbar.OptionSetDescription(b.label()),
		progressbar.OptionSetWidth(min(max(b.columns-64, 10), 30)),
		progressbar.OptionShowBytes(b.bytes),
		progressbar.OptionShowTotalBytes(true),
		progressbar.OptionUseIECUnits(true),
		progressbar.OptionThrottle(65 * time.Millisecond),
		progressbar.OptionClearOnFinish(),
		progressbar.OptionSetPredictTime(b.bytes),
		progressbar.OptionSetTheme(progressbar.Theme{Saucer: "█", SaucerHead: "█", SaucerPadding: "░"}),
	}
	if !b.bytes && most > 0 {
		options = append(options, progressbar.OptionShowCount())
	}
	b.now = progressbar.NewOptions64(most, options...)
}

func (b *bar) label() string {
	if b.bytes {
		return fmt.Sprintf("%s %d/%d", b.name, b.done, b.files)
	}
	return b.name
}

func (b *bar) step(n int64) {
	if b.now == nil {
		return
	}
	b.done++
	if b.bytes {
		b.now.Describe(b.label())
	}
	// The bar cannot say what is wrong with its terminal any better.
	_ = b.now.Add64(n)
}

// Done takes the bar off the screen.
func (b *bar) Done() {
	if b.now == nil {
		return
	}
	_ = b.now.Clear()
	_ = b.now.Exit()
	b.now = nil
}

// lines writes plain lines.
type lines struct {
	w                   io.Writer
	uploading           bool
	done, failed, files int
	// told counts the failures of each kind: the first few stand for all.
	told map[string]int
}

// toldEach is how many failures of one kind get a line of their own.
const toldEach = 3

func (l *lines) Event(ev slim.Event) {
	switch ev := ev.(type) {
	case slim.PhaseStarted:
		l.Done()
		switch {
		case ev.Phase == slim.PhaseUpload && ev.Files > 0:
			l.uploading, l.done, l.failed, l.files, l.told = true, 0, 0, ev.Files, map[string]int{}
			fmt.Fprintf(l.w, "uploading %s, %s\n", count(ev.Files, "image"), size(ev.Bytes))
		case ev.Phase == slim.PhaseCommit && ev.Files > 0, ev.Phase == slim.PhaseRestore:
			fmt.Fprintf(l.w, "%s: %s\n", phases[ev.Phase], count(ev.Files, "file"))
		case ev.Phase == slim.PhaseVerify && ev.Files > 0:
			fmt.Fprintf(l.w, "%s: %d\n", phases[ev.Phase], ev.Files)
		case ev.Phase == slim.PhaseRecover:
			fmt.Fprintln(l.w, phases[ev.Phase])
		}
	case slim.ImageUploaded:
		l.done++
		if ev.Err != nil {
			l.fail(ev.Path, ev.Err.Error())
		} else if tenth := l.files / 10; tenth >= 10 && l.done%tenth == 0 && l.done < l.files {
			fmt.Fprintf(l.w, "uploaded %d of %d\n", l.done, l.files)
		}
	case slim.Noticed:
		fmt.Fprintln(l.w, safe(ev.Text))
	}
}

// fail tells of one image.
func (l *lines) fail(path, text string) {
	l.failed++
	switch l.told[text]++; {
	case l.told[text] <= toldEach:
		fmt.Fprintf(l.w, "failed: %s: %s\n", safe(path), safe(text))
	case l.told[text] == toldEach+1:
		fmt.Fprintf(l.w, "failed: more of them: %s\n", safe(text))
	}
}

// Done says how the uploads ended.
func (l *lines) Done() {
	if l.uploading {
		fmt.Fprintf(l.w, "uploaded %d of %d\n", l.done-l.failed, l.files)
		l.uploading = false
	}
}
