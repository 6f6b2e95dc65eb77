package weapp_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/wecos-go/wecos/internal/servers/session/weapp"
)

func TestDevLogin(t *testing.T) {
	for code, want := range map[string]string{
		"dev_ann_123": "dev-ann", "dev_ann_4_5": "dev-ann", "dev_小明_1": "", "dev__1": "dev-guest", "anything": "dev-guest",
	} {
		id, err := weapp.DevLogin{}.Exchange(t.Context(), code)
		if id.OpenID != want || (err == nil) != (want != "") || err == nil && !id.Unsigned {
			t.Errorf("%s: %+v, %v", code, id, err)
		}
	}
}

func TestLocalOnly(t *testing.T) {
	h := weapp.LocalOnly(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	for _, tt := range []struct {
		name, from, host string
		header           http.Header
		ok               bool
	}{
		{"this computer", "127.0.0.1:4000", "127.0.0.1:5757", nil, true},
		{"by name", "127.0.0.1:4000", "localhost:5757", nil, true},
		{"without a port", "127.0.0.1:4000", "localhost", nil, true},
		{"IPv6", "[::1]:4000", "[::1]:5757", nil, true},
		{"mapped", "[::ffff:127.0.0.1]:4000", "127.0.0.9", nil, true},
		{"own page", "127.0.0.1:4000", "localhost:5757", header("Origin", "http://localhost:5757"), true},
		{"another computer", "192.168.1.7:4000", "127.0.0.1:5757", nil, false},
		{"no address", "", "127.0.0.1:5757", nil, false},
		{"another name", "127.0.0.1:4000", "evil.example.com", nil, false},
		{"a name that begins so", "127.0.0.1:4000", "127.0.0.1.example.com:5757", nil, false},
		{"no host", "127.0.0.1:4000", "", nil, false},
		{"X-Forwarded-For", "127.0.0.1:4000", "localhost", header("X-Forwarded-For", "127.0.0.1"), false},
		{"X-Forwarded-Host", "127.0.0.1:4000", "localhost", header("X-Forwarded-Host", "localhost"), false},
		{"X-Forwarded-Proto", "127.0.0.1:4000", "localhost", header("X-Forwarded-Proto", ""), false},
		{"Forwarded", "127.0.0.1:4000", "localhost", header("Forwarded", "for=1.2.3.4"), false},
		{"X-Real-IP", "127.0.0.1:4000", "localhost", header("X-Real-IP", "1.2.3.4"), false},
		{"Via", "127.0.0.1:4000", "localhost", header("Via", "1.1 proxy"), false},
		{"another page", "127.0.0.1:4000", "localhost:5757", header("Origin", "https://evil.example.com"), false},
		{"a page of another port", "127.0.0.1:4000", "localhost:5757", header("Origin", "http://localhost:8080"), false},
		{"a page without origin", "127.0.0.1:4000", "localhost:5757", header("Origin", "null"), false},
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.RemoteAddr, r.Host = tt.from, tt.host
		if tt.header != nil {
			r.Header = tt.header
		}
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, r)
		if (rec.Code == http.StatusOK) != tt.ok || !tt.ok && rec.Code != http.StatusForbidden {
			t.Errorf("%s: status %d", tt.name, rec.Code)
		}
	}
	for addr, want := range map[string]bool{
		"127.0.0.1:0": true, "localhost:1": true, "[::1]:1": true, "127.9.9.9:1": true,
		":5757": false, "0.0.0.0:5757": false, "[::]:1": false, "192.168.1.1:1": false, "example.com:1": false, "127.0.0.1": false, "": false,
	} {
		if got := weapp.IsLoopbackAddr(addr); got != want {
			t.Errorf("%q: %v", addr, got)
		}
	}
}
