package kit

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// BodyError is a request body that cannot be taken.
type BodyError struct {
	Status int // 400, 408, 413 or 415
	Err    error
}

func (e *BodyError) Error() string { return "request body: " + e.Err.Error() }

// Unwrap returns the cause.
func (e *BodyError) Unwrap() error { return e.Err }

// StatusCode returns Status.
func (e *BodyError) StatusCode() int { return e.Status }

// LimitError is a client that asks too often.
type LimitError struct {
	RetryAfter time.Duration // when it may ask again
}

func (e *LimitError) Error() string { return "too many requests" }

// StatusCode is 429.
func (e *LimitError) StatusCode() int { return http.StatusTooManyRequests }

// PanicError is a handler that panicked.
type PanicError struct{ Value any }

func (e *PanicError) Error() string { return fmt.Sprintf("panic: %v", e.Value) }

// StatusCode is 500.
func (e *PanicError) StatusCode() int { return http.StatusInternalServerError }

// refuse answers with err in the words of fail. A reply that has begun is cut
// off, since the client would take it for whole.
func refuse(w http.ResponseWriter, r *http.Request, fail FailFunc, err error) {
	if q := requestOf(r.Context()); q != nil {
		q.err = err
		if q.reply != nil && q.reply.begun() {
			panic(http.ErrAbortHandler)
		}
	}
	if limit, ok := errors.AsType[*LimitError](err); ok {
		seconds := int64((limit.RetryAfter + time.Second - 1) / time.Second)
		w.Header().Set("Retry-After", strconv.FormatInt(max(seconds, 1), 10))
	}
	var coded interface{ StatusCode() int }
	if errors.As(err, &coded) {
		w = &statusWriter{ResponseWriter: w, status: coded.StatusCode()}
	}
	if fail == nil {
		fail = plainFail
	}
	fail(w, r, err)
}

// statusWriter replies with its own status, whatever the app's envelope says.
type statusWriter struct {
	http.ResponseWriter
	status int
	wrote  bool
}

func (w *statusWriter) WriteHeader(int) {
	if !w.wrote {
		w.wrote = true
		w.ResponseWriter.WriteHeader(w.status)
	}
}

func (w *statusWriter) Write(p []byte) (int, error) {
	w.WriteHeader(w.status)
	return w.ResponseWriter.Write(p)
}

// Unwrap is for http.ResponseController.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// plainFail is the envelope of an app that has none.
func plainFail(w http.ResponseWriter, r *http.Request, err error) {
	var coded interface{ StatusCode() int }
	status := http.StatusInternalServerError
	if errors.As(err, &coded) {
		status = coded.StatusCode()
	}
	w = &statusWriter{ResponseWriter: w, status: status}
	_ = WriteJSON(w, r, struct {
		Code int    `json:"code"`
		Msg  string `json:"msg"`
	}{-1, http.StatusText(status)})
}
