package cos

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/wecos-go/wecos/internal/servers/kit/conn"
)

func TestListen(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	entered, leave := make(chan struct{}), make(chan struct{})
	r, err := Listen(ctx, "127.0.0.1:0", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(entered)
		<-leave
		_, _ = io.WriteString(w, "done")
	}))
	if err != nil {
		t.Fatal(err)
	}
	addr := strings.TrimPrefix(r.URL, "http://")

	var inUse *conn.AddrInUseError
	if _, err := Listen(ctx, addr, nil); !errors.As(err, &inUse) || inUse.Addr != addr {
		t.Errorf("a taken port: %v", err)
	}
	if _, err := Listen(ctx, "127.0.0.1:none", nil); err == nil || errors.As(err, &inUse) {
		t.Errorf("a bad port: %v", err)
	}

	// A connection in reserve must not hold up the end.
	reserve, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer reserve.Close()

	reply := make(chan string, 1)
	go func() {
		tr := &http.Transport{DisableKeepAlives: true}
		req, _ := http.NewRequest("GET", r.URL, nil)
		resp, err := tr.RoundTrip(req)
		if err != nil {
			reply <- err.Error()
			return
		}
		defer resp.Body.Close()
		b, _ := io.ReadAll(resp.Body)
		reply <- string(b)
	}()
	<-entered
	stop()
	close(leave)
	begin := time.Now()
	if got := <-reply; got != "done" {
		t.Errorf("the request under way: %q", got)
	}
	if err := r.Wait(); err != nil {
		t.Errorf("wait: %v", err)
	}
	if d := time.Since(begin); d > 2*time.Second {
		t.Errorf("the end took %v", d)
	}
	if c, err := net.Dial("tcp", addr); err == nil {
		c.Close()
		t.Error("the port is still open")
	}
}
