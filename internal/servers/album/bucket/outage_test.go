package bucket_test

import (
	"context"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/wecos-go/wecos/internal/servers/album/bucket"
	"github.com/wecos-go/wecos/internal/servers/cos"
)

// outage is a service that can be gone, at the same address.
type outage struct {
	t      *testing.T
	addr   string
	server *cos.Server
	http   *http.Server
}

func (o *outage) start() {
	o.t.Helper()
	l, err := new(net.ListenConfig).Listen(o.t.Context(), "tcp", o.addr)
	if err != nil {
		o.t.Fatal(err)
	}
	serving := &http.Server{Handler: o.server}
	o.addr, o.http = l.Addr().String(), serving
	go func() { _ = serving.Serve(l) }() // until Close
}

// A service that dies in mid-load costs clear errors within two seconds, and
// nothing once it is back.
func TestServiceDiesAndComesBack(t *testing.T) {
	keys := cos.NewCredentials()
	server, err := cos.New(cos.Options{Dir: t.TempDir(), Credentials: []cos.Credentials{keys}, NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	o := &outage{t: t, addr: "127.0.0.1:0", server: server}
	o.start()
	s, err := bucket.New(bucket.Options{Endpoint: "http://" + o.addr, SecretID: keys.ID, SecretKey: keys.Key})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var load sync.WaitGroup
	failed := make(chan time.Duration, 1000)
	for range 4 {
		load.Go(func() {
			for ctx.Err() == nil {
				begun := time.Now()
				if err := s.Put(ctx, "a.png", stream(300<<10)); err != nil && ctx.Err() == nil {
					select {
					case failed <- time.Since(begun):
					default:
					}
				}
			}
		})
	}
	if err := o.http.Close(); err != nil {
		t.Fatal(err)
	}
	for range 8 {
		if took := <-failed; took > 2*time.Second {
			t.Errorf("an error took %v", took)
		}
	}
	o.start()
	defer o.http.Close()
	if err := s.Put(t.Context(), "b.png", head(10)); err != nil {
		t.Errorf("after it came back: %v", err)
	}
	stop()
	load.Wait()
	if err := s.Ready(t.Context()); err != nil {
		t.Errorf("not ready: %v", err)
	}
}
