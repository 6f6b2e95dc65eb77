package slim

import (
	"github.com/wecos-go/wecos/internal/audit"
	"github.com/wecos-go/wecos/internal/rewrite"
)

// Result is what a command did or, for plan, would do. Its JSON form is the
// public report; lists are sorted and never null. What only the text form
// shows is not part of it.
type Result struct {
	Version      string        `json:"version"`
	Command      string        `json:"command"`
	App          string        `json:"app"`
	Packages     []PackageSize `json:"packages"`
	Total        Size          `json:"total"`
	Images       ImageCounts   `json:"images"`
	References   RefCounts     `json:"references"`
	Edits        []Edit        `json:"edits"`
	Kept         []Kept        `json:"kept"`
	Unreferenced []string      `json:"unreferenced"`
	Failed       []Failed      `json:"failed"`
	Warnings     []Warning     `json:"warnings"`
	// Restored are the images that restore brought back.
	Restored []string `json:"restored,omitempty"`
	// Verify is what verify found.
	Verify *Verification `json:"verify,omitempty"`
	// Report is what report found beside the sizes.
	Report *audit.Report `json:"report,omitempty"`
	// Deleted are the keys of the objects that gc deleted.
	Deleted    []string `json:"deleted,omitempty"`
	DurationMs int64    `json:"durationMs"`

	// Leaving are the images that go, or went, out of the app.
	Leaving []Leaving `json:"-"`
	// Run is the id of the run in the log; "" when nothing was committed.
	Run string `json:"-"`
	// Notes are sentences about what happened besides the plan: a finished
	// recovery, that no backups are kept, an empty restore.
	Notes []string `json:"-"`
	// Unfinished is set when the command was stopped between two files: what
	// is done and what is not.
	Unfinished *Unfinished `json:"interrupted,omitempty"`
	// Stuck says how many images stay because of something that a person can
	// mend, and what that is; "" when there is nothing of the kind.
	Stuck string `json:"-"`
	// OutDir is where a slimmed copy was written.
	OutDir string `json:"-"`
	// DryRun says that nothing was changed.
	DryRun bool `json:"-"`
}

// Leaving is an image that is in the app no more.
type Leaving struct {
	Path  string
	Bytes int64
}

// Unfinished says how far an interrupted command came: files rewritten, images
// uploaded, removed and restored, each with how many there were to be as far as
// that was known.
type Unfinished struct {
	Uploaded  int `json:"uploaded"`
	ToUpload  int `json:"toUpload"`
	Rewritten int `json:"rewritten"`
	ToRewrite int `json:"toRewrite"`
	Removed   int `json:"removed"`
	ToRemove  int `json:"toRemove"`
	Restored  int `json:"restored,omitempty"`
	ToRestore int `json:"toRestore,omitempty"`
}

// Size is what the platform counts, in bytes.
type Size struct {
	Before int64 `json:"before"`
	After  int64 `json:"after"`
	Limit  int64 `json:"limit"`
	Over   bool  `json:"over"` // After is over Limit
}

// PackageSize is the size of one package. Root is "" for the main package.
type PackageSize struct {
	Name string `json:"name"`
	Root string `json:"root"`
	Size
}

// ImageCounts count images. In a plan Uploaded and Removed are what would be.
type ImageCounts struct {
	Found         int   `json:"found"`
	Uploaded      int   `json:"uploaded"`
	AlreadyOnline int   `json:"alreadyOnline"`
	Removed       int   `json:"removed"`
	Kept          int   `json:"kept"`
	Failed        int   `json:"failed"`
	BytesBefore   int64 `json:"bytesBefore"` // of all images found
	BytesOnline   int64 `json:"bytesOnline"` // of those that go or are online
	// BytesSaved is how much smaller compress made them on their way.
	BytesSaved int64 `json:"bytesSaved,omitempty"`
}

// RefCounts count references.
type RefCounts struct {
	Found         int `json:"found"`
	Rewritten     int `json:"rewritten"`
	Kept          int `json:"kept"`
	Dynamic       int `json:"dynamic"`
	HostsReplaced int `json:"hostsReplaced"`
}

// Edit is one rewritten reference.
type Edit struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
	From   string `json:"from"`
	To     string `json:"to"`
}

// Kept is an image that stays, and why.
type Kept struct {
	Path   string         `json:"path"`
	Reason rewrite.Reason `json:"reason"`
	At     string         `json:"at"` // file:line:col, or "" when no source is the reason
	Hint   string         `json:"hint"`
}

// Failed is a file with which something went wrong.
type Failed struct {
	Path  string `json:"path"`
	Error string `json:"error"`
}

// Warning is something that a person should look at.
type Warning struct {
	At   string `json:"at"`
	Text string `json:"text"`
	Hint string `json:"hint"`
}

// Incomplete reports whether not everything was done, or is as it should be.
// Kept images are not a failure.
func (r *Result) Incomplete() bool {
	return len(r.Failed) > 0 || r.Unfinished != nil || r.Verify != nil && len(r.Verify.Findings) > 0
}

// Pending reports whether a plan would change anything.
func (r *Result) Pending() bool {
	return r.Images.Uploaded > 0 || r.Images.Removed > 0 || len(r.Edits) > 0
}

// OverLimit reports whether a package or the total is over its limit.
func (r *Result) OverLimit() bool {
	for _, p := range r.Packages {
		if p.Over {
			return true
		}
	}
	return r.Total.Over
}

// complete makes every list one that marshals as [].
func (r *Result) complete() {
	if r.Packages == nil {
		r.Packages = []PackageSize{}
	}
	if r.Edits == nil {
		r.Edits = []Edit{}
	}
	if r.Kept == nil {
		r.Kept = []Kept{}
	}
	if r.Unreferenced == nil {
		r.Unreferenced = []string{}
	}
	if r.Failed == nil {
		r.Failed = []Failed{}
	}
	if r.Warnings == nil {
		r.Warnings = []Warning{}
	}
}
