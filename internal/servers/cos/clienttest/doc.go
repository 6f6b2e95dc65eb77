// Package clienttest lets the clients that people use work against the local
// store, unchanged: here the Go SDK. A client in another language gets a folder
// of its own below this one, with its test in a Go file beside it that skips,
// visibly, where the client cannot be installed.
//
// It holds tests only, and knows the store by its address alone: what a test
// needs of it a client must be able to ask for.
package clienttest
