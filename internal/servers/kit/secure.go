package kit

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"

	"github.com/wecos-go/wecos/internal/servers/kit/certs"
)

// start returns what connections are encrypted with, nil for plain HTTP, and
// what ends it.
func (t TLSOptions) start(ctx context.Context, addr net.Addr, log *slog.Logger) (*tls.Config, func(), error) {
	switch {
	case len(t.Domains) > 0:
		a := certs.ACME{
			Domains: t.Domains, Email: t.Email, Directory: t.Directory, Roots: t.Roots, Dir: t.CertDir, Log: log,
		}
		return a.Start(ctx, addr)
	case t.CertFile == "" && t.KeyFile == "":
		return nil, func() {}, nil
	case t.CertFile == "" || t.KeyFile == "":
		return nil, nil, errors.New("TLS needs both a certificate and its key")
	}
	secure, err := certs.Files(t.CertFile, t.KeyFile, log)
	return secure, func() {}, err
}
