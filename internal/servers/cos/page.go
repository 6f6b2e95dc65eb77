package cos

import (
	"bytes"
	"crypto/md5"
	"fmt"
	"maps"
	"net/http"
	"slices"

	"github.com/wecos-go/wecos/internal/servers/cos/disk"
	"github.com/wecos-go/wecos/internal/servers/cos/picture"
	"github.com/wecos-go/wecos/internal/servers/cos/web"
)

// newPage returns the page of the store. Whoever may not do everything without
// a signature has to sign in with a key.
func (s *Server) newPage() *web.Site {
	opt := web.Options{Store: pageStore{s}, Now: s.opt.Now}
	if !s.opt.Unsigned {
		opt.SignIn = func(id, key string) bool {
			c, ok := s.keys[id]
			return equal(c.Key, key) && ok
		}
	}
	return web.New(opt)
}

// isPage reports whether a request is for the page. That is served under the
// names of this computer only, which no other page can take for itself: neither
// a domain in front of the store nor the service's own names, which a proxy
// setting leads here, have one.
func isPage(r *http.Request) bool {
	return web.Wants(r) && loopbackHost(withoutPort(r.Host))
}

// pageStore is the store as the page sees it.
type pageStore struct{ s *Server }

// Buckets returns the names of all buckets.
func (p pageStore) Buckets() []string {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	return slices.Sorted(maps.Keys(p.s.buckets))
}

// Open holds a bucket until release.
func (p pageStore) Open(name string) (*disk.Store, func(), error) {
	b, err := p.s.acquire(name)
	if err != nil {
		return nil, nil, pageError(err)
	}
	return b.store, func() { p.s.release(b) }, nil
}

// request is a request for an object that the page has.
func (p pageStore) request(r *http.Request, bucket, key string) (*request, error) {
	b, err := p.s.acquire(bucket)
	if err != nil {
		return nil, err
	}
	return &request{Request: r, now: p.s.opt.Now(), bucketName: bucket, bucket: b, store: b.store, key: key, signed: true}, nil
}

// ServeObject answers as GET Object does.
func (p pageStore) ServeObject(w http.ResponseWriter, r *http.Request, bucket, key string) error {
	q, err := p.request(r, bucket, key)
	if err != nil {
		return pageError(err)
	}
	defer p.s.release(q.bucket)
	return pageError(p.s.get(w, q))
}

// ServeThumbnail answers with what imageView2 makes of the object.
func (p pageStore) ServeThumbnail(w http.ResponseWriter, r *http.Request, bucket, key string) error {
	q, err := p.request(r, bucket, key)
	if err != nil {
		return pageError(err)
	}
	defer p.s.release(q.bucket)
	o, err := q.store.Get(key)
	if err != nil {
		return pageError(err)
	}
	defer o.Close()
	// PNG keeps what is transparent, and holds the first picture of an animation.
	format := "png"
	if web.TypeOf(o.Info) == "image/jpeg" {
		format = "jpg"
	}
	text := fmt.Sprintf("imageView2/2/w/%[1]d/h/%[1]d/format/%s", web.ThumbnailSide, format)
	rule, err := picture.Parse(text)
	if err != nil {
		return err
	}
	result, err := p.s.render(q, o, rule)
	if err != nil {
		return pageError(err)
	}
	h := w.Header()
	h["Content-Type"] = []string{result.MIME}
	h["Cache-Control"] = []string{"private, max-age=31536000, immutable"} // the address names the version
	serveContent(w, q, fmt.Sprintf(`"%x"`, md5.Sum([]byte(o.Info.ETag+" "+text))), o.Info.ModTime, bytes.NewReader(result.Data))
	return nil
}

// pageError is an error as the page tells it.
func pageError(err error) error {
	if err == nil {
		return nil
	}
	api := asAPIError(err)
	return &web.Error{Status: api.status, Message: api.message}
}
