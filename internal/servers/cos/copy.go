package cos

import (
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/wecos-go/wecos/internal/servers/cos/disk"
)

const sourceHeader = "X-Cos-Copy-Source"

// source is the object that a copy reads. The caller closes it.
type source struct {
	*disk.Object
	server *Server
	bucket *bucket
}

func (c *source) Close() {
	c.Object.Close()
	c.server.release(c.bucket)
}

// copySource opens what x-cos-copy-source names, if its conditions hold.
func (s *Server) copySource(q *request) (*source, error) {
	host, path, ok := strings.Cut(strings.TrimPrefix(q.Header.Get(sourceHeader), "/"), "/")
	path, _, _ = strings.Cut(path, "?") // a version, of which there is one
	key, err := url.PathUnescape(path)
	if !ok || err != nil || disk.CheckKey(key) != nil {
		return nil, errCopySource
	}
	b, err := s.acquire(s.bucketOf(host))
	if err != nil {
		return nil, err
	}
	o, err := b.store.Get(key)
	if err == nil {
		if err = sourceConditions(q.Header, o.Info); err == nil {
			return &source{Object: o, server: s, bucket: b}, nil
		}
		o.Close()
	}
	s.release(b)
	return nil, err
}

// sourceConditions checks x-cos-copy-source-If-*. Where two of them
// contradict each other the tag decides, as in RFC 9110.
func sourceConditions(h http.Header, info disk.Info) error {
	const prefix = sourceHeader + "-If-"
	tag := `"` + info.ETag + `"`
	same := func(v string) bool { return v == "*" || v == tag || v == info.ETag }
	changed := func(v string) bool {
		t, err := http.ParseTime(v)
		return err != nil || info.ModTime.Truncate(time.Second).After(t)
	}
	if v := h.Get(prefix + "Match"); v != "" {
		if !same(v) {
			return errPrecondition
		}
	} else if v := h.Get(prefix + "Unmodified-Since"); v != "" && changed(v) {
		return errPrecondition
	}
	if v := h.Get(prefix + "None-Match"); v != "" {
		if same(v) {
			return errPrecondition
		}
	} else if v := h.Get(prefix + "Modified-Since"); v != "" && !changed(v) {
		return errPrecondition
	}
	return nil
}

// copy answers PUT Object - Copy.
func (s *Server) copy(w http.ResponseWriter, q *request) error {
	replace := false
	switch strings.ToLower(q.Header.Get("X-Cos-Metadata-Directive")) {
	case "", "copy":
	case "replaced":
		replace = true
	default:
		return invalidArgument("x-cos-metadata-directive must be Copy or Replaced.")
	}
	from, err := s.copySource(q)
	if err != nil {
		return err
	}
	defer from.Close()
	if !replace && from.bucket == q.bucket && from.Info.Key == q.key {
		return errCopyToItself
	}
	opt := disk.PutOptions{
		Size: from.Info.Size, Header: from.Info.Header, New: q.Header.Get("X-Cos-Forbid-Overwrite") == "true",
	}
	if replace {
		if opt.Header, err = keep(q.Header); err != nil {
			return err
		}
	}
	// The access list is never copied; tags are, unless others are given.
	if opt.Attr, err = attributes(q.Header, objectACLs); err != nil {
		return err
	}
	if tags := from.Info.Attr[attrTags]; tags != "" && q.Header.Get("X-Cos-Tagging") == "" {
		if opt.Attr == nil {
			opt.Attr = make(map[string]string)
		}
		opt.Attr[attrTags] = tags
	}
	info, err := q.store.Put(q.key, from, opt)
	if err != nil {
		return err
	}
	return copied(w, info, "CopyObjectResult")
}

func copied(w http.ResponseWriter, info disk.Info, root string) error {
	crc := strconv.FormatUint(info.CRC64, 10)
	w.Header()["X-Cos-Hash-Crc64ecma"] = []string{crc}
	b := newXML(root)
	element(b, "ETag", `"`+info.ETag+`"`)
	element(b, "CRC64", crc)
	element(b, "LastModified", timestamp(info.ModTime))
	return endXML(w, b, root)
}

// copyPart answers Upload Part - Copy.
func (s *Server) copyPart(w http.ResponseWriter, q *request, number int) error {
	from, err := s.copySource(q)
	if err != nil {
		return err
	}
	defer from.Close()
	first, length, err := sourceRange(q.Header.Get(sourceHeader+"-Range"), from.Info.Size)
	if err != nil {
		return err
	}
	if length > s.opt.MaxObjectSize {
		return errEntityTooLarge
	}
	content := io.NewSectionReader(from, first, length)
	info, err := q.store.PutPart(q.key, q.param("uploadId"), number, content, disk.PutOptions{Size: length})
	if err != nil {
		return err
	}
	return copied(w, info, "CopyPartResult")
}

// sourceRange reads bytes=first-last, both needed and inside the source.
func sourceRange(v string, size int64) (first, length int64, err error) {
	if v == "" {
		return 0, size, nil
	}
	from, to, ok := strings.Cut(strings.TrimPrefix(v, "bytes="), "-")
	first, err1 := strconv.ParseInt(from, 10, 64)
	last, err2 := strconv.ParseInt(to, 10, 64)
	if !ok || err1 != nil || err2 != nil || !strings.HasPrefix(v, "bytes=") {
		return 0, 0, invalidArgument("x-cos-copy-source-range must read bytes=first-last.")
	}
	if first < 0 || last < first || last >= size {
		return 0, 0, errInvalidRange
	}
	return first, last - first + 1, nil
}
