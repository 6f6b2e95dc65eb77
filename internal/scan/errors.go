package scan

import "fmt"

// NotMiniProgramError says that a folder is not a mini-program that can be
// slimmed. It is a wrong configuration: nothing was read beyond it.
type NotMiniProgramError struct {
	Dir    string // absolute
	Reason string
	Fix    string
}

func (e *NotMiniProgramError) Error() string {
	return fmt.Sprintf("%s is not a mini-program: %s", e.Dir, e.Reason)
}

// Hint says what to do about it.
func (e *NotMiniProgramError) Hint() string { return e.Fix }

// ExitCode is 2: wrong usage or configuration.
func (e *NotMiniProgramError) ExitCode() int { return 2 }

// FileError is an app.json or project.config.json that cannot be understood.
type FileError struct {
	File         string // absolute
	Line, Column int    // from 1; 0 when the file could not be read
	Err          error
}

func (e *FileError) Error() string {
	if e.Line == 0 {
		return fmt.Sprintf("%s: %v", e.File, e.Err)
	}
	return fmt.Sprintf("%s:%d:%d: %v", e.File, e.Line, e.Column, e.Err)
}

// Unwrap returns the cause.
func (e *FileError) Unwrap() error { return e.Err }

// ExitCode is 2: wrong usage or configuration.
func (e *FileError) ExitCode() int { return 2 }

// PatternError is a blacklist entry that is no valid glob.
type PatternError struct{ Pattern string }

func (e *PatternError) Error() string { return fmt.Sprintf("bad glob %q in the blacklist", e.Pattern) }

// ExitCode is 2: wrong usage or configuration.
func (e *PatternError) ExitCode() int { return 2 }
