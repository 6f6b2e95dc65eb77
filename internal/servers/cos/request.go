package cos

import (
	"bytes"
	"crypto/md5"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/wecos-go/wecos/internal/servers/cos/disk"
)

// request is an http.Request, understood.
type request struct {
	*http.Request
	now        time.Time // for signatures
	service    bool      // it is for the service, not for a bucket
	bucketName string
	bucket     *bucket // nil when there is none yet
	store      *disk.Store
	key        string // "" for the bucket itself
	params     []param
	sub        string // the sub-resource: "" is the object or bucket as such
	signed     bool   // by a key of the store
	headers    string // that the signature covers, as it lists them
}

// param is one query parameter, decoded.
type param struct{ name, value string }

// operations are the query parameters that turn a request into another one. A
// server that ignored one it does not know would overwrite an object with an
// access list.
var operations = map[string]bool{
	"acl": true, "append": true, "asyncfetch": true, "callback": true, "cors": true, "delete": true,
	"domain": true, "domaincertificate": true, "encryption": true, "image_process": true,
	"intelligent-tiering": true, "intelligenttiering": true, "inventory": true, "lifecycle": true,
	"location": true, "logging": true, "notification": true, "object-lock": true, "origin": true,
	"policy": true, "referer": true, "rename": true, "replication": true, "restore": true,
	"retention": true, "select": true, "symlink": true, "tagging": true, "uploads": true,
	"uploadId": true, "versioning": true, "versions": true, "versionId": true, "website": true,
	"accelerate": true, "ci-process": true,
}

// newRequest understands r and holds its bucket, which the caller releases.
func newRequest(s *Server, r *http.Request, now time.Time) (*request, error) {
	q := &request{Request: r, now: now, bucketName: s.bucketOf(r.Host), service: isService(r.Host)}
	// The path is decoded already; it is not cleaned, since a//b is a key.
	q.key = strings.TrimPrefix(r.URL.Path, "/")
	if q.key != "" {
		if err := checkKey(q.key); err != nil {
			return nil, err
		}
	}
	q.params = parseQuery(r.URL.RawQuery)
	for _, p := range q.params {
		if operations[p.name] {
			q.sub = p.name
			break
		}
	}
	if q.service {
		return q, nil
	}
	b, err := s.acquire(q.bucketName)
	if err != nil {
		if create := r.Method == http.MethodPut && q.key == "" && q.sub == ""; !create {
			return nil, err
		}
		return q, nil
	}
	q.bucket, q.store = b, b.store
	return q, nil
}

func checkKey(key string) error {
	switch {
	case len(key) > disk.MaxKeyLength:
		return errKeyTooLong
	case disk.CheckKey(key) != nil, key[0] == '/', key[0] == '\\':
		return errInvalidURI
	}
	return nil
}

// isForm reports whether a browser's form uploads an object.
func (q *request) isForm() bool {
	if q.Method != http.MethodPost || q.key != "" || q.sub != "" || q.bucket == nil {
		return false
	}
	kind, _, err := mime.ParseMediaType(q.Header.Get("Content-Type"))
	return err == nil && kind == "multipart/form-data"
}

// parseQuery does what url.ParseQuery does, but takes the raw semicolons that
// stand in signed URLs.
func parseQuery(raw string) []param {
	if raw == "" {
		return nil
	}
	var params []param
	for pair := range strings.SplitSeq(raw, "&") {
		if pair == "" {
			continue
		}
		name, value, _ := strings.Cut(pair, "=")
		params = append(params, param{unescape(name), unescape(value)})
	}
	return params
}

func unescape(s string) string {
	if u, err := url.QueryUnescape(s); err == nil {
		return u
	}
	return s
}

// param returns the value of the first parameter called name.
func (q *request) param(name string) string {
	for _, p := range q.params {
		if p.name == name {
			return p.value
		}
	}
	return ""
}

// The longest bodies in XML: 10,000 parts or 1,000 keys, and configurations.
const (
	maxXML        = 2 << 20
	maxSettingXML = 64 << 10
)

// decodeXML reads the body, which must have the announced MD5.
func (q *request) decodeXML(w http.ResponseWriter, into any, limit int64) error {
	text, err := io.ReadAll(http.MaxBytesReader(w, q.Body, limit))
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		return errXMLSize
	}
	if err != nil {
		return err
	}
	want, err := contentMD5(q.Header)
	if err != nil {
		return err
	}
	if sum := md5.Sum(text); want != nil && !bytes.Equal(sum[:], want) {
		return errBadDigest
	}
	if xml.Unmarshal(text, into) != nil {
		return errMalformedXML
	}
	return nil
}

// contentMD5 is the MD5 that the body must have, or nil.
func contentMD5(h http.Header) ([]byte, error) {
	v := h.Get("Content-Md5")
	if v == "" {
		return nil, nil
	}
	sum, err := base64.StdEncoding.DecodeString(v)
	if err != nil || len(sum) != md5.Size {
		return nil, errInvalidDigest
	}
	return sum, nil
}
