package certs

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"log/slog"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"
)

// write puts a new certificate with this serial number into the files.
func write(t *testing.T, certFile, keyFile string, serial int64) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(serial), NotAfter: time.Now().Add(time.Hour), DNSNames: []string{"a.example"}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{
		certFile: {Type: "CERTIFICATE", Bytes: der},
		keyFile:  {Type: "PRIVATE KEY", Bytes: private},
	} {
		if err := os.WriteFile(name, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
		// The clock of the file system may be coarse.
		at := time.Unix(1_700_000_000+serial, 0)
		if err := os.Chtimes(name, at, at); err != nil {
			t.Fatal(err)
		}
	}
}

func TestFiles(t *testing.T) {
	dir := t.TempDir()
	cert, key := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	if _, err := Files(cert, key, slog.New(slog.DiscardHandler)); err == nil {
		t.Fatal("files that do not exist")
	}
	write(t, cert, key, 1)
	var text strings.Builder
	now := time.Unix(0, 0)
	f := &files{cert: cert, key: key, log: slog.New(slog.NewTextHandler(&text, nil)), now: func() time.Time { return now }}
	if err := f.read(); err != nil {
		t.Fatal(err)
	}
	serial := func() int64 {
		c, err := f.get(&tls.ClientHelloInfo{})
		if err != nil {
			t.Fatal(err)
		}
		return c.Leaf.SerialNumber.Int64()
	}
	write(t, cert, key, 2)
	if got := serial(); got != 1 {
		t.Errorf("looked at too soon: %d", got)
	}
	now = now.Add(checkEvery)
	if got := serial(); got != 2 {
		t.Errorf("not read again: %d", got)
	}
	if err := os.WriteFile(key, []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	now = now.Add(checkEvery)
	if got := serial(); got != 2 || !strings.Contains(text.String(), "was not read again") {
		t.Errorf("half a pair: %d, %s", got, text.String())
	}
	write(t, cert, key, 3)
	now = now.Add(checkEvery)
	if got := serial(); got != 3 {
		t.Errorf("a pair again: %d", got)
	}
	if err := os.Remove(cert); err != nil {
		t.Fatal(err)
	}
	now = now.Add(checkEvery)
	if got := serial(); got != 3 {
		t.Errorf("gone: %d", got)
	}
}

func TestBridge(t *testing.T) {
	var text strings.Builder
	log := bridge(slog.New(slog.NewTextHandler(&text, &slog.HandlerOptions{Level: slog.LevelInfo})))
	with := log.With(zap.String("name", "a.example"))
	with.Debug("hidden")
	with.Warn("seen", zap.Int("n", 3))
	log.With(zap.String("cache", "0xc000123450")).Error("worse", zap.String("address", "0x"))
	_ = log.Sync()
	got := text.String()
	for _, want := range []string{"level=WARN msg=seen part=certificates", "name=a.example", "n=3", "level=ERROR msg=worse part=certificates address=0x\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in %s", want, got)
		}
	}
	if strings.Contains(got, "hidden") || strings.Count(got, "name=") != 1 {
		t.Errorf("got %s", got)
	}
}

// What is wrong with a file says which one it is.
func TestFileErrors(t *testing.T) {
	dir := t.TempDir()
	name := func(s string) string { return filepath.Join(dir, s) }
	write(t, name("cert.pem"), name("key.pem"), 1)
	write(t, name("other.pem"), name("otherkey.pem"), 2)
	if err := os.WriteFile(name("text"), []byte("hello"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ cert, key, file, want string }{
		{"none", "key.pem", "none", "cannot be read: "},
		{"cert.pem", "none", "none", "cannot be read: "},
		{"text", "key.pem", "text", "holds no CERTIFICATE in PEM"},
		{"cert.pem", "text", "text", "holds no PRIVATE KEY in PEM"},
		{"key.pem", "cert.pem", "key.pem", "holds no CERTIFICATE in PEM"},
		{"cert.pem", "otherkey.pem", "cert.pem", "cannot be used with the key in " + name("otherkey.pem")},
	} {
		_, err := Files(name(tt.cert), name(tt.key), slog.New(slog.DiscardHandler))
		if e, ok := errors.AsType[*FileError](err); !ok || e.File != name(tt.file) || !strings.HasPrefix(err.Error(), name(tt.file)+": "+tt.want) {
			t.Errorf("%s, %s: %v", tt.cert, tt.key, err)
		}
	}
}
