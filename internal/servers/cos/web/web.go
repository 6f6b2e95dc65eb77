// Package web is the page that a person sees at the address of the store:
// buckets, folders, pictures as thumbnails, and a way to delete an object. It is
// HTML and a style sheet; nothing on it needs a script.
//
// It reaches objects through Store alone and knows neither signatures nor the
// XML API. It changes nothing unless its own form asks for it, and it never
// shows anything to a visitor who has not signed in where the store has keys.
// Which hosts it is served on is its caller's business.
package web

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wecos-go/wecos/internal/servers/cos/disk"
)

// Store is what the page shows. Errors that are meant for the visitor are
// *Error; of all others only the fact is told.
type Store interface {
	// Buckets returns the names of all buckets, in order.
	Buckets() []string
	// Open returns the objects of a bucket, which stays until release.
	Open(bucket string) (objects *disk.Store, release func(), err error)
	// ServeObject answers with the content of an object.
	ServeObject(w http.ResponseWriter, r *http.Request, bucket, key string) error
	// ServeThumbnail answers with a picture of at most ThumbnailSide pixels.
	ServeThumbnail(w http.ResponseWriter, r *http.Request, bucket, key string) error
}

// ThumbnailSide is the largest width and height of a thumbnail in pixels, twice
// what the style sheet gives it, for dense screens.
const ThumbnailSide = 320

// pageSize is how many folders and objects stand on one page.
const pageSize = 60

// maxForm bounds the body of a form in bytes.
const maxForm = 16 << 10

// Error is an error that the visitor is told of.
type Error struct {
	Status  int // of HTTP
	Message string
}

func (e *Error) Error() string { return e.Message }

var (
	errNoPage    = &Error{http.StatusNotFound, "There is no such page."}
	errMethod    = &Error{http.StatusMethodNotAllowed, "The page does not take this method."}
	errForm      = &Error{http.StatusBadRequest, "The form or the address is not valid."}
	errNotOurs   = &Error{http.StatusForbidden, "The form did not come from this page, or is too old. Go back, reload the page and try again."}
	errWrongKeys = &Error{http.StatusForbidden, "The store does not know this key."}
)

// Options configure a Site.
type Options struct {
	Store Store
	// SignIn reports whether a visitor has the store's keys. Nil lets everybody
	// in.
	SignIn func(id, key string) bool
	// Now is the clock; nil is time.Now.
	Now func() time.Time
}

// Site is the handler of the requests that Wants accepts.
type Site struct {
	store    Store
	sessions *sessions
	secret   []byte // of the tokens
}

// New returns a Site. Visitors sign in again after a restart.
func New(opt Options) *Site {
	s := &Site{store: opt.Store, secret: random()}
	if opt.SignIn != nil {
		if opt.Now == nil {
			opt.Now = time.Now
		}
		s.sessions = &sessions{check: opt.SignIn, now: opt.Now, until: make(map[string]time.Time)}
	}
	return s
}

// Wants reports whether a request is for the page: GET / of a browser, or one
// of the addresses that the page holds, all of which begin with /?page=. A
// request with a signature is the API's.
func Wants(r *http.Request) bool {
	if r.URL.Path != "/" || r.Header.Get("Authorization") != "" {
		return false
	}
	if r.URL.RawQuery != "" {
		return strings.HasPrefix(r.URL.RawQuery, "page=") && !strings.Contains(r.URL.RawQuery, "q-signature=")
	}
	return read(r) && strings.Contains(strings.ToLower(r.Header.Get("Accept")), "text/html")
}

func read(r *http.Request) bool { return r.Method == http.MethodGet || r.Method == http.MethodHead }

// visit is one request.
type visit struct {
	*Site
	w     http.ResponseWriter
	r     *http.Request
	query url.Values
	key   string // of the session, "" without one
}

// pages are what page= names. Those that post change something.
var pages = map[string]struct {
	get, post func(*visit) error
	open      bool // to visitors who have not signed in
}{
	"":          {get: (*visit).home},
	"folder":    {get: (*visit).folder},
	"object":    {get: (*visit).object},
	"thumbnail": {get: (*visit).thumbnail},
	"delete":    {get: (*visit).confirm, post: (*visit).delete},
	"sign-in":   {get: (*visit).signInForm, post: (*visit).signIn, open: true},
	"sign-out":  {post: (*visit).signOut},
	"style":     {get: (*visit).style, open: true},
}

// ServeHTTP implements http.Handler.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	v := &visit{Site: s, w: w, r: r}
	v.secure()
	if err := v.serve(); err != nil {
		v.fail(err)
	}
}

func (v *visit) serve() (err error) {
	if v.query, err = url.ParseQuery(v.r.URL.RawQuery); err != nil {
		return errForm
	}
	p, ok := pages[v.query.Get("page")]
	if !ok {
		return errNoPage
	}
	v.key = v.session()
	do := p.get
	switch {
	case v.r.Method == http.MethodPost:
		do = p.post
	case !read(v.r):
		do = nil
	}
	if do == nil {
		return errMethod
	}
	if v.sessions != nil && v.key == "" && !p.open {
		return v.askKeys(http.StatusForbidden)
	}
	if v.r.Method == http.MethodPost {
		if err := v.checkForm(); err != nil {
			return err
		}
	}
	return do(v)
}

// secure says what a browser must not do with the page: run a script, show it
// in a frame, load or send anything from or to elsewhere.
func (v *visit) secure() {
	h := v.w.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	// no-referrer would take the Origin from our own forms as well.
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
}

