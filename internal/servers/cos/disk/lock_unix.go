//go:build unix && !solaris && !aix

package disk

import (
	"os"
	"syscall"
)

// tryLock takes the lock on f without waiting. Closing f, or the end of the
// process, gives it back.
func tryLock(f *os.File) error {
	return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
}
