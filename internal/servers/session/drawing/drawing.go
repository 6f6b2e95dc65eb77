// Package drawing is what people draw: what a drawing may be, and the Store that
// keeps them. It never knows who a user is beyond an owner's id, and draws
// nothing.
package drawing

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"
)

// The bounds of drawings.
const (
	MaxActions = 1 << 20 // bytes of a drawing: 1 MB
	MaxID      = 128     // bytes of an id
	MaxDepth   = 32      // arrays and objects inside each other
)

// Limits bound what one owner has in a Store.
type Limits struct {
	Drawings int
	Bytes    int64 // of all drawings: they are listed in one answer
}

// DefaultLimits are those of a server.
var DefaultLimits = Limits{Drawings: 1000, Bytes: 64 << 20}

// Drawing is one: an id, and how it was drawn, as a JSON array that the server does
// not look into.
type Drawing struct {
	ID      string `json:"id" bson:"id"`
	Actions string `json:"actions" bson:"actions"`
}

// Store keeps drawings. A drawing is known by its owner and its id together, so
// no owner can reach another's. All methods may be called at the same time and end
// with their context.
type Store interface {
	// List returns an owner's drawings, the newest first; one that was changed
	// keeps its place.
	List(ctx context.Context, owner string) ([]Drawing, error)
	// Save adds a drawing, or changes the owner's one of that id. It fails with a
	// *LimitError, and nothing is changed then.
	Save(ctx context.Context, owner string, d Drawing) error
	// Delete removes a drawing. One that is not there is no error.
	Delete(ctx context.Context, owner, id string) error
	// Ping fails where the other methods would.
	Ping(ctx context.Context) error
	// Close ends the store.
	Close() error
}

// Errors of Check.
var (
	ErrID      = fmt.Errorf("id is not text of at most %d bytes", MaxID)
	ErrSize    = fmt.Errorf("the drawing is larger than %d bytes", MaxActions)
	ErrActions = errors.New("actions is not a JSON array")
	ErrDepth   = fmt.Errorf("actions is nested deeper than %d levels", MaxDepth)
)

// LimitError says that an owner has no room for a drawing.
type LimitError struct{ Limits }

func (e *LimitError) Error() string {
	return fmt.Sprintf("there is room for %d drawings and %d bytes", e.Drawings, e.Bytes)
}

// Check fails with one of the errors above for what no Store should be given.
func (d Drawing) Check() error {
	if err := CheckID(d.ID); err != nil {
		return err
	}
	if len(d.Actions) > MaxActions {
		return ErrSize
	}
	text := []byte(d.Actions)
	if !utf8.Valid(text) || !startsArray(text) {
		return ErrActions
	}
	if depth(text) > MaxDepth { // before the parser goes down there
		return ErrDepth
	}
	if !json.Valid(text) {
		return ErrActions
	}
	return nil
}

// CheckID fails with ErrID.
func CheckID(id string) error {
	if id == "" || len(id) > MaxID || !utf8.ValidString(id) {
		return ErrID
	}
	for _, r := range id {
		if r == 0 { // BSON's and SQLite's tools end a text there
			return ErrID
		}
	}
	return nil
}

func startsArray(text []byte) bool {
	for _, c := range text {
		switch c {
		case ' ', '\t', '\r', '\n':
			continue
		}
		return c == '['
	}
	return false
}

// depth counts how deep brackets go outside of strings.
func depth(text []byte) (deepest int) {
	now, quoted := 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '[' || c == '{':
			now++
			deepest = max(deepest, now)
		case c == ']' || c == '}':
			now--
		}
	}
	return deepest
}
