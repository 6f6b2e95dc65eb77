package conn

import (
	"errors"
	"io/fs"
	"net"
	"os"
	"strings"
	"testing"
)

func TestReachable(t *testing.T) {
	for addr, want := range map[string]string{
		"127.0.0.1:80": "127.0.0.1:80", "0.0.0.0:80": "127.0.0.1:80", "[::]:80": "127.0.0.1:80",
		"[::1]:80": "[::1]:80", "192.0.2.1:80": "192.0.2.1:80",
	} {
		a, err := net.ResolveTCPAddr("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		if got := Reachable(a); got != want {
			t.Errorf("%s: %s, want %s", addr, got, want)
		}
	}
}

// Why one cannot listen comes with what to do.
func TestListenErrors(t *testing.T) {
	ln, err := Listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	if _, err := Listen(t.Context(), ln.Addr().String()); !isType[*AddrInUseError](err) {
		t.Errorf("a taken port: %v", err)
	}
	if _, err := Listen(t.Context(), "192.0.2.1:0"); !isType[*ListenError](err) || !strings.Contains(err.Error(), "cannot listen on 192.0.2.1:0: this computer does not have") {
		t.Errorf("another computer's address: %v", err)
	}
	denied := &net.OpError{Op: "listen", Net: "tcp", Err: os.NewSyscallError("bind", fs.ErrPermission)}
	for _, tt := range []struct {
		addr      string
		err       error
		text, fix string
	}{
		{":80", denied, "cannot listen on :80: permission denied", "ports below 1024 are for root"},
		{":8080", denied, "cannot listen on :8080: permission denied", "choose another port"},
		{"nowhere.invalid:80", &net.OpError{Op: "listen", Err: &net.DNSError{Name: "nowhere.invalid", Err: "no such host"}},
			"cannot listen on nowhere.invalid:80: no computer is known by the name nowhere.invalid", "an address of this computer"},
		{"a:b", errors.New("strange"), "cannot listen on a:b: strange", "an address of this computer"},
	} {
		e, ok := errors.AsType[*ListenError](listenError(tt.addr, tt.err))
		if !ok || e.Error() != tt.text || !strings.HasPrefix(e.Hint(), tt.fix) || !errors.Is(e, tt.err) {
			t.Errorf("%s: %v, %v", tt.addr, e, e.Hint())
		}
	}
}

func isType[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}
