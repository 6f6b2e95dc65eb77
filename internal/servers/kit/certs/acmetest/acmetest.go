// Package acmetest runs a certificate authority that speaks ACME, for tests: it
// really looks whether a name belongs to who asks, as a public one does.
//
// It is only for tests, and trusts no network but loopback.
package acmetest

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"log"
	"net"
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

// Start runs an authority on loopback until the test ends. It believes every
// name to be on this computer, and looks for them on the port of tlsAddr. It
// returns the URL of its directory, a file with the root that it is trusted by
// itself, and the roots of the certificates that it issues.
func Start(t *testing.T, tlsAddr net.Addr) (directory, rootsFile string, roots *x509.CertPool) {
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
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
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

// Handshake tries until the server at addr has a certificate for name that roots
// trust, and returns it.
func Handshake(t *testing.T, addr, name string, roots *x509.CertPool) *x509.Certificate {
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
