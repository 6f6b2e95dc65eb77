package album

import (
	"errors"
	"net/http"

	"github.com/wecos-go/wecos/internal/servers/kit"
)

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
	begin := head{of: &s.heads}
	defer begin.drop()
	whole, err := begin.read(f)
	if err != nil {
		return "", err
	}
	k, ok := kindOf(begin.data)
	if !ok {
		return "", errType
	}
	size := k.scan()
	if tooMany(size.feed(begin.data)) {
		return "", errDimensions
	}
	c := Content{Type: k.mime, Head: begin.data}
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
