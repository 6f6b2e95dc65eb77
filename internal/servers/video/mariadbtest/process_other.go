//go:build !linux

package mariadbtest

import "syscall"

// Without these signals a server cannot be paused.
const (
	pause  = syscall.SIGKILL
	resume = syscall.SIGKILL
)

func attributes() *syscall.SysProcAttr { return nil }
