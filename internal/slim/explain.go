package slim

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"syscall"

	"github.com/wecos-go/wecos/internal/safefs"
	"github.com/wecos-go/wecos/internal/upload"
)

// explain turns the errors of upload and safefs into ones with a hint.
func explain(err error) error {
	if fatal, ok := errors.AsType[*upload.FatalError](err); ok {
		return &Error{Fix: fatal.Hint, Err: err}
	}
	if probe, ok := errors.AsType[*upload.ProbeError](err); ok {
		return &Error{Text: "nothing was changed", Fix: probe.Hint, Err: err}
	}
	if held, ok := errors.AsType[*safefs.HeldError](err); ok {
		text := "another wecos works on this app"
		if held.PID != 0 {
			text = fmt.Sprintf("another wecos (process %d) works on this app", held.PID)
		}
		return &Error{Text: text, Fix: "wait for it, or use --wait"}
	}
	return explainDisk(err)
}

// explainDisk gives a hint to the failures that a full disk or missing rights
// cause anywhere in a run.
func explainDisk(err error) error {
	var explained interface{ Hint() string }
	where, ok := errors.AsType[*fs.PathError](err)
	if !ok || errors.As(err, &explained) && explained.Hint() != "" {
		return err
	}
	place := where.Path
	if safefs.IsTemp(filepath.Base(place)) { // a name that means nothing to a person
		place = filepath.Dir(place)
	}
	fix := diskHint(err)
	if fix == "" {
		return err
	}
	return &Error{Text: fmt.Sprintf("cannot %s %s", verb(where.Op), place), Fix: fix, Err: where.Err}
}

// diskHint says what to do about a disk that does not take what it is given;
// "" is for all other errors.
func diskHint(err error) string {
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return "make room on that disk, then run wecos again: it goes on where it stopped"
	case errors.Is(err, syscall.ENOTDIR):
		return "a file is in its place: name another folder"
	case errors.Is(err, syscall.EROFS):
		return "name a folder that can be written to"
	case errors.Is(err, syscall.EIO):
		return "the disk fails: check it, then run wecos again: it goes on where it stopped"
	case errors.Is(err, fs.ErrPermission):
		return "mend its rights, or name another folder"
	}
	return ""
}

// verb is a system call in the words of a person.
func verb(op string) string {
	switch op {
	case "mkdir", "mkdirat":
		return "make"
	case "open", "openat", "read":
		return "open"
	case "unlink", "unlinkat", "remove":
		return "remove"
	}
	return "write to"
}

// cause is what is wrong with a file, without the name of a temporary one.
func cause(err error) error {
	if where, ok := errors.AsType[*fs.PathError](err); ok && diskHint(err) != "" {
		return where.Err
	}
	return err
}

// unreachable explains why the store could not be asked for what it holds.
func (e *Engine) unreachable(err error) error {
	failed, ok := errors.AsType[*upload.Error](err)
	if !ok || errors.Is(err, context.Canceled) {
		return explain(err)
	}
	fix := "check the network, a proxy if there is one, and cos.endpoint; nothing was changed"
	if failed.Status != 0 {
		fix = "the service answers, but not with a listing: try again later; nothing was changed"
	}
	return &Error{Text: "cannot see what is online at " + e.opt.Destination.Endpoint, Fix: fix, Err: &unnamed{failed}}
}

// unnamed is an upload.Error beside a name that says already what it is about.
type unnamed struct{ err *upload.Error }

func (e *unnamed) Error() string { return e.err.Reason() }
func (e *unnamed) Unwrap() error { return e.err }
