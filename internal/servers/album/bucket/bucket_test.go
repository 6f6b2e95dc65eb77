package bucket_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/wecos-go/wecos/internal/servers/album/bucket"
	"github.com/wecos-go/wecos/internal/servers/album/storetest"
	"github.com/wecos-go/wecos/internal/servers/cos"
)

// service is the local store as a bucket of the service.
type service struct {
	url  string
	keys cos.Credentials
}

func newService(t *testing.T, fault func(*http.Request) cos.Fault) service {
	t.Helper()
	return newServiceBehind(t, fault, func(h http.Handler) http.Handler { return h })
}

// newServiceBehind puts something in front of the service.
func newServiceBehind(t *testing.T, fault func(*http.Request) cos.Fault, front func(http.Handler) http.Handler) service {
	t.Helper()
	keys := cos.NewCredentials()
	server, err := cos.New(cos.Options{Dir: t.TempDir(), Credentials: []cos.Credentials{keys}, NoSync: true, Fault: fault})
	if err != nil {
		t.Fatal(err)
	}
	listener := httptest.NewServer(front(server))
	t.Cleanup(func() {
		listener.Close()
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	return service{listener.URL, keys}
}

func (s service) open(t *testing.T, change func(*bucket.Options)) *bucket.Store {
	t.Helper()
	opt := bucket.Options{Endpoint: s.url, SecretID: s.keys.ID, SecretKey: s.keys.Key}
	if change != nil {
		change(&opt)
	}
	store, err := bucket.New(opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return store
}

// read is what everybody gets from the address of a picture.
func read(t *testing.T, address string) (data []byte, mime string, ok bool) {
	t.Helper()
	resp, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	data, err = io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != http.StatusOK && resp.StatusCode != http.StatusNotFound {
		t.Fatalf("%s: %s %s", address, resp.Status, data)
	}
	return data, resp.Header.Get("Content-Type"), resp.StatusCode == http.StatusOK
}

func TestStore(t *testing.T) {
	storetest.Run(t, func(t *testing.T) storetest.Subject {
		s := newService(t, nil).open(t, nil)
		return storetest.Subject{Store: s, Read: func(t *testing.T, key string) ([]byte, string, bool) {
			return read(t, s.URL(key, 0))
		}}
	})
}
