package safefs

import (
	"fmt"
	"io/fs"
	"time"
)

// ChangedError says that a file no longer has the content that the caller saw,
// so the operation left it alone.
type ChangedError struct{ Name string }

func (e *ChangedError) Error() string { return e.Name + " changed in the meantime" }

// NotRegularError says that Name is a folder, a symbolic link or a device where
// a regular file was expected.
type NotRegularError struct {
	Name string
	Mode fs.FileMode
}

func (e *NotRegularError) Error() string {
	return fmt.Sprintf("%s is not a regular file (%s)", e.Name, e.Mode.Type())
}

// MismatchError says that what was written does not read back as what was read.
type MismatchError struct{ Name string }

func (e *MismatchError) Error() string { return e.Name + " does not read back as it was written" }

// HeldError says that another process holds a lock.
type HeldError struct {
	PID   int       // 0 when the holder wrote none
	Since time.Time // when it took the lock; may be zero
}

func (e *HeldError) Error() string {
	if e.PID == 0 {
		return "another process holds the lock"
	}
	return fmt.Sprintf("process %d holds the lock", e.PID)
}

// Failure is one file that a Batch could not finish.
type Failure struct {
	Name string
	Err  error
}

// BatchError lists the files that a Batch could not finish; all others are
// done.
type BatchError struct{ Failures []Failure }

func (e *BatchError) Error() string {
	if len(e.Failures) == 1 {
		return e.Failures[0].Err.Error()
	}
	return fmt.Sprintf("%v (and %d more)", e.Failures[0].Err, len(e.Failures)-1)
}

// Unwrap gives the errors of all failures to errors.Is and errors.As.
func (e *BatchError) Unwrap() []error {
	out := make([]error, len(e.Failures))
	for i, f := range e.Failures {
		out[i] = f.Err
	}
	return out
}
