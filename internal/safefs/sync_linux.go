package safefs

import (
	"errors"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// syncTogether makes the content of many files durable with one call for each
// file system that they are on, which is far cheaper than one for each file. It
// reports false when that is not possible.
func syncTogether(files []*os.File) (bool, error) {
	systems := map[uint64]*os.File{}
	for _, f := range files {
		info, err := f.Stat()
		if err != nil {
			return false, nil
		}
		st, ok := info.Sys().(*syscall.Stat_t)
		if !ok {
			return false, nil
		}
		systems[uint64(st.Dev)] = f
	}
	for _, f := range systems {
		conn, err := f.SyscallConn()
		if err != nil {
			return false, nil
		}
		var syncErr error
		if err := conn.Control(func(fd uintptr) { syncErr = unix.Syncfs(int(fd)) }); err != nil {
			return false, nil
		}
		if errors.Is(syncErr, unix.ENOSYS) || errors.Is(syncErr, unix.EPERM) {
			return false, nil
		}
		if syncErr != nil {
			return true, &os.PathError{Op: "sync", Path: f.Name(), Err: syncErr}
		}
	}
	return true, nil
}
