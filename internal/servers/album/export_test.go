package album

// HeadMemory is what the beginnings of uploads under way take, in bytes.
func (s *Server) HeadMemory() int64 { return s.heads.used.Load() }

// HoldPixels takes all memory for pictures in work, until release.
func (s *Server) HoldPixels() (release func(), ok bool) {
	return func() { s.thumbs.pixels.Release(maxInWork) }, s.thumbs.pixels.TryAcquire(maxInWork)
}
