// Package album is the back end of a picture album: it lists, takes, deletes and
// hands out pictures as the published mini-program knows it, and shows a page
// that does the same in a browser.
//
// Pictures stream from the client into a Store. It never spools one to the disk,
// never believes a name or a header about what a picture is, and never touches a
// key outside its folder.
package album

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"runtime"
	"strings"
	"time"

	"github.com/wecos-go/wecos/internal/servers/kit"
)

// Name is the album's name among the apps.
const Name = "album"

// DefaultBase begins the routes of the published server.
const DefaultBase = "/applet"

//go:embed web
var webFiles embed.FS

// Options configure a Server. Only Store is needed.
type Options struct {
	// Store holds the pictures. The Server closes it at the end if it has a
	// method Close() error.
	Store Store
	// Base begins every route: it starts with a slash and ends without one. ""
	// is DefaultBase, "/" is none.
	Base string
	// Folder is that of the store that pictures go to; "" and "/" are its top.
	Folder string
	// PublicURL begins the addresses of pictures that the Server hands out: scheme
	// and host, perhaps a path in front of Base. "" takes what the client asked for.
	PublicURL string
	// Token must come with uploads and deletions; "" lets everybody.
	Token string
	// AllowedOrigins are the web pages besides the Server's own that may upload and
	// delete without a Token; "*" is all.
	AllowedOrigins []string
	// ListAge is how long a listing is taken for complete while nothing is
	// uploaded or deleted here; 0 is for ever, less is not at all.
	ListAge time.Duration
	// Now is the clock; nil is time.Now.
	Now func() time.Time
}

// Server answers for an album. Make it with New.
type Server struct {
	store   Store
	opener  Opener    // either this
	public  Publisher // or this
	base    string    // without a slash at the end
	folder  string    // "" or ending in a slash
	at      string    // PublicURL without a slash at the end
	prefix  string    // begins the paths of pictures, ends in a slash
	token   *[sha256.Size]byte
	origins []string
	now     func() time.Time
	listing *listing
	thumbs  *thumbnails
	heads   heads
	counted *counters
	routes  *kit.Routes
}

// New checks the options and returns a server for the store.
func New(opt Options) (*Server, error) {
	if opt.Store == nil {
		return nil, errors.New("an album needs a store")
	}
	s := &Server{store: opt.Store, origins: opt.AllowedOrigins, now: opt.Now, counted: newCounters()}
	s.opener, _ = opt.Store.(Opener)
	s.public, _ = opt.Store.(Publisher)
	if (s.opener == nil) == (s.public == nil) {
		return nil, fmt.Errorf("a %T neither opens its pictures nor publishes them, or both", opt.Store)
	}
	if s.now == nil {
		s.now = time.Now
	}
	if opt.Base == "" {
		opt.Base = DefaultBase
	}
	s.base = strings.TrimRight(opt.Base, "/")
	if s.base != "" && !strings.HasPrefix(s.base, "/") {
		return nil, fmt.Errorf("the base path %q does not begin with a slash", opt.Base)
	}
	if s.folder = strings.Trim(opt.Folder, "/"); s.folder != "" {
		if !validKey(s.folder) || strings.Contains(s.folder, "%") {
			return nil, fmt.Errorf("%q cannot be a folder of pictures", opt.Folder)
		}
		s.folder += "/"
	}
	if err := s.setAddresses(opt.PublicURL); err != nil {
		return nil, err
	}
	if opt.Token != "" {
		sum := sha256.Sum256([]byte(opt.Token))
		s.token = &sum
	}
	s.listing = newListing(opt.Store, s.folder, opt.ListAge, s.now, s.counted)
	s.thumbs = newThumbnails(max(1, runtime.GOMAXPROCS(0)/2), s.counted)
	s.route()
	return s, nil
}

// setAddresses settles where pictures are read.
func (s *Server) setAddresses(public string) error {
	s.prefix = s.base + picturePath
	if s.public != nil {
		u, err := url.Parse(s.public.URL("x", 0))
		if err != nil {
			return err
		}
		s.prefix = strings.TrimSuffix(u.Path, "x")
		return nil
	}
	if s.at = strings.TrimRight(public, "/"); s.at == "" {
		return nil
	}
	u, err := url.Parse(s.at)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return fmt.Errorf("the public address %q must look like https://album.example.com", public)
	}
	s.prefix = u.Path + s.prefix
	return nil
}

func (s *Server) route() {
	web, err := fs.Sub(webFiles, "web")
	if err != nil {
		panic(err) // the name is a constant
	}
	var origins []string
	if s.public != nil {
		if u, err := url.Parse(s.public.URL("x", 0)); err == nil {
			origins = append(origins, u.Scheme+"://"+u.Host)
		}
	}
	s.routes = &kit.Routes{Base: s.base, Fail: s.fail, Other: &other{server: s, pages: kit.Pages(web, origins...)}}
	s.routes.Handle(http.MethodGet, "/album/list", s.list)
	s.routes.Handle(http.MethodPost, "/album/upload", s.upload)
	s.routes.Handle(http.MethodPost, "/album/delete", s.delete)
}

// other answers what has no route of its own: pictures, whose keys vary, the
// page, and what the page must know.
type other struct {
	server *Server
	pages  http.Handler
}

func (o *other) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s := o.server
	if key, ok := strings.CutPrefix(r.URL.EscapedPath(), s.base+picturePath); ok && s.opener != nil {
		s.picture(w, r, key)
		return
	}
	if r.URL.Path == "/settings.json" && r.Method == http.MethodGet {
		_ = kit.WriteJSON(w, r, settings{s.base + "/album", s.token != nil, MaxUpload, widths})
		return
	}
	o.pages.ServeHTTP(w, r)
}

// settings are what the page must know of its server.
type settings struct {
	Base   string `json:"base"`
	Token  bool   `json:"token"` // uploads and deletions need one
	Max    int64  `json:"max"`   // size of a picture in bytes
	Widths []int  `json:"widths"`
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.routes.ServeHTTP(w, r) }

// App is the server for the kit.
func (s *Server) App() kit.App {
	app := kit.App{Name: Name, Handler: s, Fail: s.fail, Metrics: s.counted.all(), Prefixes: []string{s.base + "/album/"}}
	if ready, ok := s.store.(interface {
		Ready(ctx context.Context) error
	}); ok {
		app.Ready = ready.Ready
	}
	if closer, ok := s.store.(interface{ Close() error }); ok {
		app.Close = closer.Close
	}
	return app
}

// newKey makes the key of a picture: milliseconds since 1970, so that later ones
// come later, and some letters that nobody guesses.
func (s *Server) newKey(suffix string) string {
	return fmt.Sprintf("%s%d-%s.%s", s.folder, s.now().UnixMilli(), strings.ToLower(rand.Text()[:10]), suffix)
}
