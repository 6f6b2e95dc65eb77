package upload

import (
	"bytes"
	"context"
	"crypto/md5"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"hash/crc64"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// processor is a bucket whose processing keeps the first half of an object.
type processor struct {
	t       *testing.T
	mu      sync.Mutex
	objects map[string]stored
	asked   []string // "process", "put", "head" and "copy", in turn
	// strike may answer a request for processing; the object is stored before
	// when it says so.
	strike func(n int, p *processor, w http.ResponseWriter, key string, data []byte) (done bool)
	result func([]byte) []byte
	n      int // requests for processing
}

type stored struct {
	data   []byte
	header http.Header
}

func newProcessor(t *testing.T) (*processor, *COS) {
	p := &processor{t: t, objects: map[string]stored{}, result: func(b []byte) []byte { return b[:len(b)/2] }}
	srv := httptest.NewServer(p)
	t.Cleanup(srv.Close)
	return p, dial(t, srv.URL, func(cfg *COSConfig) { cfg.Backoff = time.Millisecond })
}

func (p *processor) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	data, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	key := strings.TrimPrefix(r.URL.Path, "/")
	header := http.Header{"Content-Type": r.Header["Content-Type"], "Cache-Control": r.Header["Cache-Control"]}
	o, there := p.objects[key]
	switch {
	case r.Method == http.MethodHead:
		p.asked = append(p.asked, "head")
		if !there {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		w.Header().Set("Content-Type", o.header.Get("Content-Type"))
		w.Header().Set("Cache-Control", o.header.Get("Cache-Control"))
		w.Header().Set("Content-Length", fmt.Sprint(len(o.data)))
		sum(w, o.data)
	case r.Header.Get("X-Cos-Copy-Source") != "":
		p.asked = append(p.asked, "copy")
		if r.Header.Get("X-Cos-Metadata-Directive") != "Replaced" || !strings.HasSuffix(r.Header.Get("X-Cos-Copy-Source"), r.URL.EscapedPath()) {
			p.t.Errorf("a copy with %v", r.Header)
		}
		p.objects[key] = stored{o.data, header}
		fmt.Fprint(w, "<CopyObjectResult><ETag>x</ETag></CopyObjectResult>")
	case r.Header.Get("Pic-Operations") == "":
		p.asked = append(p.asked, "put")
		p.objects[key] = stored{data, header}
		sum(w, data)
	default:
		p.asked = append(p.asked, "process")
		p.process(w, r, key, data, header)
	}
}

func (p *processor) process(w http.ResponseWriter, r *http.Request, key string, data []byte, header http.Header) {
	var ops struct {
		Rules []struct{ FileID, Rule string }
	}
	if err := json.Unmarshal([]byte(r.Header.Get("Pic-Operations")), &ops); err != nil || len(ops.Rules) != 1 ||
		ops.Rules[0].FileID != "/"+key || ops.Rules[0].Rule != "imageView2/q/70" {
		p.t.Errorf("Pic-Operations is %q, %v", r.Header.Get("Pic-Operations"), err)
	}
	if auth := r.Header.Get("Authorization"); !strings.Contains(auth, "pic-operations") {
		p.t.Errorf("it is not signed: %s", auth)
	}
	digest := md5.Sum(data)
	if got := r.Header.Get("Content-Md5"); got != base64.StdEncoding.EncodeToString(digest[:]) {
		p.t.Errorf("Content-MD5 is %q", got)
	}
	p.n++
	if p.strike != nil && p.strike(p.n, p, w, key, data) {
		return
	}
	made := p.result(data)
	p.objects[key] = stored{made, http.Header{"Content-Type": header["Content-Type"]}}
	sum(w, data)
	fmt.Fprintf(w, `<UploadResult><OriginalInfo><Key>x</Key><ETag>"%x"</ETag></OriginalInfo><ProcessResults><Object><Key>%s</Key><Size>%d</Size><ETag>"%x"</ETag></Object></ProcessResults></UploadResult>`,
		digest, key, len(made), md5.Sum(made))
}

func sum(w http.ResponseWriter, data []byte) {
	w.Header().Set("X-Cos-Hash-Crc64ecma", fmt.Sprint(crc64.Checksum(data, crcTable)))
	w.Header().Set("Etag", fmt.Sprintf(`"%x"`, md5.Sum(data)))
}

func TestProcessing(t *testing.T) {
	image := append([]byte("\x89PNG\r\n\x1a\n"), bytes.Repeat([]byte("image"), 1000)...)
	status := func(status int, code string) func(http.ResponseWriter) {
		return func(w http.ResponseWriter) {
			w.WriteHeader(status)
			fmt.Fprintf(w, "<Error><Code>%s</Code></Error>", code)
		}
	}
	first := func(answer func(http.ResponseWriter), keep func([]byte) []byte) func(int, *processor, http.ResponseWriter, string, []byte) bool {
		return func(n int, p *processor, w http.ResponseWriter, key string, data []byte) bool {
			if n > 1 {
				return false
			}
			if keep != nil {
				p.objects[key] = stored{keep(data), http.Header{"Content-Type": {"image/png"}}}
			}
			answer(w)
			return true
		}
	}
	whole := func(b []byte) []byte { return b }
	half := func(b []byte) []byte { return b[:len(b)/2] }
	cut := func(w http.ResponseWriter) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err == nil {
			conn.Close()
		}
	}
	tests := []struct {
		name   string
		change func(*processor)
		used   bool
		asked  string
	}{
		{"smaller", func(*processor) {}, true, "process head"},
		{"not smaller", func(p *processor) { p.result = whole }, false, "process put head"},
		{"larger", func(p *processor) { p.result = func(b []byte) []byte { return append(bytes.Clone(b), b...) } }, false, "process put head"},
		{"no picture", func(p *processor) { p.strike = first(status(400, "InvalidImageFormat"), nil) }, false, "process put head"},
		{"no right to process", func(p *processor) { p.strike = first(status(403, "AccessDenied"), nil) }, false, "process put head"},
		{"not implemented", func(p *processor) { p.strike = first(status(501, "NotImplemented"), nil) }, false, "process put head"},
		{"too many", func(p *processor) { p.strike = first(status(429, "TooManyRequests"), nil) }, true, "process head process head"},
		{"lost before", func(p *processor) { p.strike = first(cut, nil) }, true, "process head process head"},
		{"lost between", func(p *processor) { p.strike = first(cut, whole) }, true, "process head process head"},
		{"lost after", func(p *processor) { p.strike = first(cut, half) }, false, "process head put head"},
		{"failed after", func(p *processor) { p.strike = first(status(500, "InternalError"), half) }, false, "process head put head"},
		{"other answer", func(p *processor) {
			p.strike = first(func(w http.ResponseWriter) { fmt.Fprint(w, "<html>") }, half)
		}, false, "process head put head"},
		{"answer without result", func(p *processor) {
			p.strike = first(func(w http.ResponseWriter) { fmt.Fprint(w, "<UploadResult></UploadResult>") }, half)
		}, false, "process put head"},
		{"other object there", func(p *processor) {
			p.strike = first(func(w http.ResponseWriter) {
				fmt.Fprint(w, "<UploadResult><ProcessResults><Object><Key>图/😀.png</Key><Size>10</Size></Object></ProcessResults></UploadResult>")
			}, half)
		}, false, "process head put head"},
		{"always lost", func(p *processor) {
			p.strike = func(_ int, _ *processor, w http.ResponseWriter, _ string, _ []byte) bool { cut(w); return true }
		}, false, "process head process head process put head"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, c := newProcessor(t)
			tt.change(p)
			var got *Processed
			o := Object{Data: image, Process: &Processing{Rule: "imageView2/q/70", Stored: func(r Processed) { got = &r }}}
			const key = "图/😀.png"
			if err := c.Put(t.Context(), key, o); err != nil {
				t.Fatal(err)
			}
			want := image
			if tt.used {
				want = image[:len(image)/2]
			}
			if there := p.objects[key].data; !bytes.Equal(there, want) {
				t.Errorf("%d bytes are stored, want %d", len(there), len(want))
			}
			if got == nil || got.Used != tt.used || got.Info.Size != int64(len(want)) || got.Info.ETag != fmt.Sprintf("%x", md5.Sum(want)) {
				t.Errorf("told %+v", got)
			}
			if refused := strings.HasPrefix(tt.name, "no"+" ") || tt.name == "not implemented"; got != nil && (got.Refused != nil) != refused {
				t.Errorf("refused: %v", got.Refused)
			}
			if asked := strings.Join(p.asked, " "); asked != tt.asked {
				t.Errorf("asked: %s\nwant:  %s", asked, tt.asked)
			}
		})
	}
}

