package conn

import (
	"errors"

	"golang.org/x/sys/windows"
)

func addrInUse(err error) bool {
	// A port that another program has exclusively answers WSAEACCES.
	return errors.Is(err, windows.WSAEADDRINUSE) || errors.Is(err, windows.WSAEACCES)
}

func addrNotHere(err error) bool { return errors.Is(err, windows.WSAEADDRNOTAVAIL) }
