package cos

import (
	"crypto/md5"
	"encoding/base64"
	"net/http"
	"net/url"
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
	return kept, nil
}

func (s *Server) put(w http.ResponseWriter, q *request) error {
	header, err := keep(q.Header)
	if err != nil {
		return err
	}
	opt, err := s.content(w, q)
	if err != nil {
		return err
	}
	opt.Header = header
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
	if v := q.Header.Get("Content-Md5"); v != "" {
		sum, err := base64.StdEncoding.DecodeString(v)
		if err != nil || len(sum) != md5.Size {
			return opt, errInvalidDigest
		}
		opt.MD5 = sum
	}
	return opt, nil
}

// stored tells the client what was stored, so that it can compare.
func stored(w http.ResponseWriter, info disk.Info) {
	h := w.Header()
	h["Etag"] = []string{`"` + info.ETag + `"`}
	h["X-Cos-Hash-Crc64ecma"] = []string{strconv.FormatUint(info.CRC64, 10)}
	h["Content-Length"] = []string{"0"}
	w.WriteHeader(http.StatusOK)
}

func (s *Server) get(w http.ResponseWriter, q *request) error {
	o, err := q.store.Get(q.key)
	if err != nil {
		return err
	}
	defer o.Close()
	h := w.Header()
	for name, v := range o.Info.Header {
		h[name] = []string{v}
	}
	if h["Content-Type"] == nil {
		h["Content-Type"] = []string{"application/octet-stream"}
	}
	h["Etag"] = []string{`"` + o.Info.ETag + `"`} // ServeContent looks for this spelling
	h["X-Cos-Hash-Crc64ecma"] = []string{strconv.FormatUint(o.Info.CRC64, 10)}
	h["X-Cos-Object-Type"] = []string{"normal"}
	if conditional(q.Header) {
		w = &xmlErrors{ResponseWriter: w, r: q.Request}
	}
	http.ServeContent(w, q.Request, "", o.Info.ModTime, o)
	return nil
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

func (s *Server) copy(w http.ResponseWriter, q *request) error {
	host, path, ok := strings.Cut(strings.TrimPrefix(q.Header.Get("X-Cos-Copy-Source"), "/"), "/")
	path, _, _ = strings.Cut(path, "?") // a version, of which there is one
	key, err := url.PathUnescape(path)
	if !ok || err != nil || disk.CheckKey(key) != nil {
		return invalidArgument("x-cos-copy-source must read host/key.")
	}
	_, from, err := s.bucketOf(host)
	if err != nil {
		return err
	}
	o, err := from.Get(key)
	if err != nil {
		return err
	}
	defer o.Close()
	header := o.Info.Header
	if strings.EqualFold(q.Header.Get("X-Cos-Metadata-Directive"), "Replaced") {
		if header, err = keep(q.Header); err != nil {
			return err
		}
	}
	info, err := q.store.Put(q.key, o, disk.PutOptions{Size: o.Info.Size, Header: header})
	if err != nil {
		return err
	}
	w.Header()["X-Cos-Hash-Crc64ecma"] = []string{strconv.FormatUint(info.CRC64, 10)}
	b := newXML("CopyObjectResult")
	element(b, "ETag", `"`+info.ETag+`"`)
	element(b, "CRC64", strconv.FormatUint(info.CRC64, 10))
	element(b, "LastModified", timestamp(info.ModTime))
	return endXML(w, b, "CopyObjectResult")
}

func timestamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }
