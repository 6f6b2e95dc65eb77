package kit

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wecos-go/wecos/internal/servers/kit/certs/acmetest"
)

// HTTPS with a certificate from files: HTTP/2 for clients that know it, and
// nothing older than TLS 1.2.
func TestTLS(t *testing.T) {
	// The certificate of the testing server is good for 127.0.0.1.
	known := httptest.NewTLSServer(http.NotFoundHandler())
	known.Close()
	pair := known.TLS.Certificates[0]
	private, err := x509.MarshalPKCS8PrivateKey(pair.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	opt := TLSOptions{CertFile: filepath.Join(dir, "cert.pem"), KeyFile: filepath.Join(dir, "key.pem")}
	for name, block := range map[string]*pem.Block{
		opt.CertFile: {Type: "CERTIFICATE", Bytes: pair.Certificate[0]},
		opt.KeyFile:  {Type: "PRIVATE KEY", Bytes: private},
	} {
		if err := os.WriteFile(name, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s := started(t, Options{TLS: opt}, echo())
	roots := x509.NewCertPool()
	roots.AddCert(known.Certificate())
	tr := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, ForceAttemptHTTP2: true}
	defer tr.CloseIdleConnections()
	for path, want := range map[string]int{"/applet/echo/ok": 200, "/applet/echo/panic": 500} {
		resp, err := tr.RoundTrip(newRequest(s.URL() + path))
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != want || resp.ProtoMajor != 2 || !strings.HasPrefix(s.URL(), "https://") {
			t.Errorf("%s: %d over %s", path, resp.StatusCode, resp.Proto)
		}
	}
	old := &tls.Config{RootCAs: roots, MaxVersion: tls.VersionTLS11}
	if c, err := tls.Dial("tcp", strings.TrimPrefix(s.URL(), "https://"), old); err == nil {
		c.Close()
		t.Error("TLS 1.1 is spoken")
	}
}

// HTTPS with a certificate that is fetched when the server starts.
func TestFetchedCertificate(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	directory, rootsFile, roots := acmetest.Start(t, ln.Addr())
	var out lines
	opt := TLSOptions{Domains: []string{"shop.example.com"}, Directory: directory, Roots: rootsFile, CertDir: filepath.Join(t.TempDir(), "certificates")}
	_, end := running(t, Options{Listener: ln, TLS: opt, Log: NewLogger(&out, false)}, echo())
	acmetest.Handshake(t, ln.Addr().String(), "shop.example.com", roots)
	tr := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, ServerName: "shop.example.com"}, DisableKeepAlives: true}
	resp, err := tr.RoundTrip(newRequest("https://" + ln.Addr().String() + "/applet/echo/ok"))
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != 200 {
		t.Errorf("status %d", resp.StatusCode)
	}
	end()
	if !strings.Contains(out.String(), `"part":"certificates"`) || strings.Contains(out.String(), "PRIVATE KEY") {
		t.Errorf("the log: %s", out.String())
	}
}
