package bucket_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wecos-go/wecos/internal/servers/album"
	"github.com/wecos-go/wecos/internal/servers/album/bucket"
	"github.com/wecos-go/wecos/internal/servers/cos"
)

// faults does to the requests of a method what the list says, one after the
// other, and nothing when it is used up.
type faults struct {
	method string

	mu   sync.Mutex
	list []cos.Fault
	seen int
}

func (f *faults) next(r *http.Request) cos.Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	if r.Method != f.method {
		return cos.Fault{}
	}
	f.seen++
	if len(f.list) == 0 {
		return cos.Fault{}
	}
	fault := f.list[0]
	f.list = f.list[1:]
	return fault
}

// head and stream are the two ways in which content comes.
func head(n int) album.Content { return album.Content{Type: "image/png", Head: make([]byte, n)} }

func stream(n int) album.Content {
	return album.Content{Type: "image/png", Head: make([]byte, 256<<10), Rest: bytes.NewReader(make([]byte, n-256<<10))}
}

func TestPutThroughFaults(t *testing.T) {
	busy := cos.Fault{Status: http.StatusServiceUnavailable}
	denied := cos.Fault{Status: http.StatusForbidden, Code: "AccessDenied"}
	for _, test := range []struct {
		name   string
		c      func(int) album.Content
		list   []cos.Fault
		puts   int
		status int // of the error, -1 for one without; 0 for none
	}{
		{"busy once", head, []cos.Fault{busy}, 2, 0},
		{"busy twice", head, []cos.Fault{busy, busy}, 3, 0},
		{"busy for long", head, []cos.Fault{busy, busy, busy}, 3, 503},
		{"a reset", head, []cos.Fault{{Reset: true}}, 2, 0},
		{"a reset after the body", head, []cos.Fault{{ResetAfterBody: true}}, 2, 0},
		{"a lost reply", head, []cos.Fault{{LoseReply: true}}, 2, 0},
		{"a wrong sum", head, []cos.Fault{{WrongCRC: true}}, 2, 0},
		{"wrong sums", head, []cos.Fault{{WrongCRC: true}, {WrongCRC: true}, {WrongCRC: true}}, 3, -1},
		{"denied", head, []cos.Fault{denied}, 1, 403},
		{"a stream, denied", stream, []cos.Fault{denied}, 1, 403},
		{"a stream, reset after the body", stream, []cos.Fault{{ResetAfterBody: true}}, 1, -1},
		{"a stream, a lost reply", stream, []cos.Fault{{LoseReply: true}}, 1, -1},
		{"a stream, a wrong sum", stream, []cos.Fault{{WrongCRC: true}}, 1, -1},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			f := &faults{method: http.MethodPut, list: test.list}
			s := newService(t, f.next).open(t, nil)
			const size = 1 << 20
			err := s.Put(t.Context(), "a.png", test.c(size))
			status := 0
			if err != nil {
				e, ok := errors.AsType[*bucket.Error](err)
				if !ok || e.Op != "put" || e.Key != "a.png" {
					t.Fatalf("%v", err)
				}
				if status = e.Status; status == 0 {
					status = -1
				}
			}
			if status != test.status || f.seen != test.puts {
				t.Errorf("error %v after %d requests, want status %d after %d", err, f.seen, test.status, test.puts)
			}
			data, _, ok := read(t, s.URL("a.png", 0))
			if ok != (err == nil) || ok && len(data) != size {
				t.Errorf("there are %d bytes, %t", len(data), ok)
			}
		})
	}
}

// A service that refuses before it takes the content is asked again.
func TestStreamIsSentAgainWhileNothingIsRead(t *testing.T) {
	busy := 0
	s := newServiceBehind(t, nil, func(h http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPut && busy < 2 {
				busy++
				w.WriteHeader(http.StatusServiceUnavailable)
				return
			}
			h.ServeHTTP(w, r)
		})
	}).open(t, nil)
	if err := s.Put(t.Context(), "a.png", stream(1<<20)); err != nil {
		t.Fatal(err)
	}
	if data, _, ok := read(t, s.URL("a.png", 0)); !ok || len(data) != 1<<20 || busy != 2 {
		t.Errorf("there are %d bytes after %d refusals", len(data), busy)
	}
}

// A service that does not answer costs the timeouts and no more.
func TestSilentService(t *testing.T) {
	silent := cos.Fault{Latency: time.Minute}
	s := newService(t, func(*http.Request) cos.Fault { return silent }).open(t, func(o *bucket.Options) {
		o.Timeout = 20 * time.Millisecond
	})
	start := time.Now()
	if err := s.Delete(t.Context(), "a.png"); err == nil || !strings.Contains(err.Error(), "no answer in time") {
		t.Errorf("delete: %v", err)
	}
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("it took %v", took)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if err := s.Delete(ctx, "a.png"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("with a deadline: %v", err)
	}
}

