//go:build !windows

package conn

import (
	"errors"
	"syscall"
)

func addrInUse(err error) bool { return errors.Is(err, syscall.EADDRINUSE) }

func addrNotHere(err error) bool { return errors.Is(err, syscall.EADDRNOTAVAIL) }
