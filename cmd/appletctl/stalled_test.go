package main

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/textproto"
	"os"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// stall begins to upload a form that never ends: stall URL. When it returns, the
// server reads the body.
func stall(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: stall URL")
	}
	host, path, _ := strings.Cut(strings.TrimPrefix(args[0], "http://"), "/")
	c, err := net.Dial("tcp", host)
	ts.Check(err)
	ts.Defer(func() { c.Close() })
	ts.Check(c.SetDeadline(time.Now().Add(10 * time.Second)))
	_, err = fmt.Fprintf(c, "POST /%s HTTP/1.1\r\nHost: %s\r\nContent-Length: 1000\r\n"+
		"Content-Type: multipart/form-data; boundary=x\r\nExpect: 100-continue\r\n\r\n", path, host)
	ts.Check(err)
	line, err := textproto.NewReader(bufio.NewReader(c)).ReadLine()
	ts.Check(err)
	if line != "HTTP/1.1 100 Continue" {
		ts.Fatalf("the server answers %s", line)
	}
	_, err = io.WriteString(c, "--x\r\nContent-Disposition: form-data; name=image; filename=a.png\r\n\r\nabc")
	ts.Check(err)
}

// haltNow signals a server that is busy until it ends, which must be by the second
// signal and not by itself: haltnow NAME INT|TERM.
func haltNow(ts *testscript.TestScript, neg bool, args []string) {
	s := toSignal(ts, neg, args)
	ended := make(chan error, 1)
	ts.Check(s.cmd.Process.Signal(signals[args[1]]))
	go func() {
		_, _ = io.Copy(io.Discard, s.lines)
		ended <- s.cmd.Wait()
	}()
	for {
		select {
		case err := <-ended:
			if err == nil || s.cmd.ProcessState.Exited() {
				ts.Fatalf("%s ended by itself: %v", args[0], err)
			}
			return
		case <-time.After(20 * time.Millisecond): // it has taken the first one by now, or else takes another
			_ = s.cmd.Process.Signal(signals[args[1]])
		}
	}
}

type rootsKey struct{}

// certificate writes a certificate for 127.0.0.1, which request trusts from then
// on, and its key: certificate CERT KEY.
func certificate(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: certificate CERT KEY")
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	ts.Check(err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	ts.Check(err)
	private, err := x509.MarshalPKCS8PrivateKey(key)
	ts.Check(err)
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert})
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), text, 0o600))
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}), 0o600))
	ts.Value(rootsKey{}).(*x509.CertPool).AppendCertsFromPEM(text)
}
