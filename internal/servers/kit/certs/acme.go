package certs

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"log/slog"
	"net"
	"os"
	"strconv"

	"github.com/caddyserver/certmagic"
)

// ACME fetches certificates from an authority and renews them.
type ACME struct {
	Domains []string
	// Email is where the authority writes to; it may be empty.
	Email string
	// Directory is the URL of the authority; "" is Let's Encrypt.
	Directory string
	// Roots is a PEM file of the roots that the authority itself is trusted by;
	// "" are the system's.
	Roots string
	// Dir keeps the account and the certificates.
	Dir string
	// Log is where events go.
	Log *slog.Logger
}

// Start begins to fetch what Dir does not hold, in the background, and to renew
// it until ctx ends. The authority proves the domains by speaking TLS with the
// server (RFC 8737), which listens on addr, at their port 443. The function it
// returns ends everything.
func (a ACME) Start(ctx context.Context, addr net.Addr) (*tls.Config, func(), error) {
	host, port, err := net.SplitHostPort(addr.String())
	if err != nil {
		return nil, nil, err
	}
	n, err := strconv.Atoi(port)
	if err != nil {
		return nil, nil, err
	}
	roots, err := a.roots()
	if err != nil {
		return nil, nil, err
	}
	if err := os.MkdirAll(a.Dir, 0o700); err != nil {
		return nil, nil, err
	}
	log := bridge(a.Log)
	var config *certmagic.Config
	cache := certmagic.NewCache(certmagic.CacheOptions{
		GetConfigForCert: func(certmagic.Certificate) (*certmagic.Config, error) { return config, nil },
		Logger:           log,
	})
	config = certmagic.New(cache, certmagic.Config{Storage: &certmagic.FileStorage{Path: a.Dir}, Logger: log})
	directory := a.Directory
	if directory == "" {
		directory = certmagic.LetsEncryptProductionCA
	}
	config.Issuers = []certmagic.Issuer{certmagic.NewACMEIssuer(config, certmagic.ACMEIssuer{
		CA: directory, Email: a.Email, Agreed: true, TrustedRoots: roots, Logger: log,
		DisableHTTPChallenge: true, ListenHost: host, AltTLSALPNPort: n,
	})}
	ctx, cancel := context.WithCancel(ctx)
	stop := func() {
		cancel()
		cache.Stop()
	}
	if err := config.ManageAsync(ctx, a.Domains); err != nil {
		stop()
		return nil, nil, err
	}
	secure := config.TLSConfig()
	secure.MinVersion = tls.VersionTLS12
	secure.NextProtos = append([]string{"h2", "http/1.1"}, secure.NextProtos...)
	return secure, stop, nil
}

func (a ACME) roots() (*x509.CertPool, error) {
	if a.Roots == "" {
		return nil, nil
	}
	text, err := os.ReadFile(a.Roots)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("%s: there is no certificate in it", a.Roots)
	}
	return pool, nil
}
