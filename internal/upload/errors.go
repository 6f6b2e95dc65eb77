package upload

import (
	"errors"
	"fmt"
	"strings"
)

// ErrNotFound says that there is no object under the key.
var ErrNotFound = errors.New("no such object")

// ErrSizeChanged says that an object's content was not as long as announced,
// so the file changed since it was looked at.
var ErrSizeChanged = errors.New("the file changed while it was uploaded")

// ErrMismatch says that the service stored other bytes than were sent.
var ErrMismatch = errors.New("the service stored other bytes than were sent")

// Error says why one operation on one object failed.
type Error struct {
	Op      string // put, head, get, copy, delete, list, open
	Key     string // the key, or for list the prefix
	Status  int    // HTTP status, 0 when there was no reply
	Code    string // the service's error code, if any
	Message string // the service's words, if any
	Err     error  // cause, may be nil

	lost bool // there was no reply, though we did our part
}

func (e *Error) Error() string {
	text := fmt.Sprintf("%s %q", e.Op, e.Key)
	if reason := e.Reason(); reason != "" {
		text += ": " + reason
	}
	return text
}

// Reason says why, without what was tried on which key: for a line that names
// the image already.
func (e *Error) Reason() string {
	var b strings.Builder
	if e.Status != 0 {
		fmt.Fprintf(&b, "status %d", e.Status)
	}
	if e.Code != "" {
		fmt.Fprintf(&b, " %s", e.Code)
	}
	if e.Message != "" {
		fmt.Fprintf(&b, " (%s)", e.Message)
	}
	if e.Err != nil {
		fmt.Fprintf(&b, ": %v", e.Err)
	}
	return strings.TrimLeft(b.String(), ": ")
}

func (e *Error) Unwrap() error { return e.Err }

// FatalError says that no operation on this bucket can succeed until a person
// changes something.
type FatalError struct {
	Op     string // what was tried
	Bucket string
	Status int    // HTTP status, 0 when there was no reply
	Code   string // the service's error code, or one of ours when there was no reply
	Hint   string // what a person can do
	Err    error  // cause, may be nil
}

func (e *FatalError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "bucket %s refused to %s", e.Bucket, e.Op)
	if e.Code != "" {
		fmt.Fprintf(&b, ": %s", e.Code)
	}
	if e.Err != nil {
		fmt.Fprintf(&b, ": %v", e.Err)
	}
	return b.String()
}

func (e *FatalError) Unwrap() error { return e.Err }

// KeyError says why a key cannot name an object.
type KeyError struct {
	Key    string
	Reason string
}

func (e *KeyError) Error() string { return fmt.Sprintf("key %q: %s", shorten(e.Key), e.Reason) }

// SettingError says what is wrong with one setting. Setting is its name in the
// configuration, such as "cos.bucket".
type SettingError struct {
	Setting string
	Text    string
	Hint    string
}

func (e *SettingError) Error() string { return e.Setting + ": " + e.Text }

// TemplateError says what is wrong with a fileName template.
type TemplateError struct {
	Template string
	Text     string
}

func (e *TemplateError) Error() string { return fmt.Sprintf("template %q: %s", e.Template, e.Text) }

// shorten keeps an over-long name from filling the screen.
func shorten(s string) string {
	const most = 120
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}
