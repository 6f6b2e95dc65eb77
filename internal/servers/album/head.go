package album

import (
	"io"
	"sync/atomic"
)

const (
	// headSize is how much of a picture is read before it goes on. Smaller ones
	// are sent with their length, and again if need be.
	headSize = 256 << 10
	// firstHead is what every upload has for that without asking.
	firstHead = 4 << 10
	// maxHeads bounds the rest of it, of all uploads together: clients may send
	// so slowly that thousands of them are under way.
	maxHeads = 32 << 20
)

// heads counts the memory that beginnings of pictures take. Where there is no
// more, a picture goes on with less of a beginning: nobody waits for it, and
// only another attempt at the store is lost.
type heads struct{ used atomic.Int64 }

// take takes n bytes if there are so many.
func (h *heads) take(n int64) bool {
	if h.used.Add(n) <= maxHeads {
		return true
	}
	h.used.Add(-n)
	return false
}

// head is the beginning of one picture, in a buffer that grows with it.
type head struct {
	of    *heads
	data  []byte
	taken int64
}

// read reads the beginning of r, which is whole when there is no more.
func (h *head) read(r io.Reader) (whole bool, err error) {
	h.data = make([]byte, 0, firstHead)
	for {
		for len(h.data) < cap(h.data) {
			n, err := r.Read(h.data[len(h.data):cap(h.data)])
			h.data = h.data[:len(h.data)+n]
			if err == io.EOF {
				return true, nil
			}
			if err != nil {
				return false, err
			}
		}
		if !h.grow() {
			return false, nil
		}
	}
}

// grow makes room for four times as much.
func (h *head) grow() bool {
	size := 4 * cap(h.data)
	if size > headSize || !h.of.take(int64(size)) {
		return false
	}
	h.data = append(make([]byte, 0, size), h.data...)
	h.of.used.Add(-h.taken) // of the buffer before
	h.taken = int64(size)
	return true
}

// drop gives the memory back.
func (h *head) drop() {
	h.data = nil
	h.of.used.Add(-h.taken)
	h.taken = 0
}
