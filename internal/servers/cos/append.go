package cos

import (
	"encoding/hex"
	"net/http"
	"strconv"
)

// append answers APPEND Object (document 436/7741).
func (s *Server) append(w http.ResponseWriter, q *request) error {
	position, err := strconv.ParseInt(q.param("position"), 10, 64)
	if err != nil || position < 0 {
		return invalidArgument("position must be a number.")
	}
	opt, err := s.newObject(w, q, objectACLs)
	if err != nil {
		return err
	}
	if opt.Size < 0 {
		return errMissingLength
	}
	if position > s.opt.MaxObjectSize-opt.Size {
		return errEntityTooLarge
	}
	info, sum, err := q.store.Append(q.key, position, q.Body, opt)
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("X-Cos-Next-Append-Position", strconv.FormatInt(info.Size, 10))
	// Despite its name the service's header holds the MD5, and clients compare.
	h.Set("X-Cos-Content-Sha1", hex.EncodeToString(sum))
	stored(w, info)
	return nil
}
