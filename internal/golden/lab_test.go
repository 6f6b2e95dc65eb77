package golden

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wecos-go/wecos/internal/losstest"
	"github.com/wecos-go/wecos/internal/servers/cos"
	"github.com/wecos-go/wecos/internal/slim"
	"github.com/wecos-go/wecos/internal/upload"
)

// lab is a copy of one project with a store of its own.
type lab struct {
	dir    string // holds all that follows
	app    string
	out    string // "" unless the project sets outDir
	engine *slim.Engine
	store  upload.Store
}

func newLab(t *testing.T, project string) *lab {
	t.Helper()
	l := &lab{dir: t.TempDir()}
	l.app = filepath.Join(l.dir, "app")
	if err := os.CopyFS(l.app, os.DirFS(filepath.Join(project, "in"))); err != nil {
		t.Fatal(err)
	}
	keys := cos.NewCredentials()
	server, err := cos.New(cos.Options{Dir: t.TempDir(), Credentials: []cos.Credentials{keys}, NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	listener := httptest.NewServer(server)
	t.Cleanup(func() {
		listener.Close()
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})

	cfg := losstest.Configure(t, project, l.dir, nil, map[string]any{
		"endpoint": listener.URL, "bucket": cos.DefaultBucket, "secret_id": keys.ID, "secret_key": keys.Key,
	})
	if cfg.OutDir != "" {
		l.out = cfg.OutDir
	}
	dest, err := upload.NewDestination(upload.Settings{
		Bucket: cfg.COS.Bucket, Region: cfg.COS.Region, Endpoint: cfg.COS.Endpoint,
		Folder: cfg.COS.Folder, TargetHost: cfg.TargetHost,
	})
	if err != nil {
		t.Fatal(err)
	}
	l.store, err = upload.NewCOS(upload.COSConfig{
		Endpoint: dest.Endpoint, Bucket: dest.Bucket, SecretID: keys.ID, SecretKey: keys.Key,
	})
	if err != nil {
		t.Fatal(err)
	}
	l.engine, err = slim.New(slim.Options{
		Config: cfg, Destination: dest, Store: l.store,
		Client: &http.Client{Transport: domain{base: dest.URLBase, store: listener.URL}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// domain is what a custom domain is to a bucket: the same objects under
// another address.
type domain struct{ base, store string }

func (d domain) RoundTrip(r *http.Request) (*http.Response, error) {
	rest, ok := strings.CutPrefix(r.URL.String(), d.base+"/")
	if !ok {
		return nil, &url.Error{Op: r.Method, URL: r.URL.String(), Err: errors.New("no such domain")}
	}
	r = r.Clone(r.Context())
	var err error
	if r.URL, err = url.Parse(d.store + "/" + rest); err != nil {
		return nil, err
	}
	r.Host = ""
	return http.DefaultTransport.RoundTrip(r)
}

func (l *lab) plan(t *testing.T) *slim.Result {
	t.Helper()
	r, err := l.engine.Plan(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (l *lab) run(t *testing.T) *slim.Result {
	t.Helper()
	r, err := l.engine.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if r.Incomplete() {
		t.Errorf("not everything was done: %+v %+v", r.Failed, r.Unfinished)
	}
	return r
}

func (l *lab) restore(t *testing.T) {
	t.Helper()
	r, err := l.engine.Restore(t.Context(), slim.RestoreOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if r.Incomplete() {
		t.Errorf("not everything was restored: %+v %+v", r.Failed, r.Unfinished)
	}
}

// objects is what the store holds, by key.
func (l *lab) objects(t *testing.T) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	for info, err := range l.store.List(t.Context(), "") {
		if err != nil {
			t.Fatal(err)
		}
		body, _, err := l.store.Get(t.Context(), info.Key)
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(body)
		body.Close()
		if err != nil {
			t.Fatal(err)
		}
		all[info.Key] = data
	}
	return all
}
