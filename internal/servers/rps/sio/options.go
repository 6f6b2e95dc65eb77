package sio

import (
	"log/slog"
	"net/http"
	"net/netip"
	"time"
)

// Options set up a [Server]. The zero value is of use: every field has a
// default.
type Options struct {
	// PingInterval and PingTimeout are the rhythm of heartbeats, which clients
	// are told: a connection that is silent for their sum has ended. 25 s and
	// 20 s by default. A client of revision 3, which should send pings but does
	// not, is kept for as long as it answers WebSocket pings.
	PingInterval, PingTimeout time.Duration
	// ConnectTimeout is how long a client of revision 4 may take to connect to
	// a namespace; 45 s by default.
	ConnectTimeout time.Duration
	// UpgradeTimeout is how long the change from polling to WebSocket may take;
	// 10 s by default.
	UpgradeTimeout time.Duration
	// CloseTimeout is how long a connection that the server ends may take to
	// fetch what was sent last; 5 s by default.
	CloseTimeout time.Duration

	// MaxPayload is how large a message, or a request with several of them, may
	// be, in bytes; 1,000,000 by default. An event and its attachments count
	// together.
	MaxPayload int
	// MaxAttachments is how many binary attachments an event may have; 10 by
	// default.
	MaxAttachments int

	// Origins are the origins, such as "https://example.com", whose pages may
	// connect. None means all; a client that names no origin is no page and is
	// not asked.
	Origins []string
	// MaxSessions limits the connections, MaxPerAddress those of one address;
	// 0 means no limit.
	MaxSessions, MaxPerAddress int
	// Address finds the client's address; by default it is the other end of
	// the HTTP connection. Behind a proxy that is the proxy.
	Address func(*http.Request) netip.Addr
	// PacketRate is how many packets a second a client may send in the long
	// run, PacketBurst how many at once (by default one second's worth). A
	// client that sends more is disconnected. 0 means no limit.
	PacketRate  float64
	PacketBurst int

	// SendQueue is how many bytes may wait for a client, overheads included;
	// 1 MiB by default. Slow is what happens when there are more.
	SendQueue int
	Slow      SlowPolicy

	// Compress offers permessage-deflate to WebSocket clients, for messages of
	// 1 KiB and more.
	Compress bool

	// Log takes what an operator should know: handlers that panicked. By
	// default it is slog.Default().
	Log *slog.Logger
}

// SlowPolicy says what happens to a client whose queue is full.
type SlowPolicy int

const (
	// SlowClose ends the connection: what the client has missed it will not
	// notice otherwise.
	SlowClose SlowPolicy = iota
	// SlowDrop drops the message; Emit returns [ErrQueueFull].
	SlowDrop
)

const compressFrom = 1 << 10 // bytes; less does not get smaller

func (o *Options) setDefaults() {
	positive(&o.PingInterval, 25*time.Second)
	positive(&o.PingTimeout, 20*time.Second)
	positive(&o.ConnectTimeout, 45*time.Second)
	positive(&o.UpgradeTimeout, 10*time.Second)
	positive(&o.CloseTimeout, 5*time.Second)
	positive(&o.MaxPayload, 1_000_000)
	positive(&o.MaxAttachments, 10)
	positive(&o.SendQueue, 1<<20)
	positive(&o.PacketBurst, max(1, int(o.PacketRate)))
	if o.Address == nil {
		o.Address = remoteAddress
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
}

func positive[T int | time.Duration](v *T, otherwise T) {
	if *v <= 0 {
		*v = otherwise
	}
}

func remoteAddress(r *http.Request) netip.Addr {
	// Without a port, as behind a Unix socket, the zero address stands for all.
	p, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	return p.Addr().Unmap()
}
