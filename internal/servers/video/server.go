package video

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/wecos-go/wecos/internal/servers/kit"
)

// storeTime bounds each use of the store: a client hears within two seconds
// that the database does not answer.
const storeTime = 1200 * time.Millisecond

// Options say what is served.
type Options struct {
	// Store has the films and comments. The app closes it.
	Store Store
	// Base begins every route, such as /applet; "" is none.
	Base string
	// CacheTime is how long an answer may be used again, so that it may miss
	// what another program has stored in the meantime; what this one stores is
	// seen at once. 0 is not at all.
	CacheTime time.Duration
	// CommentsPerMinute bounds the comments of one client; 0 is no limit.
	CommentsPerMinute int
	// Samples are the files that films of the scheme "sample" name; nil is none.
	Samples Files
	// PublicURL begins the addresses of these files: scheme and host, and the path
	// that a proxy adds. "" is the address that a client asked for.
	PublicURL string
	// Page answers everything that is no route, such as a page for people; nil
	// is 404.
	Page http.Handler
}

// commentBurst is how many comments a client may write at once.
const commentBurst = 5

// server answers requests.
type server struct {
	store   Store
	base    string
	public  string // without a slash at the end; "" is what the client asked for
	samples Files
	cache   *cache
	limit   *kit.ClientLimit
}

// New returns the back end, ready to be served.
func New(opt Options) kit.App {
	s := &server{store: opt.Store, base: opt.Base, public: strings.TrimRight(opt.PublicURL, "/"), samples: opt.Samples, cache: newCache(opt.CacheTime)}
	every := time.Duration(0)
	if opt.CommentsPerMinute > 0 {
		every = time.Minute / time.Duration(opt.CommentsPerMinute)
	}
	s.limit = kit.NewClientLimit(every, min(commentBurst, opt.CommentsPerMinute))
	routes := &kit.Routes{Base: opt.Base, Fail: fail, Other: opt.Page}
	routes.Handle(http.MethodGet, "/video/list", forgiving(s.list))
	routes.Handle(http.MethodGet, "/video/commentList", forgiving(s.commentList))
	routes.Handle(http.MethodPost, "/video/comment", forgiving(s.comment))
	s.samples.routes(routes)
	return kit.App{
		Name: "video", Handler: routes, Prefixes: []string{opt.Base + "/video/"}, Fail: fail,
		Ready: s.store.Ping, Close: s.store.Close, Metrics: s.cache.metrics(),
	}
}

// errRefused is a request that breaks a rule. Clients hear that it failed.
type errRefused string

func (e errRefused) Error() string { return "refused: " + string(e) }

// forgiving answers for the mistakes of clients, so that no log warns of them.
func forgiving(h kit.HandlerFunc) kit.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) error {
		err := h(w, r)
		if _, ok := errors.AsType[errRefused](err); !ok && !errors.Is(err, ErrNoFilm) {
			return err
		}
		kit.Log(r.Context()).Debug("a client's mistake", "error", err)
		fail(w, r, err)
		return nil
	}
}

// answer is the envelope of all answers but one.
type answer struct {
	Code int    `json:"code"`
	Msg  string `json:"msg"`
	Data any    `json:"data"`
}

// short is the envelope of an answer to a comment.
type short struct {
	Code int    `json:"code"`
	Msg  string `json:"msg"`
}

// fail answers a request that came to an error: always the same, whatever the
// error.
func fail(w http.ResponseWriter, r *http.Request, _ error) {
	var v any = answer{-1, "failed", struct{}{}}
	if r.Method == http.MethodPost {
		v = short{-1, "failed"}
	}
	_ = kit.WriteJSON(w, r, v)
}

// bounded is the context of one use of the store. A client that goes away does
// not end it: others may wait for the same answer.
func bounded(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(context.WithoutCancel(ctx), storeTime, errors.New("the database does not answer"))
}