// What comes of processing has the headers that were asked for.
func TestProcessingKeepsCacheControl(t *testing.T) {
	p, c := newProcessor(t)
	o := file("GIF89a picture", 14, nil)
	o.CacheControl, o.Process = "max-age=60", &Processing{Rule: "imageView2/q/70"}
	if err := c.Put(t.Context(), "a b.gif", o); err != nil {
		t.Fatal(err)
	}
	got := p.objects["a b.gif"]
	if string(got.data) != "GIF89a " || got.header.Get("Cache-Control") != "max-age=60" || got.header.Get("Content-Type") != "image/gif" {
		t.Errorf("stored: %q with %v", got.data, got.header)
	}
}

func TestProcessingHasARate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		image := []byte("\x89PNG\r\n\x1a\nimage")
		f := roundTripFunc(func(req *http.Request) (*http.Response, error) {
			if req.Body != nil {
				_, _ = io.Copy(io.Discard, req.Body)
				req.Body.Close()
			}
			resp := reply(200, "", "Content-Type", "image/png")
			if req.Method == http.MethodPut {
				resp = reply(200, "<UploadResult><ProcessResults><Object><Key>k</Key><Size>5</Size></Object></ProcessResults></UploadResult>")
			} else {
				resp.ContentLength = 5
			}
			resp.Request = req
			return resp, nil
		})
		c := dial(t, "https://pic-125.cos.ap-guangzhou.myqcloud.com", func(cfg *COSConfig) { cfg.Transport = f })
		begin := time.Now()
		for _, err := range Each(t.Context(), 32, make([]int, 301), func(ctx context.Context, _ int) error {
			return c.Put(ctx, "k", Object{Data: image, Process: &Processing{Rule: "imageView2/q/70"}})
		}) {
			if err != nil {
				t.Fatal(err)
			}
		}
		if d := time.Since(begin).Round(time.Millisecond); d < 3*time.Second || d > 4*time.Second {
			t.Errorf("301 objects took %v", d)
		}
	})
}
