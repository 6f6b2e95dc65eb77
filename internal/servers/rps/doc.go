// Package rps is the back end of rock, paper, scissors: it seats players in
// rooms, times and judges their games, and keeps scores and streaks, for every
// client that speaks Socket.IO.
//
// A node owns the rooms that were opened on it, each behind one lock; players
// may be connected to any node. What nodes share lies behind [Lobby]: with
// [NewHub] nothing but memory, with package lobby a Redis.
//
// It judges nothing by what a client says of itself: a seat belongs to an id
// that the server gave. It never imports another app.
package rps
