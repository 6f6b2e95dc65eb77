// Package sio is a Socket.IO server: revisions 4 and 5 of the Socket.IO
// protocol over revisions 3 and 4 of Engine.IO, by WebSocket and by HTTP long
// polling with upgrade. So every client since socket.io-client 1.0 is
// understood, and a plain WebSocket that speaks the protocol by itself.
//
// A [Server] is an http.Handler. Its namespaces have handlers for events; what
// the handlers of one connection do happens one after the other, in the order
// of what arrived, and never at the same time. Sending never blocks: each
// connection has a queue with a limit, one writer, and a policy for clients
// that do not keep up ([Options].Slow).
//
// Everything that a client may get wrong ends its own connection, with a
// status that says why, and nothing else. Messages, attachments, packets a
// second, connections, and what waits to be sent are all limited.
//
// The server must not stand behind an http.ServeMux: clients ask for paths
// with two slashes, which it redirects. http.Server.Shutdown does not know of
// WebSockets: call [Server.Close] before it.
//
// The package knows nothing of what is said over its connections.
//
// The specifications are those of github.com/socketio/engine.io-protocol and
// github.com/socketio/socket.io-protocol; the comments here name them
// "Engine.IO" and "Socket.IO". JSONP polling is left out on purpose.
package sio
