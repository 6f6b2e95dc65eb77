package weapp

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"
)

// DefaultCode2SessionURL is WeChat's.
const DefaultCode2SessionURL = "https://api.weixin.qq.com/sns/jscode2session"

const (
	// ExchangeTimeout is how long WeChat may take.
	ExchangeTimeout = 2 * time.Second
	maxAnswer       = 64 << 10 // bytes of WeChat's answer; it has some 100
	maxErrMsg       = 200      // bytes of errmsg that go on
)

// Identity is what a code stands for.
type Identity struct {
	OpenID     string
	SessionKey string
	// Unsigned identities need no signature. Only a local login for development
	// has them.
	Unsigned bool
}

// Exchanger finds out what a code stands for. It fails with an *ExchangeError
// where it was answered so.
type Exchanger interface {
	Exchange(ctx context.Context, code string) (Identity, error)
}

// ExchangeError is WeChat's refusal of a code. The numbers are in WeChat's
// documentation of code2Session.
type ExchangeError struct {
	Code int
	Msg  string
}

// Errors of code2Session that say something of the code, and not of the moment.
const (
	codeInvalid     = 40029
	codeUsed        = 40163
	codeBlocked     = 40226 // a user whom WeChat holds for high-risk
	appIDInvalid    = 40013
	secretInvalid   = 40125
	exchangeBusy    = -1
	exchangeLimited = 45011
)

func (e *ExchangeError) Error() string {
	return fmt.Sprintf("code2session: errcode %d: %s", e.Code, e.Msg)
}

// lasting reports whether the same code would be refused again.
func (e *ExchangeError) lasting() bool {
	return e.Code == codeInvalid || e.Code == codeUsed || e.Code == codeBlocked
}

// Code2Session asks WeChat. Its errors never hold the app's secret.
type Code2Session struct {
	url           string // of a request, up to the code
	secret, query string // the secret plain and as the URL has it
	client        *http.Client
}

// URLError says that an address of code2session may not be used.
type URLError struct{ URL string }

func (e *URLError) Error() string {
	return fmt.Sprintf("the address %q of code2session is not an https one", e.URL)
}

// Hint says what to do about it.
func (e *URLError) Hint() string {
	return "it is sent the app's secret: use https, or http to this computer (127.0.0.1) only"
}

// NewCode2Session returns the exchange at address, or at WeChat's where that is
// empty. It fails with a *URLError for an address that would carry the secret
// through a network in the clear.
func NewCode2Session(address, appID, secret string) (*Code2Session, error) {
	if address == "" {
		address = DefaultCode2SessionURL
	}
	if err := CheckExchangeURL(address); err != nil {
		return nil, err
	}
	base, err := url.Parse(address)
	if err != nil {
		return nil, &URLError{address}
	}
	query := base.Query()
	query.Set("appid", appID)
	query.Set("secret", secret)
	query.Set("grant_type", "authorization_code")
	base.RawQuery = query.Encode()
	transport := &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		TLSClientConfig:     &tls.Config{MinVersion: tls.VersionTLS12},
		DialContext:         (&net.Dialer{Timeout: ExchangeTimeout}).DialContext,
		TLSHandshakeTimeout: ExchangeTimeout,
		ForceAttemptHTTP2:   true,
		MaxIdleConnsPerHost: maxExchanges,
		IdleConnTimeout:     time.Minute,
	}
	return &Code2Session{
		url: base.String(), secret: secret, query: url.QueryEscape(secret),
		client: &http.Client{
			Transport: transport,
			// A redirect would take the secret elsewhere.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}, nil
}

// CheckExchangeURL fails with a *URLError unless address is https, or http to
// this computer.
func CheckExchangeURL(address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil || u.Fragment != "" {
		return &URLError{address}
	}
	if u.Scheme == "https" || u.Scheme == "http" && isLoopback(u.Hostname()) {
		return nil
	}
	return &URLError{address}
}

// isLoopback reports whether host names this computer.
func isLoopback(host string) bool {
	if host == "localhost" {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Unmap().IsLoopback()
}

// Exchange implements Exchanger.
func (c *Code2Session) Exchange(ctx context.Context, code string) (Identity, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.url+"&js_code="+url.QueryEscape(code), nil)
	if err != nil {
		return Identity{}, c.scrub(err)
	}
	res, err := c.client.Do(req)
	if err != nil {
		return Identity{}, c.scrub(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer+1))
	switch {
	case err != nil:
		return Identity{}, c.scrub(err)
	case len(body) > maxAnswer:
		return Identity{}, fmt.Errorf("code2session: the answer is longer than %d bytes", maxAnswer)
	case res.StatusCode != http.StatusOK:
		return Identity{}, fmt.Errorf("code2session: status %d", res.StatusCode)
	}
	return c.read(body)
}

// read takes an answer apart.
func (c *Code2Session) read(body []byte) (Identity, error) {
	var answer struct {
		OpenID     string `json:"openid"`
		SessionKey string `json:"session_key"`
		ErrCode    int    `json:"errcode"`
		ErrMsg     string `json:"errmsg"`
	}
	// The text of the answer may hold a key, so it goes into no error.
	if json.Unmarshal(body, &answer) != nil {
		return Identity{}, errors.New("code2session: the answer is not what it should be")
	}
	if answer.ErrCode != 0 {
		return Identity{}, &ExchangeError{answer.ErrCode, clip(c.hide(answer.ErrMsg))}
	}
	if answer.SessionKey == "" || len(answer.SessionKey) > maxName || !isName(answer.OpenID) {
		return Identity{}, errors.New("code2session: the answer names no user")
	}
	return Identity{OpenID: answer.OpenID, SessionKey: answer.SessionKey}, nil
}

// scrub takes the request's address, and with it the secret, out of an error.
func (c *Code2Session) scrub(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err
	}
	// Only context errors are passed on as they are: nobody knows what the text
	// of another holds.
	for _, known := range []error{context.DeadlineExceeded, context.Canceled} {
		if errors.Is(err, known) {
			return fmt.Errorf("code2session: %w", known)
		}
	}
	return errors.New("code2session: " + c.hide(err.Error()))
}

// hide replaces the secret in a text.
func (c *Code2Session) hide(text string) string {
	if c.secret == "" {
		return text
	}
	return strings.NewReplacer(c.secret, "***", c.query, "***").Replace(text)
}

// clip bounds a text that goes on to clients.
func clip(text string) string {
	if len(text) <= maxErrMsg {
		return strings.ToValidUTF8(text, "")
	}
	text = text[:maxErrMsg]
	for len(text) > 0 && !utf8.RuneStart(text[len(text)-1]) {
		text = text[:len(text)-1]
	}
	return strings.ToValidUTF8(text, "")
}

// Close ends idle connections.
func (c *Code2Session) Close() { c.client.CloseIdleConnections() }
