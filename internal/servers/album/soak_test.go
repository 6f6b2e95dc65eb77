package album_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/wecos-go/wecos/internal/servers/album"
	"github.com/wecos-go/wecos/internal/servers/album/folder"
	"github.com/wecos-go/wecos/internal/servers/kit"
)

// Uploads, some of them broken, lists, thumbnails and deletions by the thousand:
// memory stays flat, no temporary file and no goroutine is left. In full with
// WECOS_SOAK=1.
func TestSoak(t *testing.T) {
	uploads := 160
	if os.Getenv("WECOS_SOAK") != "" {
		uploads = 10_000
	}
	const clients = 8
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	spool, dir := t.TempDir(), t.TempDir()
	for _, name := range []string{"TMPDIR", "TEMP", "TMP"} {
		t.Setenv(name, spool)
	}
	store, err := folder.Open(folder.Options{Dir: dir, NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	server, err := album.New(album.Options{Store: store})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	running, err := kit.Start(ctx, kit.Options{Addr: "127.0.0.1:0", Limits: kit.Limits{ClientRate: -1}}, server.App())
	if err != nil {
		t.Fatal(err)
	}
	s := &soak{t: t, url: running.URL(), client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: clients}}}
	s.small, s.large = landscape(1, 150, 100), padded(jpegOf(photo(150, 100)), 1<<20)

	s.work(clients, uploads/10) // pools and caches fill
	before := heap()
	began := time.Now()
	s.work(clients, uploads-uploads/10)
	took := time.Since(began)
	after := heap()
	t.Logf("%d uploads, %.0f in a second; heap %d KB before, %d KB after", uploads, float64(uploads-uploads/10)/took.Seconds(), before>>10, after>>10)
	const slack = 6 << 20 // thumbnails and rendered lists
	if after > before+slack {
		t.Errorf("the heap grew from %d to %d KB", before>>10, after>>10)
	}
	if used, _ := store.Used(); used != 0 {
		t.Errorf("%d bytes are counted with all pictures deleted", used)
	}
	s.client.CloseIdleConnections()
	stop()
	if err := running.Wait(); err != nil {
		t.Error(err)
	}
	for _, left := range []string{spool, filepath.Join(dir, "tmp"), filepath.Join(dir, "objects")} {
		err := filepath.WalkDir(left, func(path string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				t.Errorf("%s is left", path)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
}

func heap() uint64 {
	for range 3 { // also what pools keep
		runtime.GC()
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

type soak struct {
	t            *testing.T
	url          string
	client       *http.Client
	small, large string
}

// work uploads pictures with several clients, which look at them and delete
// them.
func (s *soak) work(clients, uploads int) {
	var all sync.WaitGroup
	for c := range clients {
		all.Go(func() {
			for n := range uploads / clients {
				if err := s.picture(c, n); err != nil {
					s.t.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
}

func (s *soak) picture(c, n int) error {
	content := s.small
	if n%10 == 3 {
		content = s.large
	}
	contentType, body := form("image", "x.jpg", content)
	if n%7 == 2 { // a client that breaks off
		if _, err := s.send(http.MethodPost, uploadPath, contentType, body[:len(body)*2/3]); err != nil {
			return err
		}
	}
	text, err := s.send(http.MethodPost, uploadPath, contentType, body)
	if err != nil {
		return err
	}
	var reply struct{ Data struct{ ImgURL string } }
	if err := json.Unmarshal(text, &reply); err != nil || reply.Data.ImgURL == "" {
		return fmt.Errorf("client %d, upload %d: %s", c, n, text)
	}
	path := reply.Data.ImgURL[len(s.url):]
	if n%5 == 0 {
		if _, err := s.send(http.MethodGet, path+"?w=120", "", nil); err != nil {
			return err
		}
		if _, err := s.send(http.MethodGet, listPath+"?order=newest&limit=20", "", nil); err != nil {
			return err
		}
	}
	text, err = s.send(http.MethodPost, "/applet/album/delete", "application/json", fmt.Appendf(nil, `{"filepath":%q}`, path))
	if err == nil && !bytes.Contains(text, []byte(`"code":0`)) {
		err = fmt.Errorf("client %d, deletion %d: %s", c, n, text)
	}
	return err
}

func (s *soak) send(method, path, contentType string, body []byte) ([]byte, error) {
	req, err := http.NewRequestWithContext(s.t.Context(), method, s.url+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	resp, err := s.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	return io.ReadAll(resp.Body)
}
