package rps

import (
	"context"
	"encoding/json"
	"errors"
	"time"
)

// A Lobby brings the players of all nodes together. Each node has one of its
// own; all of them share what is said here.
//
// Every method may be called by many goroutines, ends with its context, and
// returns an error that wraps [ErrLobby] when what is shared cannot be reached.
// A node goes on with its own rooms then.
type Lobby interface {
	// Node is this node's name, which no other live one has.
	Node() string

	// Join takes a seat in an open room: the one that has been open longest of
	// those that have not expired, whose node lives, and in which neither the
	// offer's UID nor its Player has a seat. A room without a free seat is open
	// no longer. Without such a room the offer becomes an open room of this
	// node, as by Open, and is the answer.
	//
	// It is one step for all nodes: no seat is given away twice.
	Join(ctx context.Context, offer Offer) (Place, error)
	// Open makes a room of this node open, with offer.Free seats, until
	// [OpenTime] has passed. A room that is open is opened anew.
	Open(ctx context.Context, offer Offer) error
	// Take takes all seats of an open room of this node that are still free, and
	// tells how many: then the room is open no longer. 0 is a room that was not
	// open, or had its last seat taken. Robots get their seats this way, and a
	// room that ends is taken out of the lobby.
	Take(ctx context.Context, room string) (free int, err error)

	// SaveRoom keeps what a player who comes back has to be told, for
	// [RoomTime] from now. It replaces what was kept before.
	SaveRoom(ctx context.Context, room string, state RoomState) error
	// LoadRoom returns what SaveRoom kept, or ErrNotFound.
	LoadRoom(ctx context.Context, room string) (RoomState, error)

	// SavePlayer keeps a player's record under the player's secret token, for
	// the given time from now.
	SavePlayer(ctx context.Context, token string, record []byte, keep time.Duration) error
	// TakePlayer removes a record and returns it, or ErrNotFound: only one node
	// gets it.
	TakePlayer(ctx context.Context, token string) ([]byte, error)

	// Enter notes that a player is online, and where (nil is nowhere known).
	// What a node that has died noted is void.
	Enter(ctx context.Context, player string, at *Position) error
	// Leave notes that a player is not online any more, if it was on this node
	// that it was last.
	Leave(ctx context.Context, player string) error
	// Nearby counts the players online within [NearKilometres] of at, or all of
	// them when at is nil; without the player itself.
	Nearby(ctx context.Context, player string, at *Position) (int, error)

	// Send sends a message to a node, in order with those sent before by the
	// same goroutine. It returns ErrNotFound when the node is known to be dead.
	// A node that dies loses what it has not received.
	Send(ctx context.Context, node string, message []byte) error
	// Run receives messages for this node, and tells which nodes have died, each
	// once and within five seconds, until ctx ends. It keeps this node alive for
	// the others. Messages of one sender come in order; receive and died do not
	// wait for anything.
	Run(ctx context.Context, receive func(message []byte), died func(node string)) error

	// Ready tells whether what is shared can be reached.
	Ready(ctx context.Context) error
	// Close gives back what the lobby holds, after Run has ended. The node is
	// dead to the others from then on.
	Close() error
}

// Errors of a [Lobby].
var (
	// ErrLobby wraps what keeps a lobby from what nodes share.
	ErrLobby = errors.New("the lobby cannot be reached")
	// ErrNotFound is for what is not there, or no longer.
	ErrNotFound = errors.New("not found")
)

const (
	// OpenTime is how long a room is open at most. Robots come long before.
	OpenTime = 10 * time.Second
	// RoomTime is how long a room's state is kept after it was saved last.
	RoomTime = 2 * time.Minute
	// NearKilometres is how far away a player is near.
	NearKilometres = 10
)

// An Offer is a player who looks for a seat, with the room to open if there is
// none.
type Offer struct {
	Room   string   // unique among all nodes
	Free   int      // seats that the room has for others, at least 1
	Player string   // who joins; Open has none
	UIDs   []string // of everybody in the room, the player's own first
}

// A Place is a seat in a room.
type Place struct {
	Room string
	Node string // that owns the room
	New  bool   // the room is the offer's
}

// RoomState is what a room's players were told last.
type RoomState struct {
	Node   string          `json:"node"`             // that owns the room
	Start  json.RawMessage `json:"start,omitempty"`  // of the last game
	Result json.RawMessage `json:"result,omitempty"` // of the last game, once it has ended
	Ends   time.Time       `json:"ends"`             // when the last game ends
}

// Position is a place on Earth, in degrees.
type Position struct {
	Latitude  float64 `json:"latitude"`
	Longitude float64 `json:"longitude"`
}
