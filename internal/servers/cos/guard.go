package cos

import (
	"net"
	"net/http"
	"net/url"
	"strings"
)

// serviceDomains are those of the service itself. Clients that reach the store
// through a proxy setting name them, and no page on the web can.
var serviceDomains = []string{".myqcloud.com", ".tencentcos.cn"}

// guard keeps web pages away from a store without signatures: a page may send
// forms to any address, and a name of its own may lead to this computer. It
// reports whether the request may go on.
func (s *Server) guard(r *http.Request) bool {
	if !trustedHost(withoutPort(r.Host)) {
		return false
	}
	origin := r.Header.Get("Origin")
	if origin == "" || r.Method == http.MethodGet || r.Method == http.MethodHead || r.Method == http.MethodOptions {
		return true // what a page gets to read is up to CORS
	}
	if u, err := url.Parse(origin); err == nil && u.Host == r.Host {
		return true
	}
	b, err := s.acquire(s.bucketOf(r.Host))
	if err != nil {
		return false
	}
	defer s.release(b)
	return b.settings().CORS.find(origin, r.Method, nil) != nil
}

// loopbackHost reports whether a host is this computer, whoever asks.
func loopbackHost(host string) bool {
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	if ip := net.ParseIP(strings.Trim(host, "[]")); ip != nil {
		return ip.IsLoopback()
	}
	return host == "localhost" || strings.HasSuffix(host, ".localhost")
}

func trustedHost(host string) bool {
	if loopbackHost(host) {
		return true
	}
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	for _, d := range serviceDomains {
		if strings.HasSuffix(host, d) {
			return true
		}
	}
	return false
}
