package config

import (
	"errors"
	"fmt"
)

// ErrNoConfig is the cause of an *Error when no configuration was found.
var ErrNoConfig = errors.New("no configuration")

// Error is a configuration that cannot be used. It never holds a secret.
type Error struct {
	File         string // as a person would name it; "" when no file is to blame
	Line, Column int    // from 1; 0 when no line is meant
	Text         string
	Fix          string // what to do; see Hint
	Err          error  // cause; may be nil
}

func (e *Error) Error() string {
	switch {
	case e.File == "":
		return e.Text
	case e.Line == 0:
		return fmt.Sprintf("%s: %s", e.File, e.Text)
	default:
		return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Column, e.Text)
	}
}

// Hint says what to do about it.
func (e *Error) Hint() string { return e.Fix }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// ExitCode is 2: wrong usage or configuration.
func (e *Error) ExitCode() int { return 2 }
