package kit

import (
	"context"
	"errors"
	"net/http"
	"runtime/debug"
)

// Routes are exact, case-sensitive paths below a base path. Nothing is
// redirected; what has no route, and a method that a path does not have, is
// 404. HEAD goes to the handler of GET.
type Routes struct {
	// Base begins with a slash and does not end with one; "" is none.
	Base string
	// Fail answers for a handler that returned an error or panicked.
	Fail FailFunc
	// Other answers what has no route, such as Pages; nil is 404.
	Other http.Handler

	handlers map[route]HandlerFunc
}

type route struct{ method, path string }

// Handle lets h answer method and path, which is without the base. All routes
// are set before the first request.
func (rt *Routes) Handle(method, path string, h HandlerFunc) {
	if rt.handlers == nil {
		rt.handlers = make(map[route]HandlerFunc)
	}
	rt.handlers[route{method, rt.Base + path}] = h
}

func (rt *Routes) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	method := r.Method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	h := rt.handlers[route{method, r.URL.EscapedPath()}]
	switch {
	case h != nil:
		rt.serve(w, r, h)
	case rt.Other != nil:
		rt.Other.ServeHTTP(w, r)
	default:
		NotFound(w, r)
	}
}

func (rt *Routes) serve(w http.ResponseWriter, r *http.Request, h HandlerFunc) {
	defer recovered(w, r, rt.Fail)
	if q := requestOf(r.Context()); q != nil && q.time > 0 {
		ctx, cancel := context.WithTimeout(r.Context(), q.time)
		defer cancel()
		r = r.WithContext(ctx)
	}
	if err := h(w, r); err != nil {
		refuse(w, r, rt.Fail, err)
	}
}

// recovered answers for a handler that panics, and logs where. It is deferred.
func recovered(w http.ResponseWriter, r *http.Request, fail FailFunc) {
	v := recover()
	if v == nil {
		return
	}
	if err, ok := v.(error); ok && errors.Is(err, http.ErrAbortHandler) {
		panic(v) // the way to drop a connection
	}
	err := &PanicError{Value: v}
	Log(r.Context()).Error("a handler panicked", "error", err, "stack", string(debug.Stack()))
	refuse(w, r, fail, err)
}

// NotFound answers 404.
func NotFound(w http.ResponseWriter, _ *http.Request) {
	http.Error(w, "Not Found", http.StatusNotFound)
}
