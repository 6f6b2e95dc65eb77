package cos

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/wecos-go/wecos/internal/servers/cos/disk"
)

// request is an http.Request, understood.
type request struct {
	*http.Request
	bucket string
	store  *disk.Store
	key    string // "" for the bucket itself
	params []param
	sub    string // the sub-resource: "" is the object or bucket as such
}

// param is one query parameter, decoded.
type param struct{ name, value string }

// operations are the query parameters that turn a request into another one. A
// server that ignored one it does not know would overwrite an object with an
// access list.
var operations = map[string]bool{
	"acl": true, "append": true, "callback": true, "cors": true, "delete": true, "domain": true,
	"encryption": true, "inventory": true, "lifecycle": true, "location": true, "logging": true,
	"object-lock": true, "origin": true, "policy": true, "referer": true, "replication": true,
	"restore": true, "retention": true, "select": true, "symlink": true, "tagging": true,
	"uploads": true, "uploadId": true, "versioning": true, "versions": true, "versionId": true,
	"website": true, "accelerate": true, "intelligenttiering": true,
}

func newRequest(s *Server, r *http.Request) (*request, error) {
	q := &request{Request: r}
	var err error
	if q.bucket, q.store, err = s.bucketOf(r.Host); err != nil {
		return nil, err
	}
	// The path is decoded already; it is not cleaned, since a//b is a key.
	q.key = strings.TrimPrefix(r.URL.Path, "/")
	if q.key != "" && (q.key[0] == '/' || q.key[0] == '\\') {
		return nil, errInvalidURI
	}
	if q.key != "" && disk.CheckKey(q.key) != nil {
		if len(q.key) > disk.MaxKeyLength {
			return nil, errKeyTooLong
		}
		return nil, errInvalidURI
	}
	q.params = parseQuery(r.URL.RawQuery)
	for _, p := range q.params {
		if operations[p.name] {
			q.sub = p.name
			break
		}
	}
	return q, nil
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
