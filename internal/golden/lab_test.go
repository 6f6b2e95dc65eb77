package golden

import (
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wecos-go/wecos/internal/config"
	"github.com/wecos-go/wecos/internal/servers/cos"
	"github.com/wecos-go/wecos/internal/slim"
	"github.com/wecos-go/wecos/internal/upload"
)

// targetHost is where the images of every project go that names no other.
const targetHost = "https://img.example.com"

// lab is a copy of one project with a store of its own.
type lab struct {
	dir    string // holds all that follows
	app    string
	out    string // "" unless the project sets outDir
	engine *slim.Engine
	store  upload.Store
}

func newLab(t *testing.T, name string) *lab {
	t.Helper()
	l := &lab{dir: t.TempDir()}
	l.app = filepath.Join(l.dir, "app")
	if err := os.CopyFS(l.app, os.DirFS(filepath.Join(projects, name, "in"))); err != nil {
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

	cfg := l.configure(t, name, listener.URL, keys)
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

// configure writes the project's configuration, completed with the store.
func (l *lab) configure(t *testing.T, name, endpoint string, keys cos.Credentials) *config.Wecos {
	t.Helper()
	settings := map[string]any{}
	data, err := os.ReadFile(filepath.Join(projects, name, config.WecosFile))
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		t.Fatal(err)
	default:
		if err := json.Unmarshal(data, &settings); err != nil {
			t.Fatal(err)
		}
	}
	if settings["targetHost"] == nil {
		settings["targetHost"] = targetHost
	}
	bucket, _ := settings["cos"].(map[string]any)
	if bucket == nil {
		bucket = map[string]any{}
	}
	bucket["endpoint"], bucket["bucket"] = endpoint, cos.DefaultBucket
	bucket["secret_id"], bucket["secret_key"] = keys.ID, keys.Key
	settings["cos"] = bucket
	if data, err = json.Marshal(settings); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(l.dir, config.WecosFile), data, 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, err := config.LoadWecos(config.LoadOptions{Dir: l.dir})
	if err != nil {
		t.Fatal(err)
	}
	return cfg
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
