package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"
)

// ExitError ends a program with a code of its own. Without Err nothing is
// printed: the program has said what there is to say.
type ExitError struct {
	Code int
	Err  error
}

func (e *ExitError) Error() string {
	if e.Err == nil {
		return fmt.Sprintf("exit code %d", e.Code)
	}
	return e.Err.Error()
}

// Unwrap returns what there is to print.
func (e *ExitError) Unwrap() error { return e.Err }

// ExitCode returns Code.
func (e *ExitError) ExitCode() int { return e.Code }

// UsageError is a command line that cannot be understood.
type UsageError struct {
	Err error
	Fix string
}

func (e *UsageError) Error() string { return e.Err.Error() }

// Unwrap returns the cause.
func (e *UsageError) Unwrap() error { return e.Err }

// Hint says what to do about it.
func (e *UsageError) Hint() string { return e.Fix }

// ExitCode returns ExitUsage.
func (e *UsageError) ExitCode() int { return ExitUsage }

// ExitCode is the code for err: the one that an error in its chain asks for
// with a method ExitCode, 130 for a cancelled context, else 1.
func ExitCode(err error) int {
	var coded interface{ ExitCode() int }
	switch {
	case err == nil:
		return ExitOK
	case errors.As(err, &coded):
		return coded.ExitCode()
	case errors.Is(err, context.Canceled):
		return ExitInterrupted
	}
	return ExitFailed
}

// PrintError writes err for a person: a line that begins with the program's
// name and, when an error in the chain has a method Hint that returns text, a
// line "hint: …" after it. Joined errors get lines of their own.
func PrintError(w io.Writer, prog string, err error) {
	if exit, ok := errors.AsType[*ExitError](err); err == nil || ok && exit.Err == nil {
		return
	}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range joined.Unwrap() {
			PrintError(w, prog, e)
		}
		return
	}
	fmt.Fprintf(w, "%s: %s\n", prog, Printable(err.Error()))
	var hinted interface{ Hint() string }
	if errors.As(err, &hinted) && hinted.Hint() != "" {
		fmt.Fprintf(w, "hint: %s\n", Printable(hinted.Hint()))
	}
}

// Printable makes s safe to show on one line of a terminal: file names may
// hold line feeds and escape sequences.
func Printable(s string) string {
	if !strings.ContainsFunc(s, unprintable) {
		return s
	}
	var out strings.Builder
	for _, r := range s {
		if unprintable(r) {
			fmt.Fprintf(&out, `\u%04x`, r)
			continue
		}
		out.WriteRune(r)
	}
	return out.String()
}

func unprintable(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029'
}
