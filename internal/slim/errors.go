package slim

import "fmt"

// Error is a failure that a person can do something about.
type Error struct {
	Text string
	Fix  string // what to do
	Err  error  // cause, may be nil
}

func (e *Error) Error() string {
	switch {
	case e.Err == nil:
		return e.Text
	case e.Text == "":
		return e.Err.Error()
	}
	return e.Text + ": " + e.Err.Error()
}

// Hint says what to do about it.
func (e *Error) Hint() string { return e.Fix }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// ConfigError is a configuration that fits neither the app nor what is online.
// Nothing was changed.
type ConfigError struct {
	Text string
	Fix  string
}

func (e *ConfigError) Error() string { return e.Text }

// Hint says what to do about it.
func (e *ConfigError) Hint() string { return e.Fix }

// ExitCode is 2: wrong usage or configuration.
func (e *ConfigError) ExitCode() int { return 2 }

// CollisionError says that two images would get one key.
type CollisionError struct{ Key, A, B string }

func (e *CollisionError) Error() string {
	return fmt.Sprintf("%s and %s would both be stored as %q", e.A, e.B, e.Key)
}

// Hint says what to do about it.
func (e *CollisionError) Hint() string {
	return "put [path] or [hash:8] into fileName"
}

// ExitCode is 2: wrong usage or configuration.
func (e *CollisionError) ExitCode() int { return 2 }

// StateError is a journal, manifest or record that cannot be trusted. Nothing
// was changed.
type StateError struct {
	File string
	Text string
}

func (e *StateError) Error() string { return e.File + ": " + e.Text }

// Hint says what to do about it.
func (e *StateError) Hint() string {
	return "put the file back as wecos wrote it, for example from version control; without it wecos does not know what it did"
}