// fail shows an error.
func (v *visit) fail(err error) {
	e := &Error{http.StatusInternalServerError, "The store could not do that."}
	errors.As(err, &e)
	if e == errMethod {
		v.w.Header().Set("Allow", "GET, HEAD, POST")
	}
	v.show(e.Status, "failed", "Not done", e.Message)
}

// show sends a page made from a template. data is what it shows.
func (v *visit) show(status int, name, title string, data any) {
	var b bytes.Buffer
	err := templates().ExecuteTemplate(&b, name, shown{
		Title: title, Style: styleURL, Token: v.token(), SignedIn: v.key != "", Data: data,
	})
	h := v.w.Header()
	if err != nil {
		// Only a mistake in the templates leads here.
		h.Set("Content-Type", "text/plain; charset=utf-8")
		v.w.WriteHeader(http.StatusInternalServerError)
		fmt.Fprintln(v.w, "The page could not be made.")
		return
	}
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(b.Len()))
	v.w.WriteHeader(status)
	_, _ = v.w.Write(b.Bytes()) // the visitor may have gone
}

// link is the address of a page; pairs are names and values.
func link(page string, pairs ...string) string {
	q := make(url.Values)
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	text := "/?page=" + page
	if len(q) > 0 {
		text += "&" + q.Encode()
	}
	return text
}

func (v *visit) home() error {
	var buckets []crumb
	for _, name := range v.store.Buckets() {
		buckets = append(buckets, crumb{name, link("folder", "bucket", name)})
	}
	v.show(http.StatusOK, "home", "Buckets", buckets)
	return nil
}

// folder shows what lies under a prefix.
func (v *visit) folder() error {
	bucket, prefix, marker := v.query.Get("bucket"), v.query.Get("prefix"), v.query.Get("marker")
	objects, release, err := v.store.Open(bucket)
	if err != nil {
		return err
	}
	page := objects.List(disk.ListOptions{Prefix: prefix, Delimiter: "/", Marker: marker, Max: pageSize})
	release()
	f := folder{Crumbs: crumbs(bucket, prefix)}
	for _, p := range page.Prefixes {
		name := strings.TrimSuffix(p[len(prefix):], "/")
		f.Folders = append(f.Folders, crumb{printable(name), link("folder", "bucket", bucket, "prefix", p)})
	}
	for _, o := range page.Objects {
		f.Objects = append(f.Objects, newEntry(bucket, prefix, marker, o))
	}
	if marker != "" {
		f.First = link("folder", "bucket", bucket, "prefix", prefix)
	}
	if page.Next != "" {
		f.Next = link("folder", "bucket", bucket, "prefix", prefix, "marker", page.Next)
	}
	v.show(http.StatusOK, "folder", f.Crumbs[len(f.Crumbs)-1].Name, f)
	return nil
}

func (v *visit) object() error {
	return v.store.ServeObject(v.w, v.r, v.query.Get("bucket"), v.query.Get("key"))
}

func (v *visit) thumbnail() error {
	return v.store.ServeThumbnail(v.w, v.r, v.query.Get("bucket"), v.query.Get("key"))
}

// confirm asks whether an object shall really go.
func (v *visit) confirm() error {
	bucket, key, marker := v.query.Get("bucket"), v.query.Get("key"), v.query.Get("marker")
	objects, release, err := v.store.Open(bucket)
	if err != nil {
		return err
	}
	info, err := objects.Stat(key)
	release()
	if errors.Is(err, disk.ErrNoSuchKey) {
		return &Error{http.StatusNotFound, "There is no such object."}
	}
	if err != nil {
		return err
	}
	prefix := parent(key)
	v.show(http.StatusOK, "confirm", "Delete", confirmation{
		Crumbs: crumbs(bucket, prefix), Bucket: bucket, Key: key, Marker: marker,
		Entry: newEntry(bucket, prefix, marker, info),
		Back:  link("folder", "bucket", bucket, "prefix", prefix, "marker", marker),
	})
	return nil
}

// delete removes an object and goes back to its folder.
func (v *visit) delete() error {
	bucket, key, marker := v.r.PostForm.Get("bucket"), v.r.PostForm.Get("key"), v.r.PostForm.Get("marker")
	objects, release, err := v.store.Open(bucket)
	if err != nil {
		return err
	}
	defer release()
	if err := objects.Delete(key); err != nil {
		return err
	}
	// The folder may have gone with its last object.
	prefix := parent(key)
	for prefix != "" && empty(objects.List(disk.ListOptions{Prefix: prefix, Max: 1})) {
		prefix, marker = parent(strings.TrimSuffix(prefix, "/")), ""
	}
	v.seeOther(link("folder", "bucket", bucket, "prefix", prefix, "marker", marker))
	return nil
}

func empty(p disk.Page) bool { return len(p.Objects)+len(p.Prefixes) == 0 }

// parent is the folder of a key.
func parent(key string) string { return key[:strings.LastIndexByte(key, '/')+1] }

func (v *visit) seeOther(address string) {
	v.w.Header().Set("Location", address)
	v.w.WriteHeader(http.StatusSeeOther)
}

// crumbs are the folders above and at a prefix.
func crumbs(bucket, prefix string) []crumb {
	list := []crumb{{"Buckets", "/"}, {bucket, link("folder", "bucket", bucket)}}
	for at := 0; at < len(prefix); {
		end := len(prefix)
		if i := strings.IndexByte(prefix[at:], '/'); i >= 0 {
			end = at + i + 1
		}
		name := printable(strings.TrimSuffix(prefix[at:end], "/"))
		list = append(list, crumb{name, link("folder", "bucket", bucket, "prefix", prefix[:end])})
		at = end
	}
	return slices.Clip(list)
}
