// Package video is the back end of the film list with comments: requests,
// rules, and what it asks of a store. It speaks the wire format of the demo
// that people know, and mends what that got wrong.
//
// It never writes SQL and never opens a database; its stores lie in sqlstore.
package video

import (
	"context"
	"errors"
)

// PageSize is how many films a page of the list has; the clients count on it.
const PageSize = 6

// The limits of a comment, in characters (code points).
const (
	MaxNick    = 255
	MaxAvatar  = 1024
	MaxContent = 1000
)

// MaxComments is how many comments one answer has at the most. A call without
// limit gets the newest of them, and before reaches the others.
const MaxComments = 1000

// The limits of a film, in characters.
const (
	MaxTitle = 255
	MaxURL   = 1024
)

// ErrNoFilm says that a comment's film does not exist.
var ErrNoFilm = errors.New("there is no such film")

// Film is one row of the table video, in the words of its clients.
type Film struct {
	ID    int64  `json:"id"`
	Title string `json:"video_title"`
	// Image and URL are addresses; sample:NAME is a file of Options.Samples.
	Image string `json:"video_image"`
	URL   string `json:"video_url"`
}

// Comment is one row of the table comment, in the words of its clients.
type Comment struct {
	ID      int64  `json:"id"`
	Film    int64  `json:"vid"`
	Nick    string `json:"nick"`
	Avatar  string `json:"avatar"` // https, or empty
	Content string `json:"content"`
}

// Store keeps films and comments. Every implementation passes the suite of
// package storetest. All methods may be called at the same time, and end soon
// after their context.
type Store interface {
	// Films returns at most limit films by ascending id, without the first
	// offset, and how many there are in all.
	Films(ctx context.Context, offset, limit int) (films []Film, total int, err error)
	// Comments returns at most limit comments of a film, the newest first.
	// Those with an id of before or above are left out, unless before is 0. A
	// film that does not exist has none.
	Comments(ctx context.Context, film, before int64, limit int) ([]Comment, error)
	// AddComment stores a comment under a new id, higher than all others. It is
	// ErrNoFilm when its film does not exist.
	AddComment(ctx context.Context, c Comment) (id int64, err error)
	// AddFilm stores a film under a new id, higher than all others.
	AddFilm(ctx context.Context, f Film) (id int64, err error)
	// Import stores films and comments that refer to each other, all or
	// nothing.
	Import(ctx context.Context, in Import) (Imported, error)
	// Ping returns nil when the store can answer.
	Ping(ctx context.Context) error
	// Close ends all use of the store.
	Close() error
}

// Import is what Store.Import takes: rows with the ids that they had elsewhere.
// An id of 0 is none.
type Import struct {
	Films    []Film
	Comments []Comment // their films are ids of Films, or of the store's
	// Replace removes all that the store had before.
	Replace bool
}

// Imported counts what Store.Import did. A row that the store has already, with
// the same words, is left alone; an id that another row has is replaced by a
// new one, also in the comments of that film.
type Imported struct {
	Films, Comments                 int // stored
	KnownFilms, KnownComments       int // were there already
	RenumberedFilms, OrphanComments int // under another id; of no film, and left out
}