func TestListThroughFaults(t *testing.T) {
	f := &faults{method: http.MethodGet, list: []cos.Fault{{Status: 500}, {Truncate: 100}}}
	s := newService(t, f.next).open(t, nil)
	if err := s.Put(t.Context(), "a.png", head(10)); err != nil {
		t.Fatal(err)
	}
	n := 0
	for item, err := range s.List(t.Context(), "") {
		if err != nil || item.Key != "a.png" {
			t.Errorf("%v, %v", item, err)
		}
		n++
	}
	if n != 1 || f.seen != 3 {
		t.Errorf("%d keys after %d requests", n, f.seen)
	}
}

// What is wrong with an account is said without showing it.
func TestErrorsHoldNoSecrets(t *testing.T) {
	svc := newService(t, nil)
	wrong := svc
	wrong.keys.Key = "verysecretkey"
	err := wrong.open(t, nil).Put(t.Context(), "a.png", head(10))
	if e, ok := errors.AsType[*bucket.Error](err); !ok || e.Code != "SignatureDoesNotMatch" {
		t.Errorf("a wrong key: %v", err)
	}
	gone := svc.open(t, func(o *bucket.Options) { o.Endpoint = "http://127.0.0.1:1" })
	refused := gone.Ready(t.Context())
	if refused == nil {
		t.Error("nobody listens there")
	}
	if err := svc.open(t, nil).Ready(t.Context()); err != nil {
		t.Errorf("ready: %v", err)
	}
	for _, err := range []error{err, refused} {
		for _, secret := range []string{wrong.keys.Key, svc.keys.ID, svc.keys.Key, "q-signature"} {
			if strings.Contains(err.Error(), secret) {
				t.Errorf("%q is shown: %v", secret, err)
			}
		}
	}
}

// The content may still come when the service has refused it long ago; nobody
// reads it after Put has returned.
func TestRestIsNotReadAfterPut(t *testing.T) {
	denied := cos.Fault{Status: http.StatusForbidden, Code: "AccessDenied"}
	s := newService(t, func(*http.Request) cos.Fault { return denied }).open(t, nil)
	rest := &onlyBefore{t: t}
	err := s.Put(t.Context(), "a.png", album.Content{Type: "image/png", Head: make([]byte, 10), Rest: rest})
	rest.over() // the race detector sees a read that comes later
	if err == nil {
		t.Error("no error")
	}
}

type onlyBefore struct {
	t     *testing.T
	ended bool
}

func (r *onlyBefore) Read(p []byte) (int, error) {
	if r.ended {
		r.t.Error("read after Put")
		return 0, io.EOF
	}
	return len(p), nil
}

func (r *onlyBefore) over() { r.ended = true }

func TestAddresses(t *testing.T) {
	svc := service{"https://a-1.cos.ap-guangzhou.myqcloud.com", cos.NewCredentials()}
	for domain, want := range map[string]string{
		"":                             svc.url,
		"https://img.example.com":      "https://img.example.com",
		"https://img.example.com/pic/": "https://img.example.com/pic",
	} {
		s := svc.open(t, func(o *bucket.Options) { o.Domain = domain })
		if got := s.URL("相册/1 +?.jpg", 0); got != want+"/%E7%9B%B8%E5%86%8C/1%20%2B%3F.jpg" {
			t.Errorf("domain %q: %s", domain, got)
		}
		if got := s.URL("a.jpg", 240); got != want+"/a.jpg?imageMogr2/auto-orient/thumbnail/240x%3E/quality/80/strip" {
			t.Errorf("domain %q, thumbnail: %s", domain, got)
		}
	}
}

func TestOptionErrors(t *testing.T) {
	good := bucket.Options{Endpoint: "https://a-1.cos.ap-guangzhou.myqcloud.com", SecretID: "id", SecretKey: "verysecret"}
	for name, change := range map[string]func(*bucket.Options){
		"no endpoint":    func(o *bucket.Options) { o.Endpoint = "" },
		"another scheme": func(o *bucket.Options) { o.Endpoint = "ftp://a" },
		"a path":         func(o *bucket.Options) { o.Endpoint += "/a" },
		"a user":         func(o *bucket.Options) { o.Domain = "https://verysecret@a" },
		"a query":        func(o *bucket.Options) { o.Domain = "https://a/?verysecret" },
		"no id":          func(o *bucket.Options) { o.SecretID = "" },
		"no key":         func(o *bucket.Options) { o.SecretKey = "" },
	} {
		opt := good
		change(&opt)
		if _, err := bucket.New(opt); err == nil || strings.Contains(err.Error(), "verysecret") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
