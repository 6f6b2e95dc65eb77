package main

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// server is a program that a script has started.
type server struct {
	cmd   *exec.Cmd
	lines *bufio.Reader
	errs  bytes.Buffer
}

// servers are those of a script, by name.
type servers map[string]*server

type serversKey struct{}

func setup(env *testscript.Env) error {
	env.Values[serversKey{}] = servers{}
	env.Values[rootsKey{}] = x509.NewCertPool()
	return nil
}

// start runs a server until halt: start NAME PROGRAM [ARGUMENT ...]. Its first
// line is for stdout; the first word of that is its address, which becomes
// $NAME, and $NAME_ADDR without the scheme.
func start(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: start NAME PROGRAM [ARGUMENT ...]")
	}
	first, _, _ := strings.Cut(ts.Getenv("PATH"), string(os.PathListSeparator))
	s := &server{cmd: exec.Command(filepath.Join(first, args[1]), args[2:]...)}
	s.cmd.Dir, s.cmd.Stderr = ts.MkAbs("."), &s.errs
	for _, name := range []string{"PATH", "HOME", "TMPDIR", "SYSTEMROOT", "COS_SECRET_ID", "COS_SECRET_KEY", "PORT"} {
		s.cmd.Env = append(s.cmd.Env, name+"="+ts.Getenv(name))
	}
	out, err := s.cmd.StdoutPipe()
	ts.Check(err)
	ts.Check(s.cmd.Start())
	ts.Defer(func() {
		if s.cmd.ProcessState == nil { // the script did not get that far
			_ = s.cmd.Process.Kill()
			_ = s.cmd.Wait()
		}
	})
	s.lines = bufio.NewReader(out)
	line, err := s.lines.ReadString('\n')
	if err != nil {
		_ = s.cmd.Wait()
		ts.Fatalf("%s has not started: %s", args[1], s.errs.String())
	}
	_, err = io.WriteString(ts.Stdout(), line)
	ts.Check(err)
	address, _, _ := strings.Cut(line, " ")
	ts.Setenv(args[0], address)
	ts.Setenv(args[0]+"_ADDR", strings.TrimPrefix(strings.TrimPrefix(address, "http://"), "https://"))
	ts.Value(serversKey{}).(servers)[args[0]] = s
}

// halt interrupts a server, which must end with code 0: halt NAME INT|TERM.
// What it printed after its first line is for stdout, and its errors for stderr.
func halt(ts *testscript.TestScript, neg bool, args []string) {
	s := toSignal(ts, neg, args)
	ts.Check(s.cmd.Process.Signal(signals[args[1]]))
	rest, err := io.ReadAll(s.lines)
	ts.Check(err)
	if err := s.cmd.Wait(); err != nil {
		ts.Fatalf("%s: %v: %s", args[0], err, s.errs.String())
	}
	_, err = ts.Stdout().Write(rest)
	ts.Check(err)
	_, err = ts.Stderr().Write(s.errs.Bytes())
	ts.Check(err)
}

// toSignal is the server of a command with the arguments NAME INT|TERM.
func toSignal(ts *testscript.TestScript, neg bool, args []string) *server {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: halt|haltnow NAME INT|TERM")
	}
	s := ts.Value(serversKey{}).(servers)[args[0]]
	if s == nil {
		ts.Fatalf("%s was not started", args[0])
	}
	return s
}

// request sends a request and checks the status of the reply, whose body is
// for stdout: request STATUS METHOD URL [BODY [HEADER VALUE] ...].
func request(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 {
		ts.Fatalf("usage: request STATUS METHOD URL [BODY [HEADER VALUE] ...]")
	}
	body := ""
	if len(args) > 3 {
		body = args[3]
	}
	req, err := http.NewRequest(args[1], args[2], strings.NewReader(body))
	ts.Check(err)
	for i := 4; i+1 < len(args); i += 2 {
		req.Header.Set(args[i], args[i+1])
	}
	trusted := &tls.Config{RootCAs: ts.Value(rootsKey{}).(*x509.CertPool)}
	tr := &http.Transport{DisableKeepAlives: true, TLSClientConfig: trusted}
	resp, err := tr.RoundTrip(req)
	ts.Check(err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	ts.Check(err)
	if strconv.Itoa(resp.StatusCode) != args[0] {
		ts.Fatalf("%s: %s", resp.Status, text)
	}
	_, err = ts.Stdout().Write(text)
	ts.Check(err)
}
