package session

import (
	"encoding/json"
	"net/http"

	"github.com/wecos-go/wecos/internal/servers/session/weapp"
)

// user says whose session a request has, so that a client learns whether its
// session is still good.
func (s *server) user(w http.ResponseWriter, r *http.Request) error {
	session := weapp.FromContext(r.Context())
	if session == nil {
		return errNoUser
	}
	return succeed(w, r, struct {
		User json.RawMessage `json:"user"`
	}{session.User})
}

// logout ends the session of a request, its code and its tokens.
func (s *server) logout(w http.ResponseWriter, r *http.Request) error {
	session := weapp.FromContext(r.Context())
	if session == nil {
		return errNoUser
	}
	ctx, cancel := weapp.WithinBudget(r.Context())
	defer cancel()
	return then(w, r, becauseOf(s.sessions.End(ctx, session)))
}

// about tells the page where the routes are, and whether it may log in by itself.
func (s *server) about(w http.ResponseWriter, r *http.Request) error {
	return succeed(w, r, struct {
		Dev  bool   `json:"dev"`
		Base string `json:"base"`
	}{s.dev, s.base})
}
