package watch

import (
	"errors"
	"fmt"
	"syscall"

	"github.com/fsnotify/fsnotify"
)

// Kind is what a Notice is about.
type Kind int

const (
	// Lost: more happened at once than the system keeps. The next batch is Full.
	Lost Kind = iota + 1
	// Polling: there are no events to be had, listings are compared from now on.
	Polling
	// Unwatched: one folder cannot be read. What changes below it goes unseen.
	Unwatched
	// Replaced: the root was removed and is there again. The next batch is Full.
	Replaced
)

// Notice is something that a person should know about the watch. It ends
// nothing.
type Notice struct {
	Kind Kind
	Path string // Unwatched: the folder, relative to the root, "." for the root
	Err  error  // the cause, if there is one
}

// String says it in one sentence without a full stop.
func (n Notice) String() string {
	switch n.Kind {
	case Lost:
		return "too much changed at once for the system to tell: everything is looked at again"
	case Polling:
		return fmt.Sprintf("the system sends no events (%v): folders are compared every %v", n.Err, fallbackPoll)
	case Unwatched:
		return fmt.Sprintf("folder %s cannot be watched: %v", n.Path, n.Err)
	case Replaced:
		return "the app's folder was replaced: everything is looked at again"
	}
	return fmt.Sprintf("notice %d", int(n.Kind))
}

// Hint says what a person can do about it, "" if nothing.
func (n Notice) Hint() string {
	switch {
	case n.Kind == Unwatched:
		return "check the permissions of the folder"
	case n.Kind != Polling:
		return ""
	case errors.Is(n.Err, syscall.ENOSPC):
		return "raise the limit of watches: sysctl fs.inotify.max_user_watches=524288"
	case errors.Is(n.Err, syscall.EMFILE), errors.Is(n.Err, syscall.ENFILE):
		return "raise the limit of open files (ulimit -n), on Linux also fs.inotify.max_user_instances"
	}
	return ""
}

// RootGoneError says that the watched folder was removed or moved away and did
// not come back.
type RootGoneError struct{ Root string }

func (e *RootGoneError) Error() string { return fmt.Sprintf("folder %s is gone", e.Root) }

// Hint says what to do about it.
func (e *RootGoneError) Hint() string { return "start again when the folder is back" }

// exhausted reports whether the system has no watch left to give: the next
// folder would fail too.
func exhausted(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EMFILE) ||
		errors.Is(err, syscall.ENFILE) || errors.Is(err, syscall.ENOMEM) ||
		errors.Is(err, fsnotify.ErrClosed)
}
