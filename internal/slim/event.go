package slim

// Phase is a part of a run.
type Phase string

// The phases, in the order of a run.
const (
	PhaseRecover Phase = "recover" // finishing what an interrupted run began
	PhaseScan    Phase = "scan"
	PhasePlan    Phase = "plan"
	PhaseList    Phase = "list" // learning what is online
	PhaseUpload  Phase = "upload"
	PhaseProve   Phase = "prove"
	PhaseCommit  Phase = "commit"
	PhaseRestore Phase = "restore"
	PhaseVerify  Phase = "verify"
)

// Event is something that a run tells while it happens: a PhaseStarted,
// ImageUploaded, FileChanged, URLChecked or Noticed.
type Event interface{ event() }

// PhaseStarted begins a phase. Files and Bytes say how much there is to do, 0
// when that is not known.
type PhaseStarted struct {
	Phase Phase
	Files int
	Bytes int64
}

// ImageUploaded is one image that is online now, or with Err one that failed.
type ImageUploaded struct {
	Path  string
	Bytes int64
	Err   error
}

// FileChanged is one file of the app that was rewritten, removed or restored.
type FileChanged struct{ Path string }

// URLChecked is one address that was asked for; OK says that nothing was wrong.
type URLChecked struct {
	URL string
	OK  bool
}

// Noticed is a message for a person that does not wait for the report.
type Noticed struct{ Text string }

func (PhaseStarted) event()  {}
func (ImageUploaded) event() {}
func (FileChanged) event()   {}
func (URLChecked) event()    {}
func (Noticed) event()       {}

// emit tells the listener, one event at a time.
func (e *Engine) emit(ev Event) {
	if e.opt.Events == nil {
		return
	}
	e.eventLock.Lock()
	defer e.eventLock.Unlock()
	e.opt.Events(ev)
}
