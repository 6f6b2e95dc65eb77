package slim

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io/fs"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wecos-go/wecos/internal/config"
	"github.com/wecos-go/wecos/internal/safefs"
	"github.com/wecos-go/wecos/internal/servers/cos"
	"github.com/wecos-go/wecos/internal/upload"
)

// png returns a valid picture whose content depends on seed, padded to about
// size bytes.
func png(seed string, size int) string {
	var b bytes.Buffer
	chunk := func(kind string, data []byte) {
		binary.Write(&b, binary.BigEndian, uint32(len(data)))
		b.WriteString(kind)
		b.Write(data)
		binary.Write(&b, binary.BigEndian, crc32.ChecksumIEEE(append([]byte(kind), data...)))
	}
	b.WriteString("\x89PNG\r\n\x1a\n")
	chunk("IHDR", []byte{0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0})
	chunk("tEXt", append([]byte("seed\x00"+seed), bytes.Repeat([]byte{'.'}, max(0, size-100))...))
	chunk("IDAT", []byte{0x78, 0x9c, 0x63, 0x60, 0x00, 0x00, 0x00, 0x02, 0x00, 0x01})
	chunk("IEND", nil)
	return b.String()
}

// tree is path → content.
type tree map[string]string

// small is a project with every kind of thing that a run touches.
func small() tree {
	return tree{
		"app.json":               `{"pages": ["pages/index/index", "pages/list/list"], "subPackages": [{"root": "sub", "pages": ["page/page"]}], "tabBar": {"list": [{"pagePath": "pages/index/index", "text": "a", "iconPath": "img/tab.png"}, {"pagePath": "pages/list/list", "text": "b"}]}}`,
		"app.wxss":               ".bg { background: url(img/bg.png); }\r\n.x { color: red }\r\n",
		"pages/index/index.wxml": "<view>\n  <image src=\"/img/a.png\"/>\n  <image src=\"../../img/b.png\"/>\n  <image src=\"/img/a.png\" mode=\"x\"/>\n</view>\n",
		"pages/index/index.js":   "Page({ data: { icon: '/img/dir/c.png' } })\n",
		"pages/index/index.json": "{}",
		"pages/list/list.wxml":   "<image src=\"/img/k/{{n}}.png\"/>\n",
		"pages/list/list.js":     "Page({})\n",
		"pages/list/list.json":   "{}",
		"sub/page/page.wxml":     "<image src=\"pic one.jpg\"/>",
		"sub/page/page.js":       "Page({})",
		"img/a.png":              png("a", 400),
		"img/b.png":              png("b", 500),
		"img/bg.png":             png("bg", 600),
		"img/tab.png":            png("tab", 700),
		"img/dir/c.png":          png("c", 800),
		"img/k/1.png":            png("1", 300),
		"img/k/2.png":            png("2", 300),
		"img/unused.gif":         "GIF89a unused",
		"sub/page/pic one.jpg":   "\xff\xd8\xff\xe0 one",
		"sub/page/readme":        "text",
		"project.config.json":    `{"appid": "wx1"}`,
	}
}

// world is an app on disk, a bucket, and what wecos makes of them.
type world struct {
	t      *testing.T
	dir    string // holds app and backup
	cfg    *config.Wecos
	dest   upload.Destination
	store  upload.Store
	events func(Event)
	hook   safefs.Hook
	client *http.Client // nil is the default

	mu    sync.Mutex
	fault func(*http.Request) cos.Fault
	asked []string // method and path of every request
}

var credentials = cos.NewCredentials()

func newWorld(t *testing.T, files tree) *world {
	t.Helper()
	w := &world{t: t, dir: t.TempDir()}
	w.write("app", files)
	w.cfg = &config.Wecos{
		Dir: w.dir, AppDir: filepath.Join(w.dir, "app"), BackupDir: filepath.Join(w.dir, "backup"),
		Suffixes: []string{".png", ".jpg", ".gif"}, Concurrency: 8, FileName: upload.DefaultTemplate,
	}
	w.bucket("shop-1250000000")
	return w
}

// another is a fresh copy of files beside w's app, with a folder of its own in
// the same bucket.
func (w *world) another(files tree) *world {
	w.t.Helper()
	cfg := *w.cfg
	v := &world{t: w.t, dir: w.t.TempDir(), cfg: &cfg, dest: w.dest, store: w.store}
	v.write("app", files)
	cfg.Dir, cfg.AppDir, cfg.BackupDir = v.dir, filepath.Join(v.dir, "app"), filepath.Join(v.dir, "backup")
	v.dest.Folder = filepath.Base(v.dir) + "-" + filepath.Base(filepath.Dir(v.dir)) + "/"
	return v
}

