package websocket

import (
	"bytes"
	"compress/flate"
	"io"
	"sync"

	"github.com/gobwas/ws/wsflate"
)

// rsv1 marks a compressed message (RFC 7692, section 6).
const rsv1 = 0x40

// Every message is compressed by itself: keeping a window for each connection
// would cost 32 KB and more in each direction.
func noContext() *wsflate.Extension {
	return &wsflate.Extension{Parameters: wsflate.Parameters{
		ServerNoContextTakeover: true, ClientNoContextTakeover: true,
	}}
}

// tail is what the sender left out: the empty block that ends a flush, then a
// last block, so that the decompressor sees an end.
var tail = []byte{0x00, 0x00, 0xff, 0xff, 0x01, 0x00, 0x00, 0xff, 0xff}

var (
	inflaters = sync.Pool{New: func() any { return flate.NewReader(bytes.NewReader(nil)) }}
	deflaters = sync.Pool{New: func() any {
		w, err := flate.NewWriter(io.Discard, flate.BestSpeed)
		if err != nil {
			panic(err) // BestSpeed is a level
		}
		return w
	}}
)

// inflate decompresses a message of at most max bytes.
func inflate(message []byte, max int) ([]byte, error) {
	r := inflaters.Get().(io.ReadCloser)
	defer inflaters.Put(r)
	src := io.MultiReader(bytes.NewReader(message), bytes.NewReader(tail))
	if err := r.(flate.Resetter).Reset(src, nil); err != nil {
		return nil, &ProtocolError{StatusInvalid, "a message cannot be decompressed"}
	}
	out, err := io.ReadAll(io.LimitReader(r, int64(max)+1))
	if err != nil {
		return nil, &ProtocolError{StatusInvalid, "a message cannot be decompressed"}
	}
	if len(out) > max {
		return nil, &ProtocolError{StatusTooBig, "a message is too long"}
	}
	return out, nil
}

func appendDeflated(frames []byte, kind Kind, head, body []byte) []byte {
	var b bytes.Buffer
	w := deflaters.Get().(*flate.Writer)
	defer deflaters.Put(w)
	w.Reset(&b)
	_, _ = w.Write(head) // a bytes.Buffer takes everything
	_, _ = w.Write(body)
	_ = w.Flush()
	small := bytes.TrimSuffix(b.Bytes(), tail[:4])
	frames = appendHeader(frames, rsv1|byte(kind), len(small))
	return append(frames, small...)
}
