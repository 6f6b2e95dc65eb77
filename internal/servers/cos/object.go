package cos

import (
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/wecos-go/wecos/internal/servers/cos/disk"
)

// keptHeaders are stored with an object and served with it, besides
// x-cos-meta-*.
var keptHeaders = []string{
	"Content-Type", "Cache-Control", "Content-Disposition", "Content-Encoding", "Content-Language", "Expires",
}

const metaPrefix = "X-Cos-Meta-"

// maxMeta bounds the kept headers together, as COS does for x-cos-meta-*.
const maxMeta = 8 << 10

// keep takes from h what is stored with an object. A form may hold what no
// header can, and what no client would read from one.
func keep(h http.Header) (map[string]string, error) {
	kept := make(map[string]string, 2)
	size := 0
	for _, name := range keptHeaders {
		if v := h.Get(name); v != "" {
			kept[name] = v
			size += len(v)
		}
	}
	for name, v := range h {
		if strings.HasPrefix(name, metaPrefix) && len(v) > 0 {
			kept[name] = v[0]
			size += len(name) + len(v[0])
		}
	}
	if size > maxMeta {
		return nil, errMetadataTooLarge
	}
	for name, v := range kept {
		if hasControl(v) {
			return nil, invalidArgument(strings.ToLower(name) + " holds control characters.")
		}
	}
	return kept, nil
}

func hasControl(s string) bool {
	return strings.ContainsFunc(s, func(c rune) bool { return c < ' ' && c != '\t' || c == 0x7f })
}

// put answers PUT Object in its three kinds.
func (s *Server) put(w http.ResponseWriter, q *request) error {
	switch {
	case q.Header.Get(sourceHeader) != "":
		return s.copy(w, q)
	case q.Header.Get(picHeader) != "":
		return s.putPicture(w, q)
	}
	opt, err := s.newObject(w, q, objectACLs)
	if err != nil {
		return err
	}
	info, err := q.store.Put(q.key, q.Body, opt)
	if err != nil {
		return err
	}
	stored(w, info)
	return nil
}

// content checks what the request says about its body and bounds it.
func (s *Server) content(w http.ResponseWriter, q *request) (disk.PutOptions, error) {
	opt := disk.PutOptions{Size: q.ContentLength}
	if q.ContentLength > s.opt.MaxObjectSize {
		return opt, errEntityTooLarge
	}
	if q.ContentLength < 0 {
		q.Body = http.MaxBytesReader(w, q.Body, s.opt.MaxObjectSize)
	}
	var err error
	opt.MD5, err = contentMD5(q.Header)
	return opt, err
}

// stored tells the client what was stored, so that it can compare.
func stored(w http.ResponseWriter, info disk.Info) {
	h := w.Header()
	h["Etag"] = []string{`"` + info.ETag + `"`}
	h["X-Cos-Hash-Crc64ecma"] = []string{strconv.FormatUint(info.CRC64, 10)}
	h["Content-Length"] = []string{"0"}
	w.WriteHeader(http.StatusOK)
}

// get answers GET and HEAD Object.
func (s *Server) get(w http.ResponseWriter, q *request) error {
	overrides, err := q.overrides()
	if err != nil {
		return err
	}
	o, err := q.store.Get(q.key)
	if err != nil {
		return err
	}
	defer o.Close()
	if process := q.pictureRule(); process != "" {
		return s.getPicture(w, q, o, process)
	}
	h := w.Header()
	for name, v := range o.Info.Header {
		h[name] = []string{v}
	}
	for name, v := range overrides {
		h[name] = []string{v}
	}
	if h["Content-Type"] == nil {
		h["Content-Type"] = []string{"application/octet-stream"}
	}
	h["X-Cos-Hash-Crc64ecma"] = []string{strconv.FormatUint(o.Info.CRC64, 10)}
	h["X-Cos-Object-Type"] = []string{"normal"}
	if o.Info.Appendable {
		h["X-Cos-Object-Type"] = []string{"appendable"}
		h["X-Cos-Next-Append-Position"] = []string{strconv.FormatInt(o.Info.Size, 10)}
	}
	if class := storageClass(o.Info.Attr); class != "STANDARD" {
		h["X-Cos-Storage-Class"] = []string{class}
	}
	if n := tagCount(o.Info.Attr); n != nil {
		h["X-Cos-Tagging-Count"] = n
	}
	if h["Content-Encoding"] != nil {
		h["Content-Length"] = []string{strconv.FormatInt(o.Info.Size, 10)} // ServeContent leaves it out then
	}
	serveContent(w, q, `"`+o.Info.ETag+`"`, o.Info.ModTime, o)
	return nil
}

// serveContent answers ranges and conditions.
func serveContent(w http.ResponseWriter, q *request, etag string, changed time.Time, content io.ReadSeeker) {
	h := w.Header()
	h["Etag"] = []string{etag} // ServeContent looks for this spelling
	// What somebody stored must not act on what else has this address.
	h["Content-Security-Policy"] = []string{"sandbox"}
	h["X-Content-Type-Options"] = []string{"nosniff"}
	if conditional(q.Header) {
		w = &xmlErrors{ResponseWriter: w, r: q.Request}
	}
	http.ServeContent(w, q.Request, "", changed, content)
}

// overridable are the headers that a signed request may choose.
var overridable = map[string]string{
	"response-content-type": "Content-Type", "response-content-language": "Content-Language",
	"response-expires": "Expires", "response-cache-control": "Cache-Control",
	"response-content-disposition": "Content-Disposition", "response-content-encoding": "Content-Encoding",
}

// overrides reads the response-* parameters.
func (q *request) overrides() (map[string]string, error) {
	var set map[string]string
	for _, p := range q.params {
		name := overridable[p.name]
		if name == "" {
			continue
		}
		if !q.signed {
			return nil, errAnonymous
		}
		if hasControl(p.value) {
			return nil, invalidArgument(p.name + " holds control characters.")
		}
		if set == nil {
			set = make(map[string]string)
		}
		set[name] = p.value
	}
	return set, nil
}

func conditional(h http.Header) bool {
	for _, name := range []string{"Range", "If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since"} {
		if h[name] != nil {
			return true
		}
	}
	return false
}

// xmlErrors gives the errors of ServeContent the body that COS clients expect.
type xmlErrors struct {
	http.ResponseWriter
	r      *http.Request
	failed bool
}

func (w *xmlErrors) WriteHeader(status int) {
	switch status {
	case http.StatusPreconditionFailed:
		w.failed = true
		writeError(w.ResponseWriter, w.r, errPrecondition)
	case http.StatusRequestedRangeNotSatisfiable:
		w.failed = true
		writeError(w.ResponseWriter, w.r, errInvalidRange)
	default:
		w.ResponseWriter.WriteHeader(status)
	}
}

// Unwrap is for http.ResponseController.
func (w *xmlErrors) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *xmlErrors) Write(p []byte) (int, error) {
	if w.failed {
		return len(p), nil
	}
	return w.ResponseWriter.Write(p)
}

func (s *Server) delete(w http.ResponseWriter, q *request) error {
	if err := q.store.Delete(q.key); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// location is the address of an object, without a scheme.
func (q *request) location(key string) string {
	parts := strings.Split(key, "/")
	for i, p := range parts {
		parts[i] = encode(p)
	}
	return q.Host + "/" + strings.Join(parts, "/")
}

func timestamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }
