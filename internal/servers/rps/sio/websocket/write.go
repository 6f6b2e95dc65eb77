package websocket

import "encoding/binary"

// Append appends one frame to frames: a whole message, or a control frame,
// that consists of head and body together.
func (c *Conn) Append(frames []byte, kind Kind, head, body []byte) []byte {
	size := len(head) + len(body)
	if c.deflate && kind < Close && size >= c.compressFrom {
		return appendDeflated(frames, kind, head, body)
	}
	frames = appendHeader(frames, byte(kind), size)
	frames = append(frames, head...)
	return append(frames, body...)
}

// AppendClose appends a close frame with a code and no reason.
func AppendClose(frames []byte, code int) []byte {
	frames = appendHeader(frames, byte(Close), 2)
	return binary.BigEndian.AppendUint16(frames, uint16(code))
}

// appendHeader appends the header of a final frame; a server's are not masked.
func appendHeader(frames []byte, first byte, size int) []byte {
	frames = append(frames, 0x80|first)
	switch {
	case size < 126:
		return append(frames, byte(size))
	case size < 1<<16:
		return binary.BigEndian.AppendUint16(append(frames, 126), uint16(size))
	}
	return binary.BigEndian.AppendUint64(append(frames, 127), uint64(size))
}
