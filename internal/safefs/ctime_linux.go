package safefs

import (
	"io/fs"
	"syscall"
	"time"
)

// changeTime returns when content, name or rights of a file last changed.
func changeTime(info fs.FileInfo) (time.Time, bool) {
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return time.Time{}, false
	}
	return time.Unix(st.Ctim.Unix()), true
}