// breaks makes the store answer with f from now on; nil lets it work.
func (w *world) breaks(f func(*http.Request) cos.Fault) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.fault = f
}

// forget forgets what the store was asked for.
func (w *world) forget() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.asked = nil
}

// requests are what the store was asked for.
func (w *world) requests() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.asked)
}

// bucket starts an empty bucket and makes it the destination.
func (w *world) bucket(name string) {
	w.t.Helper()
	server, err := cos.New(cos.Options{
		Dir: w.t.TempDir(), Bucket: name, Credentials: []cos.Credentials{credentials}, NoSync: true,
		Fault: func(r *http.Request) cos.Fault {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.asked = append(w.asked, r.Method+" "+r.URL.Path)
			if w.fault != nil {
				return w.fault(r)
			}
			return cos.Fault{}
		},
	})
	if err != nil {
		w.t.Fatal(err)
	}
	front := httptest.NewServer(server)
	w.t.Cleanup(func() {
		front.Close()
		server.Close()
	})
	if w.dest, err = upload.NewDestination(upload.Settings{Endpoint: front.URL, Bucket: name}); err != nil {
		w.t.Fatal(err)
	}
	client, err := upload.NewCOS(upload.COSConfig{
		Endpoint: w.dest.Endpoint, Bucket: name, SecretID: credentials.ID, SecretKey: credentials.Key, Attempts: 1,
	})
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { client.Close() })
	w.store = client
}

func (w *world) write(dir string, files tree) {
	w.t.Helper()
	for name, content := range files {
		p := filepath.Join(w.dir, dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(p), 0o777); err != nil {
			w.t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(content), 0o644); err != nil {
			w.t.Fatal(err)
		}
	}
}

func (w *world) remove(name string) {
	w.t.Helper()
	if err := os.Remove(filepath.Join(w.dir, filepath.FromSlash(name))); err != nil {
		w.t.Fatal(err)
	}
}

// read returns what lies in a folder of the world.
func (w *world) read(dir string) tree {
	w.t.Helper()
	out := tree{}
	root := filepath.Join(w.dir, dir)
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(p)
		rel, _ := filepath.Rel(root, p)
		out[filepath.ToSlash(rel)] = string(data)
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return out
}

// stamps returns path → modification time of everything below a folder.
func (w *world) stamps(dir string) map[string]time.Time {
	w.t.Helper()
	out := map[string]time.Time{}
	err := filepath.WalkDir(filepath.Join(w.dir, dir), func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err == nil && d.Type().IsRegular() && d.Name() != lockFile {
			out[p] = info.ModTime()
		}
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return out
}

func (w *world) engine() *Engine {
	w.t.Helper()
	e, err := New(Options{Config: w.cfg, Destination: w.dest, Store: w.store, Client: w.client, Events: w.events, Version: "test"})
	if err != nil {
		w.t.Fatal(err)
	}
	e.hook = w.hook
	if e.hook == nil {
		e.hook = noSync
	}
	return e
}

// noSync leaves out what only a power cut needs, and which takes most of the
// time.
func noSync(op safefs.Op) error {
	if op.Kind == safefs.OpSync || op.Kind == safefs.OpSyncDir {
		return safefs.ErrSkipSync
	}
	return nil
}

func (w *world) run() *Result {
	w.t.Helper()
	res, err := w.engine().Run(context.Background())
	if err != nil {
		w.t.Fatal(err)
	}
	return res
}

func (w *world) restore(paths ...string) *Result {
	w.t.Helper()
	res, err := w.engine().Restore(context.Background(), RestoreOptions{Paths: paths, Dir: w.dir})
	if err != nil {
		w.t.Fatal(err)
	}
	return res
}

// url is where the image at path is online under the default template.
func (w *world) url(path string) string { return w.dest.URL(w.dest.Key(path)) }

// same fails unless the folder holds exactly want.
func (w *world) same(dir string, want tree) {
	w.t.Helper()
	if d := diff(want, w.read(dir)); d != "" {
		w.t.Errorf("%s differs:\n%s", dir, d)
	}
}

func diff(want, got tree) string {
	var out strings.Builder
	names := slices.Sorted(maps.Keys(want))
	for name := range got {
		if _, ok := want[name]; !ok {
			names = append(names, name)
		}
	}
	for _, name := range names {
		a, inWant := want[name]
		b, inGot := got[name]
		switch {
		case !inGot:
			fmt.Fprintf(&out, "  %s is missing\n", name)
		case !inWant:
			fmt.Fprintf(&out, "  %s is too much\n", name)
		case a != b:
			fmt.Fprintf(&out, "  %s is\n%.400q, not\n%.400q\n", name, b, a)
		}
	}
	return out.String()
}
