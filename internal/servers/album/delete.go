package album

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/wecos-go/wecos/internal/servers/kit"
)

var (
	errForbidden = errors.New("the path is not one of a picture in the folder")
	errMalformed = errors.New("the path is not well percent-encoded")
)

// delete removes the picture that the field "filepath" names.
func (s *Server) delete(w http.ResponseWriter, r *http.Request) error {
	fields, err := kit.ReadFields(w, r, 0)
	if err != nil {
		return err
	}
	if why, ok := s.refusal(r); !ok {
		return failure(w, r, msgFailed, why)
	}
	path, _ := fields.String("filepath")
	key, err := s.keyOf(path)
	switch {
	case errors.Is(err, errMalformed):
		return failure(w, r, msgFailed, malformed)
	case err != nil:
		return failure(w, r, msgFailed, forbidden)
	}
	err = s.store.Delete(r.Context(), key)
	s.listing.changed()
	if err != nil {
		kit.Log(r.Context()).Error("a picture was not deleted", "error", err)
		return failure(w, r, msgFailed, storage)
	}
	s.thumbs.forget(key)
	s.counted.deletes.Inc()
	return reply(w, r, struct{}{})
}

// keyOf finds the key that a path means: that of a picture's address, or the key
// with a slash in front. Both may be percent-encoded, as by encodeURIComponent,
// which is why no folder has a percent sign. The errors are errMalformed and
// errForbidden.
func (s *Server) keyOf(path string) (string, error) {
	path, err := url.PathUnescape(path)
	if err != nil || !utf8.ValidString(path) {
		return "", errMalformed
	}
	key, ok := strings.CutPrefix(path, s.prefix)
	if !ok {
		key, ok = strings.CutPrefix(path, "/")
	}
	if !ok || !validKey(key) || !strings.HasPrefix(key, s.folder) || key == s.folder {
		return "", errForbidden
	}
	return key, nil
}
