//go:build !windows

package safefs

import (
	"io/fs"
	"os"
	"syscall"
)

// openFolder opens a folder in a way that it can be synced.
func openFolder(folder *os.Root) (*os.File, error) { return folder.Open(".") }

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
