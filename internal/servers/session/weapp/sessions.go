package weapp

import (
	"context"
	"crypto/sha1"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"errors"
	"log/slog"
	"time"
)

// Defaults of Options.
const (
	DefaultTTL = 2 * time.Hour
	// DefaultBudget is what a request may wait for WeChat and for stores: less
	// than two seconds, so that the answer is there within two.
	DefaultBudget = 1800 * time.Millisecond
)

// Options are those of New. Store and Exchanger are needed.
type Options struct {
	Store     Store
	Exchanger Exchanger
	// TTL is how long a session lives after its login.
	TTL time.Duration
	// Budget is how long a request may wait in all.
	Budget time.Duration
	// Log is asked for the logger of a request.
	Log func(context.Context) *slog.Logger
	// Now is the clock.
	Now func() time.Time
	// Observe is told of every exchange: how long it took, and its error.
	Observe func(time.Duration, error)
}

// Sessions are those of one mini-program. Close ends them.
type Sessions struct {
	opt     Options
	flights *flights
}

// New returns the sessions that opt says.
func New(opt Options) *Sessions {
	if opt.TTL <= 0 {
		opt.TTL = DefaultTTL
	}
	if opt.Budget <= 0 {
		opt.Budget = DefaultBudget
	}
	if opt.Log == nil {
		opt.Log = func(context.Context) *slog.Logger { return slog.New(slog.DiscardHandler) }
	}
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if opt.Observe == nil {
		opt.Observe = func(time.Duration, error) {}
	}
	return &Sessions{opt: opt, flights: newFlights(opt.Exchanger, opt.Now, opt.Observe)}
}

// Close waits for exchanges that are under way. The store stays open.
func (s *Sessions) Close() { s.flights.close() }

// authenticate finds or makes the session that a request speaks of. fresh is a
// token for the answer, or empty. Errors are of type *Error.
func (s *Sessions) authenticate(ctx context.Context, c credentials) (session *Session, fresh string, err error) {
	if c.token != "" {
		session, fresh, err = s.byToken(ctx, c.token)
		if !errors.Is(err, ErrExpired) || c.code == "" || c.rawData == "" {
			return session, fresh, err
		}
		c.askToken = true // its token is over, and it sent a login along
	}
	if c.rawData != "" {
		return s.login(ctx, c)
	}
	if !isName(c.code) {
		return nil, "", ErrExpired
	}
	// Clients send the code alone as soon as they have it, so the login may
	// still be under way.
	if f := s.flights.seen(c.code); f != nil {
		if err := f.enter(ctx); err != nil {
			return nil, "", ErrExpired.because(err) // a new login may have better luck
		}
		f.leave()
	}
	session, err = s.byCode(ctx, c.code)
	return session, "", err
}

// login is a first request: code, rawData and signature.
func (s *Sessions) login(ctx context.Context, c credentials) (*Session, string, error) {
	user, err := readUserInfo(c.rawData)
	if err != nil {
		return nil, "", err
	}
	if !isName(c.code) {
		return nil, "", ErrExchange.because(errors.New("no code has this form"))
	}
	f, entered := s.flights.of(c.code)
	if !entered {
		if err := f.enter(ctx); err != nil {
			return nil, "", ErrExchange.because(err)
		}
	}
	defer f.leave()
	select {
	case <-f.done:
	case <-ctx.Done():
		return nil, "", ErrExchange.because(ctx.Err())
	}
	if f.err != nil {
		return nil, "", exchangeFailed(f.err)
	}
	// Whoever knows a code that was exchanged must still know its key.
	if !f.id.Unsigned && !c.unsigned() && !signed(user.signed, f.id.SessionKey, c.signature) {
		return nil, "", ErrUntrusted
	}
	switch {
	case f.login == "":
		return s.begin(ctx, f, c, user)
	case c.unsigned() && !f.id.Unsigned:
		return nil, "", exchangeFailed(&ExchangeError{codeUsed, "code been used"})
	}
	return s.again(ctx, f, c, user)
}

// begin stores a session. f is held.
func (s *Sessions) begin(ctx context.Context, f *flight, c credentials, user *userInfo) (*Session, string, error) {
	info, err := user.of(f.id.OpenID)
	if err != nil {
		return nil, "", ErrSyntax.because(err)
	}
	now := s.opt.Now()
	session := &Session{OpenID: f.id.OpenID, User: info, login: c.code}
	key, value, token := c.code, []byte(info), ""
	if c.askToken {
		session.login, token = randomName(), randomName()
		key = tokenKey(token)
		session.token = key
		value, err = json.Marshal(tokenRecord{
			OpenID: session.OpenID, User: info, Login: session.login,
			Since: now.UnixMilli(), Issued: now.UnixMilli(),
		})
		if err != nil {
			return nil, "", ErrSyntax.because(err)
		}
	}
	if err := s.save(ctx, key, value, session, s.opt.TTL); err != nil {
		return nil, "", err
	}
	f.login, f.since = session.login, now
	return session, token, nil
}

// again is a further first request with a code that has logged in. It makes no
// new session, or a repeated request would bring back one that was ended. f is
// held.
func (s *Sessions) again(ctx context.Context, f *flight, c credentials, user *userInfo) (*Session, string, error) {
	if !c.askToken {
		session, err := s.byCode(ctx, c.code)
		return session, "", err
	}
	if err := s.linked(ctx, f.id.OpenID, f.login); err != nil {
		return nil, "", err
	}
	info, err := user.of(f.id.OpenID)
	if err != nil {
		return nil, "", ErrSyntax.because(err)
	}
	token, err := s.issue(ctx, tokenRecord{OpenID: f.id.OpenID, User: info, Login: f.login, Since: f.since.UnixMilli()})
	if err != nil {
		return nil, "", err
	}
	return &Session{OpenID: f.id.OpenID, User: info, login: f.login, token: tokenKey(token)}, token, nil
}

// exchangeFailed words an Exchanger's error.
func exchangeFailed(err error) error {
	failed := ErrExchange.because(err)
	if refused, ok := errors.AsType[*ExchangeError](err); ok {
		failed.Detail = &Detail{refused.Code, refused.Msg}
	}
	return failed
}

// signed reports whether signature is that of text under key. It takes the same
// time wherever the two differ.
func signed(text, key, signature string) bool {
	sum := sha1.Sum([]byte(text + key)) // SHA-1 is WeChat's choice
	return subtle.ConstantTimeCompare([]byte(hex.EncodeToString(sum[:])), []byte(signature)) == 1
}

// End revokes a session: its code and all its tokens. The user's other sessions
// are over already, as a login ends the one before. It fails with an *Error.
func (s *Sessions) End(ctx context.Context, session *Session) error {
	if err := s.opt.Store.DeleteIf(ctx, session.OpenID, linkOf(session.login)); err != nil {
		return storeError(err)
	}
	// Without its link it counts no more; this only tidies up.
	key := session.login
	if session.token != "" {
		key = session.token
	}
	if err := s.opt.Store.Delete(ctx, key); err != nil {
		s.opt.Log(ctx).Warn("an ended session stays in the store for its lifetime", "error", err)
	}
	return nil
}

// Ready fails where the store does.
func (s *Sessions) Ready(ctx context.Context) error { return s.opt.Store.Ping(ctx) }
