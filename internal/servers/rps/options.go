package rps

import (
	"net/http"
	"net/netip"
	"time"
)

// Options set up a [Server]. Zero values stand for the defaults.
type Options struct {
	// Lobby is what this node shares with others; by default there are none.
	// The server closes it.
	Lobby Lobby
	// RootPath is where Socket.IO is served; "/applet/websocket/socket.io" by
	// default. AltPath works as well.
	RootPath string
	// Page answers what is not Socket.IO; by default that is Alive.
	Page http.Handler

	// RoomSize is how many play together, 2 to 8; 2 by default.
	RoomSize int
	// GameTime is how long a game lasts; 3 s by default.
	GameTime time.Duration
	// RobotWait is how long somebody waits for people; 1 s by default.
	RobotWait time.Duration
	// RobotStrength is how often robots play against the habits that they have
	// seen, from 0, at random, to 1.
	RobotStrength float64
	// ResumeTime is how long the seat of a player is kept whose connection is
	// gone; 30 s by default.
	ResumeTime time.Duration

	// PingInterval and PingTimeout are the heartbeat's; 25 s and 60 s by
	// default, as in the original.
	PingInterval, PingTimeout time.Duration
	// Origins are the pages that may connect; none means all.
	Origins []string
	// MaxConns limits the connections, 20,000 by default; MaxPerAddress those
	// of one address, 200 by default. Negative is no limit.
	MaxConns, MaxPerAddress int
	// EventRate is how many packets a second a client may send in the long run,
	// 20 by default, and EventBurst at once, 60 by default. Negative is no
	// limit.
	EventRate  float64
	EventBurst int
	// MaxMessage is the largest message, in bytes; 16 KiB by default.
	MaxMessage int
	// Address finds a client's address; by default the other end of the
	// connection.
	Address func(*http.Request) netip.Addr
}

// Name is the server's, in commands, logs and metrics.
const Name = "rps"

// Paths of Socket.IO.
const (
	DefaultPath = "/applet/websocket/socket.io"
	AltPath     = "/applet/ws/socket.io"
)

// MaxRoomSize is how many can play together.
const MaxRoomSize = 8

func (o *Options) setDefaults() {
	if o.Lobby == nil {
		o.Lobby = NewHub().Lobby("only")
	}
	if o.RootPath == "" {
		o.RootPath = DefaultPath
	}
	def(&o.RoomSize, 2)
	o.RoomSize = min(max(o.RoomSize, 2), MaxRoomSize)
	def(&o.GameTime, 3*time.Second)
	def(&o.RobotWait, time.Second)
	def(&o.ResumeTime, 30*time.Second)
	def(&o.PingInterval, 25*time.Second)
	def(&o.PingTimeout, 60*time.Second)
	def(&o.MaxConns, 20_000)
	def(&o.MaxPerAddress, 200)
	def(&o.EventRate, 20)
	def(&o.EventBurst, 60)
	def(&o.MaxMessage, 16<<10)
}

func def[T int | float64 | time.Duration](v *T, standard T) {
	if *v == 0 {
		*v = standard
	}
}
