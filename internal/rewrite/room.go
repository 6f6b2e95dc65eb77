package rewrite

import (
	"slices"
	"sync"
)

// room is where the longest lists of a file grow while it is extracted. Files
// come one after the other, and most of the time that growing takes is saved
// when they share it.
type room struct {
	words []Word
	refs  []Ref
	parts []part
}

var rooms = sync.Pool{New: func() any { return new(room) }}

// maxRoom bounds the elements of a list that is kept for the next file.
const maxRoom = 1 << 12

// borrow makes f grow its lists in a room of its own.
func borrow(f *Facts) *room {
	r := rooms.Get().(*room)
	f.Words, f.Refs, f.room = r.words[:0], r.refs[:0], r
	return r
}

// settle gives f lists of its own, as long as they are.
func (r *room) settle(f *Facts) {
	words, refs := f.Words, f.Refs
	f.Words, f.Refs, f.room = tight(words), tight(refs), nil
	r.words, r.refs = words, refs
}

// tight copies a list; an empty one is nil.
func tight[T any](list []T) []T {
	if len(list) == 0 {
		return nil
	}
	return slices.Clone(list)
}

// release gives the room back, without what it held.
func (r *room) release() {
	r.words, r.refs, r.parts = emptied(r.words), emptied(r.refs), emptied(r.parts)
	rooms.Put(r)
}

func emptied[T any](list []T) []T {
	if cap(list) > maxRoom {
		return nil
	}
	clear(list)
	return list[:0]
}
