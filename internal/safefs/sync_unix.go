//go:build !windows

package safefs

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

// syncFolder makes the entries of a folder durable.
func syncFolder(folder *os.Root) error {
	d, err := folder.Open(".")
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// keepOwner gives f the owner of the file that it is going to replace, so that
// a run as root leaves no file that its owner cannot change. It is best effort:
// only root may give files away.
func keepOwner(f *os.File, old fs.FileInfo) {
	if old == nil || os.Geteuid() != 0 {
		return
	}
	if st, ok := old.Sys().(*syscall.Stat_t); ok {
		_ = f.Chown(int(st.Uid), int(st.Gid))
	}
}
