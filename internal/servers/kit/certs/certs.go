// Package certs finds the certificates of a server: in files that somebody
// renews, or from an authority by ACME.
//
// It never listens and never serves anything.
package certs

import (
	"crypto/tls"
	"encoding/pem"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"strings"
	"sync"
	"time"
)

// checkEvery is how often files are looked at for a change.
const checkEvery = 5 * time.Second

// Files returns a configuration with the certificate in two PEM files. When
// they change they are read again; what cannot be read then is logged, and the
// certificate stays. The error is a *FileError.
func Files(certFile, keyFile string, log *slog.Logger) (*tls.Config, error) {
	f := &files{cert: certFile, key: keyFile, log: log, now: time.Now}
	if err := f.read(); err != nil {
		return nil, err
	}
	return &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: f.get}, nil
}

// FileError is a certificate or a key that cannot be used.
type FileError struct {
	File string
	Text string // what is wrong with it
	Err  error  // cause; may be nil
}

func (e *FileError) Error() string { return e.File + ": " + e.Text }

// Unwrap returns the cause.
func (e *FileError) Unwrap() error { return e.Err }

// readPEM reads a file with a block of a type that ends in kind.
func readPEM(file, kind string) ([]byte, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		cause := err
		if e, ok := errors.AsType[*fs.PathError](err); ok {
			cause = e.Err
		}
		return nil, &FileError{File: file, Text: "cannot be read: " + cause.Error(), Err: err}
	}
	for rest := text; ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			return nil, &FileError{File: file, Text: "holds no " + kind + " in PEM"}
		}
		if strings.HasSuffix(block.Type, kind) {
			return text, nil
		}
	}
}

// readPair reads a certificate and its key. Errors are *FileError.
func readPair(certFile, keyFile string) (tls.Certificate, error) {
	certText, err := readPEM(certFile, "CERTIFICATE")
	if err != nil {
		return tls.Certificate{}, err
	}
	keyText, err := readPEM(keyFile, "PRIVATE KEY")
	if err != nil {
		return tls.Certificate{}, err
	}
	pair, err := tls.X509KeyPair(certText, keyText)
	if err != nil {
		return pair, &FileError{File: certFile, Text: "cannot be used with the key in " + keyFile + ": " + strings.TrimPrefix(err.Error(), "tls: "), Err: err}
	}
	return pair, nil
}

// files are a certificate on disk.
type files struct {
	cert, key string
	log       *slog.Logger
	now       func() time.Time

	mu      sync.Mutex
	checked time.Time
	seen    [2]stamp
	current *tls.Certificate
}

// stamp tells two states of a file apart.
type stamp struct {
	time time.Time
	size int64
}

func (f *files) stamps() (seen [2]stamp, err error) {
	for i, name := range []string{f.cert, f.key} {
		info, err := os.Stat(name)
		if err != nil {
			return seen, err
		}
		seen[i] = stamp{info.ModTime(), info.Size()}
	}
	return seen, nil
}

// read takes the certificate from the files. The stamps are older than what is
// read, so that no change goes unseen.
func (f *files) read() error {
	seen, _ := f.stamps() // what is missing fails below
	cert, err := readPair(f.cert, f.key)
	if err != nil {
		return err
	}
	f.checked, f.seen, f.current = f.now(), seen, &cert
	return nil
}

func (f *files) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if now := f.now(); now.Sub(f.checked) >= checkEvery {
		f.checked = now
		if seen, err := f.stamps(); err != nil || seen != f.seen {
			f.renew(err)
		}
	}
	return f.current, nil
}

func (f *files) renew(err error) {
	if err == nil {
		err = f.read()
	}
	if err != nil {
		// Both files are seldom replaced at once; the next look may find a pair.
		f.log.Error("the certificate was not read again", "file", f.cert, "error", err)
		return
	}
	f.log.Info("the certificate was read again", "file", f.cert)
}
