package certs

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/wecos-go/wecos/internal/servers/kit/certs/acmetest"
)

// serve answers "ok" with certificates from a until the test ends.
func serve(t *testing.T, a ACME, ln net.Listener) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	secure, stop, err := a.Start(ctx, ln.Addr())
	if err != nil {
		cancel()
		t.Fatal(err)
	}
	server := &http.Server{
		TLSConfig: secure, ErrorLog: log.New(io.Discard, "", 0),
		Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok") }),
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.ServeTLS(ln, "", "")
	}()
	t.Cleanup(func() {
		cancel()
		stop()
		server.Close()
		<-done
	})
}

func listen(t *testing.T) net.Listener {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return ln
}

// A server without a certificate gets one from a real authority, keeps it over
// a restart, and has none for other names.
func TestACME(t *testing.T) {
	ln := listen(t)
	directory, rootsFile, roots := acmetest.Start(t, ln.Addr())
	a := ACME{
		Domains: []string{"shop.example.com"}, Email: "me@example.com", Directory: directory, Roots: rootsFile,
		Dir: filepath.Join(t.TempDir(), "certificates"), Log: slog.New(slog.DiscardHandler),
	}
	var first *x509.Certificate
	t.Run("fetched", func(t *testing.T) {
		serve(t, a, ln)
		first = acmetest.Handshake(t, ln.Addr().String(), "shop.example.com", roots)
		if err := first.VerifyHostname("shop.example.com"); err != nil {
			t.Error(err)
		}
		other := tls.Dialer{Config: &tls.Config{ServerName: "other.example.com", InsecureSkipVerify: true}}
		if conn, err := other.DialContext(t.Context(), "tcp", ln.Addr().String()); err == nil {
			conn.Close()
			t.Error("there is a certificate for another name")
		}
	})
	t.Run("kept", func(t *testing.T) {
		ln := listen(t) // the authority would not find it here
		serve(t, a, ln)
		if again := acmetest.Handshake(t, ln.Addr().String(), "shop.example.com", roots); again.SerialNumber.Cmp(first.SerialNumber) != 0 {
			t.Error("another certificate")
		}
	})
	for name, broken := range map[string]ACME{
		"no roots":    {Roots: filepath.Join(t.TempDir(), "none"), Dir: t.TempDir()},
		"empty roots": {Roots: os.DevNull, Dir: t.TempDir()},
		"no folder":   {Dir: filepath.Join(rootsFile, "below")},
	} {
		broken.Log = slog.New(slog.DiscardHandler)
		if _, _, err := broken.Start(t.Context(), ln.Addr()); err == nil {
			t.Errorf("%s: it has started", name)
		}
	}
}
