package session

import (
	"context"
	"errors"
	"net/http"

	"github.com/wecos-go/wecos/internal/servers/kit"
	"github.com/wecos-go/wecos/internal/servers/session/drawing"
	"github.com/wecos-go/wecos/internal/servers/session/weapp"
)

// reasonError is a failure in the words of its clients.
type reasonError struct {
	reason string
	cause  error // for the log
}

func (e *reasonError) Error() string {
	if e.cause != nil {
		return e.reason + ": " + e.cause.Error()
	}
	return e.reason
}

func (e *reasonError) Unwrap() error { return e.cause }

// The reasons of the Node.js server.
var (
	errNoUser    = &reasonError{reason: "openId does not exists"}
	errNoDrawing = &reasonError{reason: "id or actions does not exists"}
	errNoID      = &reasonError{reason: "id does not exists"}
)

// Reasons of our own.
const (
	reasonUnavailable = "service unavailable"
	reasonTooMuch     = "too many drawings"
)

// becauseOf words what a store or a check says. Only the checks' own texts go out.
func becauseOf(err error) error {
	if err == nil {
		return nil
	}
	for _, known := range []error{drawing.ErrID, drawing.ErrSize, drawing.ErrActions, drawing.ErrDepth} {
		if errors.Is(err, known) {
			return &reasonError{reason: known.Error()}
		}
	}
	if _, full := errors.AsType[*drawing.LimitError](err); full {
		return &reasonError{reasonTooMuch, err}
	}
	return &reasonError{reasonUnavailable, err}
}

// reply is the envelope of an answer.
type reply struct {
	Code  int     `json:"code"`
	Msg   string  `json:"msg"`
	Data  any     `json:"data,omitempty"`
	Error *reason `json:"error,omitempty"`
}

type reason struct {
	Reason string `json:"reason"`
}

func succeed(w http.ResponseWriter, r *http.Request, data any) error {
	// What one user gets is nobody else's.
	h := w.Header()
	if h.Get("Cache-Control") == "" {
		h["Cache-Control"] = []string{"private, no-cache"}
	}
	h.Add("Vary", weapp.HeaderCode)
	h.Add("Vary", weapp.HeaderToken)
	return kit.WriteJSON(w, r, reply{Code: 0, Msg: "success", Data: data})
}

// fail answers with an error: status 200, as the Node.js server did.
func fail(w http.ResponseWriter, r *http.Request, err error) {
	text := reasonUnavailable
	if known, ok := errors.AsType[*reasonError](err); ok {
		text = known.reason
		if known.cause != nil && !errors.Is(r.Context().Err(), context.Canceled) {
			kit.Log(r.Context()).Warn("a request failed", "error", known.cause)
		}
	}
	w.Header().Set("Cache-Control", "no-store")
	// These texts always encode.
	_ = kit.WriteJSON(w, r, reply{Code: -1, Msg: "fail", Error: &reason{text}})
}
