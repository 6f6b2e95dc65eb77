package upload

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"

	store "github.com/wecos-go/wecos/internal/servers/cos"
)

// secure serves a store over TLS. It knows buckets by any Host header.
func secure(t *testing.T, keys store.Credentials, wrap func(http.Handler) http.Handler) *httptest.Server {
	t.Helper()
	s, err := store.New(store.Options{Dir: t.TempDir(), NoSync: true, Credentials: []store.Credentials{keys}})
	if err != nil {
		t.Fatal(err)
	}
	var h http.Handler = s
	if wrap != nil {
		h = wrap(s)
	}
	srv := httptest.NewUnstartedServer(h)
	srv.Config.ErrorLog = log.New(io.Discard, "", 0) // of refused certificates
	srv.StartTLS()
	t.Cleanup(func() {
		srv.Close()
		s.Close()
	})
	return srv
}

var plainKeys = store.Credentials{ID: testID, Key: testKey}

// TestTLS trusts a private authority through RootCAs, and resumes sessions: a
// handshake for each new connection would cost as much as several uploads.
func TestTLS(t *testing.T) {
	var resumed, requests atomic.Int32
	srv := secure(t, plainKeys, func(h http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			requests.Add(1)
			if r.TLS.DidResume {
				resumed.Add(1)
			}
			w.Header().Set("Connection", "close")
			h.ServeHTTP(w, r)
		})
	})
	roots := x509.NewCertPool()
	roots.AddCert(srv.Certificate())
	c := dial(t, srv.URL, func(cfg *COSConfig) { cfg.RootCAs = roots })
	for range 3 {
		if err := c.Put(t.Context(), "k", Object{Data: []byte("x")}); err != nil {
			t.Fatal(err)
		}
	}
	if resumed.Load() != 2 || requests.Load() != 3 {
		t.Errorf("%d of %d connections resumed a session", resumed.Load(), requests.Load())
	}
	var fatal *FatalError
	if err := dial(t, srv.URL, nil).Put(t.Context(), "k", Object{Data: []byte("x")}); !errors.As(err, &fatal) || fatal.Code != codeCertificate || fatal.Hint == "" {
		t.Errorf("a certificate nobody trusts: %v", err)
	}
	old := httptest.NewUnstartedServer(http.NotFoundHandler())
	old.Config.ErrorLog = log.New(io.Discard, "", 0)
	old.TLS = &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}
	old.StartTLS()
	defer old.Close()
	roots.AddCert(old.Certificate())
	c = dial(t, old.URL, func(cfg *COSConfig) { cfg.RootCAs, cfg.Attempts = roots, 1 })
	if _, err := c.Head(t.Context(), "k"); err == nil || errors.Is(err, ErrNotFound) {
		t.Errorf("TLS 1.1 is spoken: %v", err)
	}
}

// TestTemporaryKeys sends the token with every request.
func TestTemporaryKeys(t *testing.T) {
	const token = "temporary-token-value"
	keys := store.Credentials{ID: testID, Key: testKey, Token: token}
	srv := secure(t, keys, nil)
	roots := x509.NewCertPool()
	roots.AddCert(srv.Certificate())
	client := func(token string) *COS {
		return dial(t, srv.URL, func(cfg *COSConfig) { cfg.RootCAs, cfg.Token = roots, token })
	}
	c := client(token)
	for _, o := range []Object{{Data: []byte("x")}, {Data: make([]byte, MultipartThreshold+1)}} {
		if err := c.Put(t.Context(), "k", o); err != nil {
			t.Error(err)
		}
	}
	for info, err := range c.List(t.Context(), "") {
		if err != nil || info.Key != "k" {
			t.Errorf("listed %+v, %v", info, err)
		}
	}
	for _, wrong := range []string{"", "other"} {
		var fatal *FatalError
		err := client(wrong).Put(t.Context(), "k", Object{Data: []byte("x")})
		if !errors.As(err, &fatal) || fatal.Hint == "" || strings.Contains(err.Error(), testKey) {
			t.Errorf("with the token %q: %v", wrong, err)
		}
	}
}

// The environment of a process is read once, so this test runs itself again.
const proxyChild = "WECOS_TEST_PROXY_CHILD"

// TestProxy reaches the address of the service through the proxy of the
// environment, and trusts the authority of SSL_CERT_FILE.
func TestProxy(t *testing.T) {
	if address := os.Getenv(proxyChild); address != "" {
		c := dial(t, address, func(cfg *COSConfig) { cfg.Attempts = 1 })
		if err := c.Put(t.Context(), "k", Object{Data: []byte("x")}); err != nil {
			t.Fatal(err)
		}
		return
	}
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		t.Skip("SSL_CERT_FILE is not read on " + runtime.GOOS)
	}
	srv := secure(t, plainKeys, nil)
	var tunnels atomic.Int32
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodConnect || r.Host != "example.com:443" {
			t.Errorf("the proxy got %s %s", r.Method, r.Host)
			return
		}
		tunnels.Add(1)
		tunnel(t, w, srv.Listener.Addr().String())
	}))
	defer proxy.Close()
	cert := filepath.Join(t.TempDir(), "roots.pem")
	if err := os.WriteFile(cert, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: srv.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	child := func(address string, env ...string) error {
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestProxy$", "-test.timeout=60s")
		for _, e := range os.Environ() {
			name, _, _ := strings.Cut(e, "=")
			if !strings.HasSuffix(strings.ToUpper(name), "_PROXY") {
				cmd.Env = append(cmd.Env, e)
			}
		}
		cmd.Env = append(cmd.Env, "SSL_CERT_FILE="+cert, "SSL_CERT_DIR="+t.TempDir(), proxyChild+"="+address)
		cmd.Env = append(cmd.Env, env...)
		out, err := cmd.CombinedOutput()
		if err != nil {
			return errors.New(string(out))
		}
		return nil
	}
	if err := child("https://example.com", "HTTPS_PROXY="+proxy.URL); err != nil {
		t.Error(err)
	}
	if n := tunnels.Load(); n != 1 {
		t.Errorf("%d tunnels were asked for", n)
	}
	// What NO_PROXY names goes straight: nothing answers for that name here.
	if err := child("https://none.invalid", "HTTPS_PROXY="+proxy.URL, "NO_PROXY=none.invalid"); err == nil {
		t.Error("a name that does not exist answers")
	}
	// Loopback never goes through a proxy.
	if err := child(srv.URL, "HTTPS_PROXY="+proxy.URL); err != nil {
		t.Error(err)
	}
	if n := tunnels.Load(); n != 1 {
		t.Errorf("%d tunnels were asked for in the end", n)
	}
}

// tunnel joins the client with address until either has had enough.
func tunnel(t *testing.T, w http.ResponseWriter, address string) {
	far, err := new(net.Dialer).DialContext(context.Background(), "tcp", address)
	if err != nil {
		t.Error(err)
		return
	}
	defer far.Close()
	near, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		t.Error(err)
		return
	}
	defer near.Close()
	if _, err := io.WriteString(near, "HTTP/1.1 200 Connection established\r\n\r\n"); err != nil {
		return
	}
	done := make(chan struct{})
	go func() {
		_, _ = io.Copy(far, near)
		far.Close()
		close(done)
	}()
	_, _ = io.Copy(near, far)
	near.Close()
	<-done
}
