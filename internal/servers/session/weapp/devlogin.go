package weapp

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// DevLogin is a login without WeChat, for developing: a code of the form
// dev_NAME_ANYTHING is the user dev-NAME, and any other code is dev-guest. Nobody's
// signature is checked, so it must stand behind LocalOnly.
type DevLogin struct{}

// Exchange implements Exchanger.
func (DevLogin) Exchange(_ context.Context, code string) (Identity, error) {
	name := "guest"
	if parts := strings.SplitN(code, "_", 3); len(parts) == 3 && parts[0] == "dev" && parts[1] != "" {
		name = parts[1]
	}
	id := Identity{OpenID: "dev-" + name, SessionKey: "dev", Unsigned: true}
	if !isName(id.OpenID) {
		return Identity{}, &ExchangeError{codeInvalid, "invalid code"}
	}
	return id, nil
}

// forwarding are the headers by which proxies tell for whom they ask.
var forwarding = []string{"Forwarded", "Via", "X-Real-Ip", "X-Client-Ip", "X-Cluster-Client-Ip", "True-Client-Ip", "Cf-Connecting-Ip"}

// LocalOnly refuses, with status 403, every request that does not come from this
// computer: of another address, under another Host, forwarded by a proxy, or sent
// by a web page of another origin.
func LocalOnly(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !isLocal(r) {
			http.Error(w, "this server is for development and answers its own computer only", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func isLocal(r *http.Request) bool {
	from, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil || !from.Addr().Unmap().IsLoopback() {
		return false
	}
	if !isLoopback(hostOf(r.Host)) {
		return false
	}
	for _, name := range forwarding {
		if r.Header.Values(name) != nil {
			return false
		}
	}
	for name := range r.Header {
		if strings.HasPrefix(name, "X-Forwarded") {
			return false
		}
	}
	origin := r.Header.Get("Origin")
	return origin == "" || origin == "http://"+r.Host || origin == "https://"+r.Host
}

// hostOf takes the port off a Host header.
func hostOf(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		return name
	}
	return strings.Trim(host, "[]")
}

// IsLoopbackAddr reports whether a server that listens on addr, HOST:PORT, is
// reached from this computer only.
func IsLoopbackAddr(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	return err == nil && isLoopback(host)
}
