package cos

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"

	"github.com/wecos-go/wecos/internal/servers/cos/disk"
)

// The limits of a form before its file.
const (
	maxFormBytes  = 256 << 10
	maxFormFields = 100
)

var (
	errMalformedPost = &apiError{400, "MalformedPOSTRequest", "The body of your POST request is not well-formed multipart/form-data."}
	errNoFile        = &apiError{400, "IncorrectNumberOfFilesInPostRequest", "POST requires exactly one file upload per request."}
)

// form is what a browser sends to store an object (document 436/14690): its
// fields, with names in small letters, and then the file, which is read from
// the connection and not kept anywhere on the way.
type form struct {
	fields map[string]string
	file   *multipart.Part
	body   *formBody
}

// formBody bounds what comes before the file.
type formBody struct {
	r    io.Reader
	left int64
}

func (b *formBody) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errMalformedPost
	}
	n, err := b.r.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	return n, err
}

// readForm reads up to the file.
func (s *Server) readForm(q *request) (*form, error) {
	f := &form{fields: make(map[string]string), body: &formBody{r: q.Body, left: maxFormBytes}}
	q.Body = struct {
		io.Reader
		io.Closer
	}{f.body, q.Body}
	parts, err := q.MultipartReader()
	if err != nil {
		return nil, errMalformedPost
	}
	for {
		part, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			return nil, errNoFile
		}
		if err != nil {
			return nil, malformed(err)
		}
		name := strings.ToLower(part.FormName())
		if name == "file" {
			f.file = part
			f.body.left = s.opt.MaxObjectSize + maxFormBytes // the file has its own limit
			return f, nil
		}
		value, err := io.ReadAll(part)
		if err != nil {
			return nil, malformed(err)
		}
		if _, twice := f.fields[name]; twice || name == "" || len(f.fields) == maxFormFields {
			return nil, errMalformedPost
		}
		f.fields[name] = string(value)
	}
}

// malformed keeps what a client did to the connection apart from what it sent.
func malformed(err error) error {
	if api := (*apiError)(nil); errors.As(err, &api) {
		return api
	}
	return errMalformedPost
}

// postForm answers POST Object.
func (s *Server) postForm(w http.ResponseWriter, q *request) error {
	f, err := s.readForm(q)
	if err != nil {
		return err
	}
	limits, err := s.authorizeForm(q, f)
	if err != nil {
		return err
	}
	if q.key, err = f.key(); err != nil {
		return err
	}
	opt, err := f.object()
	if err != nil {
		return err
	}
	status, target, err := f.success()
	if err != nil {
		return err
	}
	limits.high = min(limits.high, s.opt.MaxObjectSize)
	info, err := q.store.Put(q.key, &sizedReader{r: f.file, limits: limits}, opt)
	if err != nil {
		return err
	}
	return s.posted(w, q, info, status, target)
}

// key is the field of that name; ${filename} in it is the file's own name.
func (f *form) key() (string, error) {
	key := f.fields["key"]
	if strings.Contains(key, "${filename}") {
		name := strings.ReplaceAll(f.file.FileName(), `\`, "/")
		key = strings.ReplaceAll(key, "${filename}", path.Base("/"+name))
	}
	if key == "" {
		return "", invalidArgument("The field key is missing.")
	}
	key = strings.TrimPrefix(key, "/") // as the service takes it
	return key, checkKeyOrEmpty(key)
}

// object reads the fields that describe the object. The type that a browser
// gives to the file is not looked at, as documented.
func (f *form) object() (disk.PutOptions, error) {
	opt := disk.PutOptions{Size: -1}
	h := http.Header{}
	for name, value := range f.fields {
		if value != "" {
			h.Set(name, value)
		}
	}
	if acl := f.fields["acl"]; acl != "" {
		if other := f.fields["x-cos-acl"]; other != "" && other != acl {
			return opt, invalidArgument("acl and x-cos-acl differ.") // a policy may know of one only
		}
		h.Set("X-Cos-Acl", acl)
	}
	if h.Get(picHeader) != "" {
		return opt, errNotImplemented
	}
	var err error
	if opt.Header, err = keep(h); err != nil {
		return opt, err
	}
	if opt.MD5, err = contentMD5(h); err != nil {
		return opt, err
	}
	opt.Attr, err = attributes(h, objectACLs)
	opt.New = h.Get("X-Cos-Forbid-Overwrite") == "true"
	return opt, err
}

// success is how the client wants to hear of it.
func (f *form) success() (status int, target *url.URL, err error) {
	if to := f.fields["success_action_redirect"]; to != "" {
		target, err = url.Parse(to)
		if err != nil || target.Host == "" || target.Scheme != "http" && target.Scheme != "https" {
			return 0, nil, invalidArgument("success_action_redirect is no address.")
		}
		return http.StatusSeeOther, target, nil
	}
	switch v := f.fields["success_action_status"]; v {
	case "200", "201":
		status, _ = strconv.Atoi(v)
		return status, nil, nil
	}
	return http.StatusNoContent, nil, nil // other values count as none
}

// posted answers when the object is stored.
func (s *Server) posted(w http.ResponseWriter, q *request, info disk.Info, status int, target *url.URL) error {
	etag := `"` + info.ETag + `"`
	location := "http://" + q.location(q.key)
	if q.TLS != nil {
		location = "https://" + q.location(q.key)
	}
	h := w.Header()
	h["Etag"] = []string{etag}
	h["X-Cos-Hash-Crc64ecma"] = []string{strconv.FormatUint(info.CRC64, 10)}
	switch {
	case target != nil:
		values := target.Query()
		values.Set("bucket", q.bucket.name)
		values.Set("key", q.key)
		values.Set("etag", etag)
		target.RawQuery = values.Encode()
		h.Set("Location", target.String())
	case status == http.StatusCreated:
		h.Set("Location", location)
		b := newXML("PostResponse")
		element(b, "Location", location)
		element(b, "Bucket", q.bucket.name)
		element(b, "Key", q.key)
		element(b, "ETag", etag)
		b.WriteString("</PostResponse>")
		writeXML(w, status, b.Bytes())
		return nil
	default:
		h.Set("Location", location)
	}
	if status != http.StatusNoContent {
		h.Set("Content-Length", "0")
	}
	w.WriteHeader(status)
	return nil
}

// sizeLimits are the fewest and the most bytes of a file.
type sizeLimits struct{ low, high int64 }

// sizedReader fails when a file does not keep to its limits, so that it is not
// stored.
type sizedReader struct {
	r      io.Reader
	limits sizeLimits
	n      int64
}

func (s *sizedReader) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	s.n += int64(n)
	switch {
	case s.n > s.limits.high:
		return n, errEntityTooLarge
	case err == io.EOF && s.n < s.limits.low:
		return n, errTooSmallForm
	case err != nil && err != io.EOF && !errors.Is(err, io.ErrUnexpectedEOF):
		return n, malformed(err)
	}
	return n, err
}

var errTooSmallForm = &apiError{400, "EntityTooSmall", "The file is smaller than the policy allows."}
