package weapp

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"
)

// The headers of the protocol. HeaderToken is ours, the others are those of
// weapp-session.
const (
	HeaderCode      = "X-WX-Code"
	HeaderRawData   = "X-WX-RawData"
	HeaderSignature = "X-WX-Signature"
	// HeaderToken carries a token, or AskToken in a first request.
	HeaderToken = "X-WX-Token"
)

// AskToken in HeaderToken of a first request asks for a token in the answer's
// HeaderToken. The code is then no bearer of the session. Such a request may
// leave out the signature, which today's clients no longer get, and the raw data: the
// code alone says who the user is, and logs in once.
const AskToken = "new"

const (
	maxName    = 128     // bytes of a code or an openid
	maxRawData = 8 << 10 // bytes of rawData, encoded; clients send some 300
)

// credentials are what a request says of its session.
type credentials struct {
	code, signature, token string
	rawData                string // percent-encoded
	askToken               bool
}

// unsigned reports whether the request may do without a signature.
func (c credentials) unsigned() bool { return c.askToken && c.signature == "" }

func readCredentials(h http.Header) credentials {
	c := credentials{
		code: h.Get(HeaderCode), rawData: h.Get(HeaderRawData),
		signature: h.Get(HeaderSignature), token: h.Get(HeaderToken),
	}
	if c.token == AskToken {
		c.token, c.askToken = "", true
		if c.rawData == "" {
			c.rawData = "{}"
		}
	}
	return c
}

// isName reports whether s may be a code or an openid. The store's other keys
// have a colon.
func isName(s string) bool {
	if s == "" || len(s) > maxName {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_' || c == '-') {
			return false
		}
	}
	return true
}

// userInfo is what a client says of its user, with the text that it signed.
type userInfo struct {
	signed string
	fields map[string]json.RawMessage
}

// readUserInfo decodes rawData: ErrURI or ErrSyntax where it cannot.
func readUserInfo(rawData string) (*userInfo, error) {
	if len(rawData) > maxRawData {
		return nil, ErrSyntax
	}
	text, err := url.PathUnescape(rawData) // as decodeURIComponent: + stays
	if err != nil || !utf8.ValidString(text) {
		return nil, ErrURI
	}
	u := &userInfo{signed: text}
	// An array or a number is no user; null would decode to no map.
	if !strings.HasPrefix(strings.TrimLeft(text, " \t\r\n"), "{") {
		return nil, ErrSyntax
	}
	if err := json.Unmarshal([]byte(text), &u.fields); err != nil {
		return nil, ErrSyntax.because(err)
	}
	return u, nil
}

// of returns the user info as JSON that says whose it is, whatever the client
// said.
func (u *userInfo) of(openID string) (json.RawMessage, error) {
	quoted, err := json.Marshal(openID)
	if err != nil {
		return nil, err
	}
	u.fields["openId"] = quoted
	return json.Marshal(u.fields)
}
