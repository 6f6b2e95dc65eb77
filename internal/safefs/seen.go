package safefs

import (
	"io/fs"
	"os"
	"time"
)

// Seen is what a regular file looked like when its content was read. A file
// that still looks the same has the same content, so that it need not be read
// again: the system changes the time of change with every write, and no program
// can set it.
type Seen struct {
	// Info is from before the content was read, and from the open file.
	Info fs.FileInfo
	// At is when reading began.
	At time.Time
}

// kept reports whether t, a time of change, is one that the system sets. FAT and
// exFAT know only that of the content, which any program may set; they count it
// in hundredths of a second at best, which others hit once in a million times.
func kept(t time.Time) bool { return t.Nanosecond()%int(10*time.Millisecond) != 0 }

// settled is how old a change must be before a second one surely has another
// time: the clocks of file systems are coarse, the coarsest tick every two
// seconds.
const settled = 2 * time.Second

// still reports whether info is surely that of the file that was seen, with the
// same content. It is false where the system does not tell.
func (s *Seen) still(info fs.FileInfo) bool {
	if s == nil || s.Info == nil {
		return false
	}
	was, known := changeTime(s.Info)
	is, _ := changeTime(info)
	return known && kept(was) && was.Equal(is) && s.At.Sub(was) > settled &&
		info.Mode() == s.Info.Mode() && info.Size() == s.Info.Size() &&
		info.ModTime().Equal(s.Info.ModTime()) && os.SameFile(info, s.Info)
}
