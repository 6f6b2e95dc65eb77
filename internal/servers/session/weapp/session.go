package weapp

import (
	"context"
	"encoding/json"
	"time"
)

// Session is who sends a request.
type Session struct {
	// OpenID is the user's id in this mini-program, as WeChat said it.
	OpenID string
	// User is what the client said of the user at login – nickName, avatarUrl
	// and so on – as a JSON object. Its openId is OpenID; everything else is the
	// client's word.
	User json.RawMessage

	login string // what the store links the user to: a code or a login id
	token string // the key of the token that the request came with, if it did
}

type contextKey struct{}

type attached struct {
	session *Session
	left    time.Duration // for everything that still has to be waited for
}

// FromContext returns the session of a request that passed Sessions.Middleware,
// or nil where it has none.
func FromContext(ctx context.Context) *Session {
	a, _ := ctx.Value(contextKey{}).(attached)
	return a.session
}

// WithinBudget returns a context that ends when the time is over that a request
// may take to wait for others, of which its session has used some. Handlers use it
// for their own stores, so that an answer comes in time whichever of them hangs.
func WithinBudget(ctx context.Context) (context.Context, context.CancelFunc) {
	left := DefaultBudget
	if a, ok := ctx.Value(contextKey{}).(attached); ok {
		left = a.left
	}
	return context.WithTimeout(ctx, left)
}

// NewContext returns a context with a session, for handlers that are tried
// without the middleware.
func NewContext(ctx context.Context, s *Session) context.Context {
	return context.WithValue(ctx, contextKey{}, attached{s, DefaultBudget})
}
