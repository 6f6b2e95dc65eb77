package kit

import (
	"net/http"
	"net/netip"
	"strings"
	"testing"
)

func TestClientAddr(t *testing.T) {
	trusted := []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32"), netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}
	for _, tt := range []struct {
		name, from string
		header     []string
		want       string
	}{
		{"no proxy", "192.0.2.1:1", nil, "192.0.2.1"},
		{"not trusted", "192.0.2.1:1", []string{"198.51.100.1"}, "192.0.2.1"},
		{"one proxy", "127.0.0.1:1", []string{"198.51.100.1"}, "198.51.100.1"},
		{"what the client claims", "127.0.0.1:1", []string{"203.0.113.9, 198.51.100.1"}, "198.51.100.1"},
		{"two proxies", "127.0.0.1:1", []string{"203.0.113.9, 198.51.100.1, 10.1.2.3"}, "198.51.100.1"},
		{"two headers", "127.0.0.1:1", []string{"203.0.113.9", "198.51.100.1", "10.1.2.3"}, "198.51.100.1"},
		{"all trusted", "127.0.0.1:1", []string{"10.0.0.1, 10.0.0.2"}, "10.0.0.1"},
		{"with ports", "127.0.0.1:1", []string{"198.51.100.1:4444"}, "198.51.100.1"},
		{"IPv6", "[fd00::1]:1", []string{"2001:db8::1"}, "2001:db8::1"},
		{"IPv6 with a port", "[fd00::1]:1", []string{"[2001:db8::1]:443"}, "2001:db8::1"},
		{"IPv4 in IPv6", "[::ffff:127.0.0.1]:1", []string{"::ffff:198.51.100.1"}, "198.51.100.1"},
		{"nonsense", "127.0.0.1:1", []string{"198.51.100.1, unknown"}, "127.0.0.1"},
		{"nonsense behind a proxy", "127.0.0.1:1", []string{"unknown, 10.0.0.1"}, "10.0.0.1"},
		{"empty", "127.0.0.1:1", []string{""}, "127.0.0.1"},
		{"none", "127.0.0.1:1", nil, "127.0.0.1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			from := netip.MustParseAddrPort(tt.from).Addr().Unmap()
			if got := proxies(trusted).client(from, http.Header{"X-Forwarded-For": tt.header}); got.String() != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
	r := &http.Request{RemoteAddr: "@"}
	if ClientAddr(r).IsValid() {
		t.Error("a connection without an address")
	}
}

func TestScheme(t *testing.T) {
	app := App{Name: "app", Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write([]byte(Scheme(r) + " " + ClientAddr(r).String()))
	})}
	trusting := started(t, Options{TrustedProxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}}, app)
	strict := started(t, Options{}, app)
	for _, tt := range []struct {
		s     *Server
		proto string
		want  string
	}{
		{trusting, "https", "https 198.51.100.1"}, {trusting, "http", "http 198.51.100.1"}, {trusting, "https, http", "http 198.51.100.1"},
		{trusting, "", "http 198.51.100.1"}, {strict, "https", "http 127.0.0.1"},
	} {
		if _, got := ask(t, "GET", tt.s.URL(), "", "X-Forwarded-Proto", tt.proto, "X-Forwarded-For", "198.51.100.1"); got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.proto, got, tt.want)
		}
	}
}

func TestHost(t *testing.T) {
	app := App{Name: "app", Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = w.Write([]byte(Host(r))) })}
	trusting := started(t, Options{TrustedProxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}}, app)
	strict := started(t, Options{}, app)
	own := strings.TrimPrefix(trusting.URL(), "http://")
	for forwarded, want := range map[string]string{
		"a.example": "a.example", "a.example:8443": "a.example:8443", "[2001:db8::1]:81": "[2001:db8::1]:81", "[::1]": "[::1]", "192.0.2.1": "192.0.2.1",
		"claimed.example, a.example": "a.example", "a.example,": own, "": own, "a/b": own, "u@a.example": own, "a b": own, "a\"b": own, "a:": own, "a:0": own, "a:65536": own, "a:x": own,
		":80": own, "::1": own, "[a]": own, "[::1%eth0]": own, "[::1": own, ".": own, "ä.example": own, strings.Repeat("a", 300): own,
	} {
		if _, got := ask(t, "GET", trusting.URL(), "", "X-Forwarded-Host", forwarded); got != want {
			t.Errorf("%q: got %q, want %q", forwarded, got, want)
		}
	}
	if _, got := ask(t, "GET", strict.URL(), "", "X-Forwarded-Host", "a.example"); got != strings.TrimPrefix(strict.URL(), "http://") {
		t.Errorf("anybody is believed: %s", got)
	}
	if r := (&http.Request{Host: "b.example"}); Host(r) != "b.example" {
		t.Errorf("outside of a server: %s", Host(r))
	}
}
