package kit

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
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
