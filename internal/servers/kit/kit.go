// Package kit starts, stops, bounds and observes HTTP servers, all in the same
// way: it listens before it says so, limits what clients may do, logs and
// counts requests, answers in the app's own words when it refuses one, and ends
// without losing those under way.
//
// It never imports an app and knows nothing of what one answers.
package kit

import (
	"context"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
)

// HandlerFunc answers a request, or returns an error that the app's Fail words
// for its clients.
type HandlerFunc func(w http.ResponseWriter, r *http.Request) error

// FailFunc answers a request that came to an error, in the app's own envelope.
// What it gets may hold internals: it writes what the error is for clients and
// never its text. The status that it writes gives way to that of an error with
// a method StatusCode() int.
type FailFunc = func(w http.ResponseWriter, r *http.Request, err error)

// App is one back end, ready to be served.
type App struct {
	// Name is one word, used in logs and metrics and, where several apps are
	// served together, as the folder of the app's page.
	Name    string
	Handler http.Handler
	// Prefixes are the beginnings of the paths that belong to this app where
	// several are served together. An app that is served alone gets every path.
	Prefixes []string
	// Fail words what the kit itself refuses: too many requests, panics. Without
	// it, that of a Handler that is a *Routes is taken, else code -1.
	Fail FailFunc
	// Ready says whether the app can do its work; nil is always. It has two
	// seconds.
	Ready func(ctx context.Context) error
	// Metrics are registered under the label app.
	Metrics []prometheus.Collector
	// Drain ends long-lived connections before the server stops; it must return
	// when ctx ends. It may be nil.
	Drain func(ctx context.Context)
	// Close closes the stores, when no request is under way any more. It may be
	// nil.
	Close func() error
}

// fail is the app's own envelope.
func (a *App) fail() FailFunc {
	if a.Fail != nil {
		return a.Fail
	}
	if rt, ok := a.Handler.(*Routes); ok && rt.Fail != nil {
		return rt.Fail
	}
	return plainFail
}
