// Package session is the back end of the drawing app 一笔到底: people log in with
// WeChat and keep drawings that nobody else sees. It words the answers of the
// Node.js server; who somebody is, the package weapp knows, and what lies where
// their stores do. It never imports another app.
package session

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"path/filepath"
	"time"

	"github.com/wecos-go/wecos/internal/servers/kit"
	"github.com/wecos-go/wecos/internal/servers/session/drawing"
	"github.com/wecos-go/wecos/internal/servers/session/drawing/mongostore"
	drawingdb "github.com/wecos-go/wecos/internal/servers/session/drawing/sqlitestore"
	"github.com/wecos-go/wecos/internal/servers/session/weapp"
	"github.com/wecos-go/wecos/internal/servers/session/weapp/redisstore"
	sessiondb "github.com/wecos-go/wecos/internal/servers/session/weapp/sqlitestore"
)

// Options are those of New.
type Options struct {
	// BasePath begins every route, such as /applet.
	BasePath string
	// Dir is the folder of the embedded stores.
	Dir string
	// Redis keeps the sessions; nil is an SQLite database in Dir.
	Redis *redisstore.Options
	// Mongo keeps the drawings; nil is an SQLite database in Dir.
	Mongo *mongostore.Options

	// AppID and Secret are those of the mini-program.
	AppID, Secret string
	// Code2SessionURL is where codes are exchanged; "" is WeChat's.
	Code2SessionURL string
	// TTL is how long a session lives; 0 is two hours.
	TTL time.Duration

	// Dev replaces WeChat's login by a local one. Addr, where the server will
	// listen, must be on loopback then.
	Dev  bool
	Addr string

	// Log gets what an operator should know; nil is nowhere.
	Log *slog.Logger
}

// DevError says that a local login was asked for where others reach the server.
type DevError struct{ Addr string }

func (e *DevError) Error() string {
	return "the login for development must not listen on " + e.Addr + ", where others reach it"
}

// Hint says what to do about it.
func (e *DevError) Hint() string {
	return "listen on 127.0.0.1, or leave out --dev and set appId and appSecret"
}

// AppError says that a mini-program's account is missing.
type AppError struct{}

func (e *AppError) Error() string { return "appId and appSecret are not set" }

// Hint says what to do about it.
func (e *AppError) Hint() string {
	return "they are in the console of the mini-program; --dev logs in without WeChat, on this computer only"
}

// server is the app.
type server struct {
	sessions *weapp.Sessions
	store    weapp.Store
	drawings drawing.Store
	dev      bool
	base     string
	metrics  *metrics
}

// New opens the stores and returns the app. It fails with a *DevError, an
// *AppError or a *weapp.URLError for options that would not do, and with what a
// store says. Redis and MongoDB may be down meanwhile.
func New(ctx context.Context, opt Options) (kit.App, error) {
	if opt.Log == nil {
		opt.Log = slog.New(slog.DiscardHandler)
	}
	exchanger, err := exchangerOf(opt)
	if err != nil {
		return kit.App{}, err
	}
	people, err := page()
	if err != nil {
		return kit.App{}, err
	}
	s := &server{dev: opt.Dev, base: opt.BasePath, metrics: newMetrics()}
	if s.store, err = openSessions(ctx, opt); err != nil {
		return kit.App{}, err
	}
	if s.drawings, err = openDrawings(ctx, opt); err != nil {
		return kit.App{}, errors.Join(err, s.store.Close())
	}
	s.sessions = weapp.New(weapp.Options{
		Store: s.store, Exchanger: exchanger, TTL: opt.TTL, Log: kit.Log, Observe: s.metrics.exchange,
	})
	return kit.App{
		Name: "session", Handler: s.handler(people), Prefixes: []string{opt.BasePath + "/session/"},
		Fail: fail, Ready: s.ready, Metrics: s.metrics.all(), Close: s.close,
	}, nil
}

func exchangerOf(opt Options) (weapp.Exchanger, error) {
	if opt.Dev {
		if !weapp.IsLoopbackAddr(opt.Addr) {
			return nil, &DevError{opt.Addr}
		}
		opt.Log.Warn("LOGIN FOR DEVELOPMENT: everybody on this computer may be any user, and WeChat is not asked")
		return weapp.DevLogin{}, nil
	}
	if opt.AppID == "" || opt.Secret == "" {
		return nil, &AppError{}
	}
	return weapp.NewCode2Session(opt.Code2SessionURL, opt.AppID, opt.Secret)
}

func openSessions(ctx context.Context, opt Options) (weapp.Store, error) {
	if opt.Redis != nil {
		return redisstore.New(*opt.Redis), nil
	}
	return sessiondb.Open(ctx, filepath.Join(opt.Dir, "sessions.db"))
}

func openDrawings(ctx context.Context, opt Options) (drawing.Store, error) {
	if opt.Mongo == nil {
		return drawingdb.Open(ctx, filepath.Join(opt.Dir, "drawings.db"), drawing.DefaultLimits)
	}
	for _, w := range opt.Mongo.Warnings() {
		opt.Log.Warn(w)
	}
	return mongostore.Open(*opt.Mongo, drawing.DefaultLimits)
}

// handler is everything the app answers.
func (s *server) handler(people http.Handler) http.Handler {
	rt := &kit.Routes{Base: s.base, Fail: fail, Other: people}
	rt.Handle(http.MethodGet, "/session/paints/list", s.list)
	rt.Handle(http.MethodPost, "/session/paints/save", s.save)
	rt.Handle(http.MethodPost, "/session/paints/delete", s.remove)
	rt.Handle(http.MethodGet, "/session/user", s.user)
	rt.Handle(http.MethodPost, "/session/logout", s.logout)
	// The page asks beside itself, whatever the base path is.
	all := &kit.Routes{Fail: fail, Other: rt}
	all.Handle(http.MethodGet, "/about.json", s.about)
	h := s.sessions.Middleware(all)
	if s.dev {
		h = weapp.LocalOnly(h)
	}
	return h
}

// ready fails where a store does.
func (s *server) ready(ctx context.Context) error {
	return errors.Join(s.sessions.Ready(ctx), s.drawings.Ping(ctx))
}

func (s *server) close() error {
	s.sessions.Close()
	return errors.Join(s.store.Close(), s.drawings.Close())
}
