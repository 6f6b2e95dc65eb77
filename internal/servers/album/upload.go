package album

import (
	"errors"
	"io"
	"net/http"
	"sync"

	"github.com/wecos-go/wecos/internal/servers/kit"
)

// headSize is how much of a picture is read before it goes on. Smaller ones are
// sent with their length, and again if need be.
const headSize = 256 << 10

var heads = sync.Pool{New: func() any { return new([headSize]byte) }}

// uploaded is the data of a successful upload.
type uploaded struct {
	ImgURL string `json:"imgUrl"`
}

// upload takes the file "image" of a form.
func (s *Server) upload(w http.ResponseWriter, r *http.Request) error {
	if why, ok := s.refusal(r); !ok {
		drain(r)
		s.counted.upload("refused")
		msg := msgToken
		if why == forbidden {
			msg = msgFailed
		}
		return failure(w, r, msg, why)
	}
	key, err := s.take(r)
	if err == nil {
		s.counted.upload("ok")
		return reply(w, r, uploaded{s.address(r, key, 0)})
	}
	msg, result := uploadFailure(err)
	s.counted.upload(result)
	if result == "storage" {
		kit.Log(r.Context()).Error("a picture was not stored", "error", err)
	}
	drain(r)
	return failure(w, r, msg, nil)
}

// uploadFailure words an error of take, and names it for the metrics.
func uploadFailure(err error) (msg, result string) {
	for _, known := range []struct {
		err         error
		msg, result string
	}{
		{errField, msgParameter, "field"},
		{errType, msgType, "type"},
		{errSize, msgSize, "size"},
		{errDimensions, msgDimensions, "dimensions"},
		{errForm, msgUpload, "form"},
		{ErrFull, msgFull, "full"},
	} {
		if errors.Is(err, known.err) {
			return known.msg, known.result
		}
	}
	return msgUpload, "storage"
}

var errType = errors.New("the file is neither JPEG nor PNG")

// take streams the picture of a form into the store and returns its key. An
// error of the client's comes before one of the store's.
func (s *Server) take(r *http.Request) (key string, err error) {
	f, err := openFile(r, "image")
	if err != nil {
		return "", err
	}
	buf := heads.Get().(*[headSize]byte)
	defer heads.Put(buf)
	n, err := io.ReadFull(f, buf[:])
	whole := err == io.EOF || err == io.ErrUnexpectedEOF
	if err != nil && !whole {
		return "", err
	}
	head := buf[:n]
	k, ok := kindOf(head)
	if !ok {
		return "", errType
	}
	size := k.scan()
	if tooMany(size.feed(head)) {
		return "", errDimensions
	}
	c := Content{Type: k.mime, Head: head}
	var rest *bounded
	if !whole {
		rest = &bounded{r: f, size: size}
		c.Rest = rest
	}
	key = s.newKey(k.suffix)
	err = s.store.Put(r.Context(), key, c)
	s.listing.changed()
	if err != nil && rest != nil && rest.err != nil {
		return "", rest.err
	}
	return key, err
}
