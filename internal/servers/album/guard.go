package album

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"github.com/wecos-go/wecos/internal/servers/kit"
)

// refusal says why a request may not change the album; ok is true if it may.
func (s *Server) refusal(r *http.Request) (why problem, ok bool) {
	if s.token == nil {
		return forbidden, !s.foreign(r)
	}
	return s.checkToken(r)
}

// checkToken looks at the token, which comes as a Bearer (RFC 6750). Sums of
// equal length are compared, so that the time tells neither its length nor its
// beginning.
func (s *Server) checkToken(r *http.Request) (why problem, ok bool) {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") || token == "" {
		return noToken, false
	}
	sum := sha256.Sum256([]byte(strings.TrimSpace(token)))
	if subtle.ConstantTimeCompare(sum[:], s.token[:]) != 1 {
		return wrongToken, false
	}
	return problem{}, true
}

// miniProgram begins the Referer of every request of a mini-program, which no
// web page can send.
const miniProgram = "https://servicewechat.com/"

// foreign reports whether a browser sent the request for a page that is not the
// server's own, which somebody only looked at. Without a token, that would be
// enough to upload and delete. Pages on loopback are those of developer tools.
func (s *Server) foreign(r *http.Request) bool {
	site, origin := r.Header.Get("Sec-Fetch-Site"), r.Header.Get("Origin")
	switch {
	case site == "same-origin", site == "none":
		return false
	case site == "" && origin == "": // no browser
		return false
	case strings.HasPrefix(r.Header.Get("Referer"), miniProgram):
		return false
	case slices.Contains(s.origins, origin), slices.Contains(s.origins, "*"):
		return false
	}
	u, err := url.Parse(origin)
	if err != nil || u.Host == "" {
		return true
	}
	ip, err := netip.ParseAddr(u.Hostname())
	local := u.Hostname() == "localhost" || err == nil && ip.IsLoopback()
	return u.Host != r.Host && u.Host != kit.Host(r) && !local
}
