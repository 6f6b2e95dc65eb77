// Package rewrite finds the places in a mini-program's sources that name an
// image, decides which images may live online, and lists the byte-span edits
// that point every reference at its URL.
//
// Extract looks at one file alone; Decide looks at all of them together; Apply
// edits one file. All three are pure: this package never touches the operating
// system, the network or the clock.
package rewrite

import (
	"fmt"

	"github.com/wecos-go/wecos/internal/rewrite/source"
)

// Reason says why an image stays in the package.
type Reason string

// The reasons that a report may name.
const (
	TabBarIcon       Reason = "tabbar-icon"
	ThemeIcon        Reason = "theme-icon"
	InJSON           Reason = "json"
	LocalOnlyAPI     Reason = "local-only-api"
	DynamicRef       Reason = "dynamic"
	Ambiguous        Reason = "ambiguous"
	NameInCode       Reason = "name-in-code"
	UnparsedSource   Reason = "unparsed-source"
	Unreferenced     Reason = "unreferenced"
	Empty            Reason = "empty"
	Blacklisted      Reason = "blacklist"
	Suffix           Reason = "suffix"
	Unreadable       Reason = "unreadable"
	Symlink          Reason = "symlink"
	CaseMismatch     Reason = "case-mismatch"
	TooLarge         Reason = "too-large"
	KeyTaken         Reason = "key-taken"
	UploadFailed     Reason = "upload-failed"
	ChangedDuringRun Reason = "changed-during-run"
)

// Reasons lists them all.
func Reasons() []Reason {
	return []Reason{
		TabBarIcon, ThemeIcon, InJSON, LocalOnlyAPI, DynamicRef, Ambiguous, NameInCode, UnparsedSource, Unreferenced, Empty,
		Blacklisted, Suffix, Unreadable, Symlink, CaseMismatch, TooLarge, KeyTaken, UploadFailed, ChangedDuringRun,
	}
}

// Place is a position in a source file; File is relative to the app root.
// Line and Column count from 1. The zero Place means "no place in a source".
type Place struct {
	File   string
	Line   int
	Column int
}

// Image is an image file in the app folder. Path is relative to the app root,
// with slashes. A non-empty Keep settles beforehand that it stays.
type Image struct {
	Path string
	Keep Reason
	Hint string
}

// Online is an image that an earlier run put online and that the manifest
// remembers. It may be gone locally.
type Online struct {
	Path string
	// URLs are all addresses that were ever written into the code for it,
	// under this destination or an earlier one.
	URLs []string
	// Plain says that a dynamic reference relies on its unhashed key.
	Plain bool
}

// Input is everything that Decide looks at. The same input gives the same
// decision, byte for byte.
type Input struct {
	Sources []*Facts // one a source file, sorted by path
	Images  []Image  // sorted by path
	Pages   []string // as in app.json, with the subpackage's root, without suffix
	Online  []Online // sorted by path

	// URL gives the final address of an image; plain asks for the unhashed
	// key, which dynamic references need.
	URL func(path string, plain bool) string
	// URLBases are the prefixes under which URL puts images (first) and those
	// of earlier destinations, each ending in a slash.
	URLBases []string

	// ReadOnly reports whether a source must not be edited; nil means none.
	ReadOnly func(path string) bool

	ReplaceHost []string // origins whose URLs get TargetHost
	TargetHost  string

	KeepUnreferenced bool

	// Inspect asks for Decision.Addresses and Decision.Missing.
	Inspect bool
	// Usage asks for Decision.Uses and Decision.StyleFiles.
	Usage bool
}

// Offload is an image that goes online, or is online already.
type Offload struct {
	Path       string
	Plain      bool // its key must not carry a hash
	Referenced bool // some source names it
	Remembered bool // not in Input.Images: only the manifest knows it
	// Partners are images whose names code makes from this one's, or the other
	// way round: a place that names one of them may show all.
	Partners []string
}

// Keep is an image that stays, with the first place that asked for it.
type Keep struct {
	Path   string
	Reason Reason
	At     Place
	Hint   string
}

// Edit replaces the bytes of Span by New.
type Edit struct {
	Span source.Span
	New  string
	// From and To are the decoded old and new values, for people.
	From, To string
	At       Place
	Image    string   // the image the edit points at; "" for a replaced host or a prefix
	Images   []string // further images behind it: those of a dynamic head, and names made from it
	Host     bool     // the edit replaces a host only
}

// FileEdits are the edits of one source, ordered and not overlapping.
type FileEdits struct {
	Path  string
	Edits []Edit
}

// Warning is something that a person should look at though nothing stops.
type Warning struct {
	At   Place
	Text string
	Hint string
}

// Counts are the references of a decision.
type Counts struct {
	Found, Rewritten, Kept, Dynamic, HostsReplaced int
}

// Decision is what Decide returns: which images go, which stay and why, and
// the edits. All slices are sorted.
type Decision struct {
	Offload  []Offload
	Kept     []Keep
	Edits    []FileEdits
	Warnings []Warning
	Refs     Counts
	// Misspelled are paths that name an image but for the case of letters, in
	// the order of their places.
	Misspelled []Misspelling

	// Addresses are those of images that stand in the code already, Missing the
	// paths that name no image: both in the order of their places, and only with
	// Input.Inspect.
	Addresses []Address
	Missing   []Missing

	// Uses say which sources name which images, StyleFiles which style sheets
	// name files; only with Input.Usage.
	Uses       []Use
	StyleFiles []StyleFile
}

// String writes p as file:line:column, a file alone, or "".
func (p Place) String() string {
	if p.File == "" || p.Line == 0 {
		return p.File
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
}
