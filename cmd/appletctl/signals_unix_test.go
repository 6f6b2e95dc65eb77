//go:build unix

package main

import (
	"os"
	"syscall"
)

var signals = map[string]os.Signal{"INT": syscall.SIGINT, "TERM": syscall.SIGTERM}
