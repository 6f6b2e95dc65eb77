// Package clienttest lets the Socket.IO clients that people use play against
// the server, unchanged: socket.io-client 1 to 4 and weapp.socket.io, over
// WebSocket, polling, and both.
//
// It holds tests only, and knows the server by its address alone.
package clienttest
