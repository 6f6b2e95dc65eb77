package sqlstore

// OpenError is a database that cannot be used. It never holds a password.
type OpenError struct {
	Text string
	Fix  string // what to do; see Hint
	Err  error
}

func (e *OpenError) Error() string { return e.Text }

// Unwrap returns the cause.
func (e *OpenError) Unwrap() error { return e.Err }

// Hint says what to do about it.
func (e *OpenError) Hint() string { return e.Fix }

// SchemaError is a table of this name that is not ours.
type SchemaError struct{ Table, Column string }

func (e *SchemaError) Error() string {
	return "the table " + e.Table + " exists, and has no column " + e.Column
}

// Hint says what to do about it.
func (e *SchemaError) Hint() string { return "choose a database of its own" }
