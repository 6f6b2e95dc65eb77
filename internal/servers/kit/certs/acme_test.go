package certs

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/letsencrypt/pebble/v2/ca"
	"github.com/letsencrypt/pebble/v2/db"
	"github.com/letsencrypt/pebble/v2/va"
	"github.com/letsencrypt/pebble/v2/wfe"
	"github.com/miekg/dns"
)

// authority is an ACME server on loopback that believes every name to be here,
// and looks for them on the port of tlsAddr.
func authority(t *testing.T, tlsAddr net.Addr) (directory, rootsFile string, roots *x509.CertPool) {
	t.Helper()
	t.Setenv("PEBBLE_VA_NOSLEEP", "1")
	t.Setenv("PEBBLE_WFE_NONCEREJECT", "0")
	quiet := log.New(io.Discard, "", 0)
	store := db.NewMemoryStore()
	issuer := ca.New(quiet, store, "", "ecdsa", 0, 1, map[string]ca.Profile{"default": {Description: "the only one"}})
	validator := va.New(quiet, 1, tlsAddr.(*net.TCPAddr).Port, false, resolver(t), store)
	front := wfe.New(quiet, store, validator, issuer, []string{"ca.example"}, false, false, 1, 1)
	server := httptest.NewTLSServer(front.Handler())
	t.Cleanup(server.Close)
	rootsFile = filepath.Join(t.TempDir(), "roots.pem")
	own := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	if err := os.WriteFile(rootsFile, own, 0o600); err != nil {
		t.Fatal(err)
	}
	roots = x509.NewCertPool()
	if !roots.AppendCertsFromPEM(issuer.GetRootCert(0).PEM()) {
		t.Fatal("the authority has no root")
	}
	return server.URL + wfe.DirectoryPath, rootsFile, roots
}

// resolver answers 127.0.0.1 for every name.
func resolver(t *testing.T) string {
	t.Helper()
	ln := listen(t)
	server := &dns.Server{Listener: ln, Handler: dns.HandlerFunc(func(w dns.ResponseWriter, q *dns.Msg) {
		reply := new(dns.Msg)
		reply.SetReply(q)
		if q.Question[0].Qtype == dns.TypeA {
			reply.Answer = append(reply.Answer, &dns.A{
				Hdr: dns.RR_Header{Name: q.Question[0].Name, Rrtype: dns.TypeA, Class: dns.ClassINET, Ttl: 1},
				A:   net.IPv4(127, 0, 0, 1),
			})
		}
		_ = w.WriteMsg(reply)
	})}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.ActivateAndServe()
	}()
	t.Cleanup(func() {
		_ = server.Shutdown() // it may not have started
		ln.Close()
		<-done
	})
	return ln.Addr().String()
}

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

// handshake tries until the server has a certificate for name that roots trust.
func handshake(t *testing.T, addr, name string, roots *x509.CertPool) *x509.Certificate {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	dialer := tls.Dialer{Config: &tls.Config{RootCAs: roots, ServerName: name, NextProtos: []string{"h2", "http/1.1"}}}
	for {
		conn, err := dialer.DialContext(ctx, "tcp", addr)
		if err == nil {
			defer conn.Close()
			state := conn.(*tls.Conn).ConnectionState()
			if state.Version < tls.VersionTLS12 || state.NegotiatedProtocol != "h2" {
				t.Errorf("version %x, protocol %q", state.Version, state.NegotiatedProtocol)
			}
			return state.PeerCertificates[0]
		}
		select {
		case <-ctx.Done():
			t.Fatalf("no certificate: %v", err)
		case <-again.C:
		}
	}
}

// A server without a certificate gets one from a real authority, keeps it over
// a restart, and has none for other names.
func TestACME(t *testing.T) {
	ln := listen(t)
	directory, rootsFile, roots := authority(t, ln.Addr())
	a := ACME{
		Domains: []string{"shop.example.com"}, Email: "me@example.com", Directory: directory, Roots: rootsFile,
		Dir: filepath.Join(t.TempDir(), "certificates"), Log: slog.New(slog.DiscardHandler),
	}
	var first *x509.Certificate
	t.Run("fetched", func(t *testing.T) {
		serve(t, a, ln)
		first = handshake(t, ln.Addr().String(), "shop.example.com", roots)
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
		if again := handshake(t, ln.Addr().String(), "shop.example.com", roots); again.SerialNumber.Cmp(first.SerialNumber) != 0 {
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
