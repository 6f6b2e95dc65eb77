package web

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"mime"
	"net"
	"net/http"
	"sync"
	"time"
)

const (
	sessionLifetime = 12 * time.Hour
	// maxSessions bounds the visitors who are signed in; the oldest goes.
	maxSessions = 64
)

// sessions are the visitors who have signed in.
type sessions struct {
	check func(id, key string) bool
	now   func() time.Time

	mu    sync.Mutex
	until map[string]time.Time
}

func random() []byte {
	b := make([]byte, 32)
	rand.Read(b) // never fails
	return b
}

// begin returns the key of a new session.
func (s *sessions) begin() string {
	key := base64.RawURLEncoding.EncodeToString(random())
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	oldest := ""
	for k, end := range s.until {
		if !end.After(now) {
			delete(s.until, k)
		} else if oldest == "" || end.Before(s.until[oldest]) {
			oldest = k
		}
	}
	if len(s.until) >= maxSessions {
		delete(s.until, oldest)
	}
	s.until[key] = now.Add(sessionLifetime)
	return key
}

func (s *sessions) valid(key string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.until[key].After(s.now())
}

func (s *sessions) end(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.until, key)
}

// cookieName holds the port: cookies are those of a host, on which there may be
// other stores.
func cookieName(r *http.Request) string {
	_, port, err := net.SplitHostPort(r.Host)
	if err != nil {
		port = "80"
	}
	return "wecos-store-" + port
}

// session is the key of the visitor's session, "" without one.
func (v *visit) session() string {
	if v.sessions == nil {
		return ""
	}
	c, err := v.r.Cookie(cookieName(v.r))
	if err != nil || !v.sessions.valid(c.Value) {
		return ""
	}
	return c.Value
}

func (v *visit) setSession(key string, age int) {
	http.SetCookie(v.w, &http.Cookie{
		Name: cookieName(v.r), Value: key, Path: "/", MaxAge: age,
		HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: v.r.TLS != nil,
	})
}

// token is what forms of this visitor hold. Other pages cannot read it.
func (v *visit) token() string {
	m := hmac.New(sha256.New, v.secret)
	m.Write([]byte(v.key))
	return base64.RawURLEncoding.EncodeToString(m.Sum(nil))
}

// checkForm reads the form and makes sure that it is one of ours: sent by a page
// of this address, and with the visitor's token.
func (v *visit) checkForm() error {
	kind, _, err := mime.ParseMediaType(v.r.Header.Get("Content-Type"))
	if err != nil || kind != "application/x-www-form-urlencoded" {
		return errForm
	}
	scheme := "http://"
	if v.r.TLS != nil {
		scheme = "https://"
	}
	if v.r.Header.Get("Origin") != scheme+v.r.Host {
		return errNotOurs
	}
	v.r.Body = http.MaxBytesReader(v.w, v.r.Body, maxForm)
	if err := v.r.ParseForm(); err != nil {
		return errForm
	}
	if subtle.ConstantTimeCompare([]byte(v.r.PostForm.Get("token")), []byte(v.token())) != 1 {
		return errNotOurs
	}
	return nil
}

// signInForm asks for the keys, if there is need.
func (v *visit) signInForm() error {
	if v.sessions == nil || v.key != "" {
		v.seeOther("/")
		return nil
	}
	return v.askKeys(http.StatusOK)
}

func (v *visit) askKeys(status int) error {
	v.show(status, "sign-in", "Sign in", nil)
	return nil
}

func (v *visit) signIn() error {
	if v.sessions == nil {
		return errNoPage
	}
	if !v.sessions.check(v.r.PostForm.Get("id"), v.r.PostForm.Get("key")) {
		return errWrongKeys
	}
	v.setSession(v.sessions.begin(), int(sessionLifetime/time.Second))
	v.seeOther("/")
	return nil
}

func (v *visit) signOut() error {
	if v.sessions == nil {
		return errNoPage
	}
	v.sessions.end(v.key)
	v.setSession("", -1)
	v.seeOther("/")
	return nil
}
