package scan

import (
	"crypto/sha256"
	"hash"
	"io"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wecos-go/wecos/internal/rewrite"
	"github.com/wecos-go/wecos/internal/rewrite/source"
)

// maxSource bounds one source file in bytes. The platform takes packages of
// 2 MiB, so that what is larger is not code that runs.
const maxSource = 32 << 20

// readFiles reads the sources among files, hashes the candidate images and looks
// at the others, with several goroutines. It waits for all of them.
func (w *walk) readFiles(files []File) error {
	workers := w.workers
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	var next atomic.Int64
	var group sync.WaitGroup
	for range min(workers, len(files)) {
		group.Go(func() {
			r := reader{walk: w, hash: sha256.New(), buf: make([]byte, 64<<10)}
			for w.ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= len(files) {
					return
				}
				r.read(&files[i])
			}
		})
	}
	group.Wait()
	return w.ctx.Err()
}

// reader is what one goroutine uses for one file after another.
type reader struct {
	*walk
	hash hash.Hash
	buf  []byte
}

// read fills in what only the file itself can tell.
func (r *reader) read(f *File) {
	if f.Kind == source.Other && !f.Candidate() {
		r.look(f)
		return
	}
	err := r.content(f)
	if err == nil {
		return
	}
	f.Data, f.Sum = nil, [32]byte{}
	r.problem(f.Path, err, f.Kind != source.Other)
	if f.Image {
		f.Keep, f.Hint = rewrite.Unreadable, plain(err).Error()
	}
	if f.Mode == 0 {
		r.look(f)
	}
}

// look takes size, mode and time of a file that is not read.
func (r *reader) look(f *File) {
	info, err := os.Stat(r.abs(f.Path))
	if err != nil {
		if f.Keep != rewrite.Unreadable && f.Kind == source.Other {
			r.problem(f.Path, err, false)
		}
		return
	}
	f.Size, f.Mode, f.ModTime = info.Size(), info.Mode(), info.ModTime()
}

func (r *reader) content(f *File) error {
	began := time.Now()
	file, err := os.Open(r.abs(f.Path))
	if err != nil {
		return err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	f.Size, f.Mode, f.ModTime, f.Info, f.ReadAt = info.Size(), info.Mode(), info.ModTime(), info, began
	if !info.Mode().IsRegular() {
		return errNotRegular
	}
	if err := r.fault(f.Path); err != nil {
		return err
	}
	if f.Kind != source.Other {
		data, err := readAll(file, f.Size, maxSource)
		if err != nil {
			return err
		}
		f.Data, f.Size, f.Sum = data, int64(len(data)), sha256.Sum256(data)
		return nil
	}
	r.hash.Reset()
	// The struct hides File.WriteTo, which would not use the buffer.
	n, err := io.CopyBuffer(r.hash, struct{ io.Reader }{file}, r.buf)
	if err != nil {
		return err
	}
	f.Size = n
	r.hash.Sum(f.Sum[:0])
	if n == 0 {
		f.Keep, f.Hint = rewrite.Empty, "the file is empty"
	}
	return nil
}
