package wechattest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
)

// magicID marks session errors.
const magicID = "F2C224D4-2BCE-4C64-AF9F-A6D872000D1A"

// maxRetries is how often the client library tries again.
const maxRetries = 3

// Client sends requests as the client library of weapp-session does: the first
// with code, rawData and signature, later ones with the code alone. Requests that
// begin before the login is there share it. On the two reasons that a new login
// mends it logs in again and repeats the request.
type Client struct {
	Base         string // of the server, with its base path
	WeChat       *WeChat
	OpenID, Nick string
	HTTP         *http.Client

	mu      sync.Mutex
	code    string
	pending *firstHeader
	logins  int
}

type firstHeader struct {
	once   sync.Once
	code   string
	header http.Header
}

// SessionError is one that the library hands to the program.
type SessionError struct {
	Reason, Name, Message string
}

func (e *SessionError) Error() string { return fmt.Sprintf("%s %s: %s", e.Reason, e.Name, e.Message) }

// ErrRetries says that the library gave up.
var ErrRetries = errors.New("too many failed requests")

// Logins is how often the client has logged in.
func (c *Client) Logins() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.logins
}

// header is what the library sends: callers share one first header until it was
// answered, and whoever comes later sends the code alone.
func (c *Client) header() http.Header {
	c.mu.Lock()
	if c.code != "" {
		defer c.mu.Unlock()
		return http.Header{"X-Wx-Code": {c.code}}
	}
	if c.pending == nil {
		c.pending = &firstHeader{}
	}
	p := c.pending
	c.mu.Unlock()
	p.once.Do(func() {
		code, key := c.WeChat.Login(c.OpenID)
		raw := fmt.Sprintf(`{"nickName":%q,"gender":1,"avatarUrl":"https://wx.qlogo.cn/a"}`, c.Nick)
		c.mu.Lock()
		p.code = code
		c.mu.Unlock()
		p.header = http.Header{
			"X-Wx-Code":      {code},
			"X-Wx-Rawdata":   {strings.ReplaceAll(url.QueryEscape(raw), "+", "%20")},
			"X-Wx-Signature": {Sign(raw, key)},
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		c.logins++
	})
	return p.header
}

// Request sends body as JSON, or nothing where it is nil, and returns the answer.
func (c *Client) Request(ctx context.Context, method, path string, body any) (json.RawMessage, error) {
	for try := 0; try <= maxRetries; try++ {
		header := c.header()
		answer, err := c.send(ctx, method, path, body, header)
		if err != nil {
			return nil, err
		}
		var e map[string]json.RawMessage
		if json.Unmarshal(answer, &e) != nil || e[magicID] == nil {
			c.answered(header, true)
			return answer, nil
		}
		var failed struct {
			Reason string
			Error  struct{ Name, Message string }
		}
		if err := json.Unmarshal(answer, &failed); err != nil {
			return nil, err
		}
		if failed.Reason != "ERR_SESSION_EXPIRED" && failed.Reason != "ERR_SESSION_KEY_EXCHANGE_FAILED" {
			return nil, &SessionError{failed.Reason, failed.Error.Name, failed.Error.Message}
		}
		c.answered(header, false)
	}
	return nil, ErrRetries
}

// answered notes whether the server took header.
func (c *Client) answered(header http.Header, taken bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	code := header.Get("X-WX-Code")
	switch p := c.pending; {
	case p != nil && p.code == code:
		c.pending = nil
		if taken {
			c.code = code
		}
	case c.code == code && !taken:
		c.code = ""
	}
}

func (c *Client) send(ctx context.Context, method, path string, body any, header http.Header) ([]byte, error) {
	var in io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return nil, err
		}
		in = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.Base+path, in)
	if err != nil {
		return nil, err
	}
	for name, values := range header {
		req.Header[name] = values
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	client := c.HTTP
	if client == nil {
		client = http.DefaultClient
	}
	res, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("status %d: %.200s", res.StatusCode, text)
	}
	return text, err
}
