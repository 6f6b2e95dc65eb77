// Package slim is the engine of wecos: it plans what can leave a mini-program,
// puts the images online, and commits the edits and removals so that a crash at
// any point leaves an app that works and a state that the next run finishes or
// Restore undoes.
//
// It never prints, never parses flags, never watches the file system and never
// talks to COS other than through upload.Store.
package slim

import (
	"net/http"
	"runtime"
	"sync"
	"time"

	"github.com/wecos-go/wecos/internal/config"
	"github.com/wecos-go/wecos/internal/rewrite"
	"github.com/wecos-go/wecos/internal/safefs"
	"github.com/wecos-go/wecos/internal/scan"
	"github.com/wecos-go/wecos/internal/upload"
)

// Options say what an Engine works on.
type Options struct {
	Config *config.Wecos
	// Destination is where objects go. Plan needs it for the addresses that
	// edits would write; Restore and Log do not.
	Destination upload.Destination
	// Store holds the objects. Only Run needs it.
	Store upload.Store
	// Client asks for final URLs, without signature; nil is a client with
	// default settings.
	Client *http.Client

	Overwrite bool // replace objects that are not ours (--overwrite)
	Wait      bool // wait for another process to finish (--wait)

	// Events, when not nil, is told what happens while it happens. Calls do
	// not overlap.
	Events func(Event)
	// Now is the clock; nil is time.Now.
	Now func() time.Time
	// Version is this program's, for reports and records.
	Version string
}

// Engine slims one app, any number of times. It remembers what it extracted
// from sources that do not change, so a second run in the same process is
// cheaper. Its methods must not run at the same time.
type Engine struct {
	opt      Options
	template upload.Template
	cache    cache
	scanner  *scan.Scanner
	// left is what commits made of files, by path below AppDir: their content,
	// zero for one that was removed.
	left   map[string]sum
	memory memory
	// compressor is nil when images go online as they are.
	compressor *compressor

	eventLock sync.Mutex

	// decide and hook are replaced by tests.
	decide func(rewrite.Input) *rewrite.Decision
	hook   safefs.Hook
}

// New returns an engine. The error is an *upload.TemplateError for a fileName
// that is none.
func New(opt Options) (*Engine, error) {
	t, err := upload.ParseTemplate(opt.Config.FileName)
	if err != nil {
		return nil, err
	}
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if opt.Client == nil {
		opt.Client = &http.Client{}
	}
	c, err := newCompressor(opt.Config.Compress)
	if err != nil {
		return nil, err
	}
	e := &Engine{opt: opt, template: t, compressor: c, decide: rewrite.Decide, left: map[string]sum{}, memory: memory{}}
	e.scanner = scan.NewScanner(e.scanOptions())
	return e, nil
}

// workers is the number of goroutines for work that the processor or the disk
// bounds.
func workers() int { return max(runtime.GOMAXPROCS(0), 2) }

// syncers is the number of files that are synced at once: waiting for a disk
// costs no processor.
const syncers = 16
