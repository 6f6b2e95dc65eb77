package kit

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// ClientAddr is the address of the client: the right-most hop that is no
// trusted proxy. It is the zero Addr when the connection has none.
func ClientAddr(r *http.Request) netip.Addr {
	if q := requestOf(r.Context()); q != nil {
		return q.client
	}
	return peer(r)
}

// Scheme is "https" when the client came over TLS, to this server or to a
// trusted proxy, else "http".
func Scheme(r *http.Request) string {
	if q := requestOf(r.Context()); q != nil && q.https || r.TLS != nil {
		return "https"
	}
	return "http"
}

// Host is the host of the address that the client asked for, with its port
// unless that is the scheme's own. A trusted proxy says it in X-Forwarded-Host;
// of several, the last one counts, which the proxy nearest to this server wrote.
func Host(r *http.Request) string {
	if q := requestOf(r.Context()); q != nil && q.host != "" {
		return q.host
	}
	return r.Host
}

// lastOf is the last value of a header that proxies add to.
func lastOf(values []string) string {
	all := strings.Join(values, ",")
	return strings.TrimSpace(all[strings.LastIndexByte(all, ',')+1:])
}

// forwardedHost is what the nearest proxy was asked for; "" if it does not say,
// or says what is no host.
func forwardedHost(h http.Header) string {
	host := lastOf(h["X-Forwarded-Host"])
	if !validHost(host) {
		return ""
	}
	return host
}

// validHost reports whether s is a name or an address (RFC 3986, 3.2.2: IPv6 in
// brackets), with or without a port.
func validHost(s string) bool {
	const most = 253 + len(":65535")
	if s == "" || len(s) > most {
		return false
	}
	name := s
	if i := strings.LastIndexByte(s, ':'); i >= 0 && !strings.HasSuffix(s, "]") {
		port, err := strconv.ParseUint(s[i+1:], 10, 16)
		if err != nil || port == 0 {
			return false
		}
		name = s[:i]
	}
	if inner, ok := strings.CutPrefix(name, "["); ok {
		inner, closed := strings.CutSuffix(inner, "]")
		a, err := netip.ParseAddr(inner)
		return closed && err == nil && a.Is6() && a.Zone() == ""
	}
	for i := range len(name) {
		c := name[i]
		if (c|0x20 < 'a' || c|0x20 > 'z') && (c < '0' || c > '9') && c != '-' && c != '.' && c != '_' {
			return false
		}
	}
	return strings.Trim(name, ".") != ""
}

// peer is the other end of the connection.
func peer(r *http.Request) netip.Addr {
	if a, err := netip.ParseAddrPort(r.RemoteAddr); err == nil {
		return a.Addr().Unmap().WithZone("")
	}
	return netip.Addr{}
}

type proxies []netip.Prefix

func (p proxies) trusts(a netip.Addr) bool {
	return slices.ContainsFunc(p, func(prefix netip.Prefix) bool { return prefix.Contains(a) })
}

// client finds the client of a request from from: hops that trusted proxies
// wrote down are followed from the right, and what an untrusted one says about
// those before it does not count.
func (p proxies) client(from netip.Addr, h http.Header) netip.Addr {
	if len(p) == 0 || !p.trusts(from) {
		return from
	}
	hops := strings.Split(strings.Join(h["X-Forwarded-For"], ","), ",")
	for _, hop := range slices.Backward(hops) {
		a, ok := parseHop(strings.TrimSpace(hop))
		if !ok {
			return from
		}
		from = a
		if !p.trusts(a) {
			return a
		}
	}
	return from
}

// parseHop reads an address, which some proxies write with a port.
func parseHop(s string) (netip.Addr, bool) {
	if host, _, err := net.SplitHostPort(s); err == nil {
		s = host
	}
	a, err := netip.ParseAddr(strings.Trim(s, "[]"))
	return a.Unmap().WithZone(""), err == nil
}

// clientKey is what counts as one client: an address, or the IPv6 network that
// one household has.
func clientKey(a netip.Addr) netip.Addr {
	if !a.Is6() {
		return a
	}
	network, err := a.Prefix(64)
	if err != nil {
		return a
	}
	return network.Addr()
}
