package upload

import (
	"bytes"
	"context"
	"crypto/md5"
	"errors"
	"fmt"
	"hash/crc64"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// bucketOfParts is a bucket that knows multipart uploads only: enough to be
// interrupted at any request and looked into afterwards.
type bucketOfParts struct {
	mu      sync.Mutex
	uploads map[string]*partial // by id
	objects map[string]*partial // by key
	begun   int
	sent    []int // numbers of the parts that were sent
	aborted []string
	// refuse answers a request instead of the bucket when it returns true.
	refuse func(w http.ResponseWriter, r *http.Request) bool
	forget bool // answers completions with a wrong checksum
}

type partial struct {
	key    string
	begun  time.Time
	header http.Header
	parts  map[int][]byte
	whole  []byte
}

func newBucketOfParts(t *testing.T) (*bucketOfParts, *httptest.Server) {
	b := &bucketOfParts{uploads: map[string]*partial{}, objects: map[string]*partial{}}
	srv := httptest.NewServer(b)
	t.Cleanup(srv.Close)
	return b, srv
}

// look lets f see and change the bucket while no request is served.
func (b *bucketOfParts) look(f func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	f()
}

func (b *bucketOfParts) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	data, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	b.mu.Lock()
	refuse := b.refuse
	b.mu.Unlock()
	if refuse != nil && refuse(w, r) {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	key, q := strings.TrimPrefix(r.URL.Path, "/"), r.URL.Query()
	up := b.uploads[q.Get("uploadId")]
	switch {
	case q.Has("uploads") && r.Method == http.MethodGet:
		b.list(w, q.Get("prefix"))
	case q.Has("uploads"):
		b.begun++
		id := fmt.Sprintf("id-%d", b.begun)
		b.uploads[id] = &partial{key: key, begun: time.Now().Add(time.Duration(b.begun) * time.Second), header: r.Header, parts: map[int][]byte{}}
		fmt.Fprintf(w, "<InitiateMultipartUploadResult><UploadId>%s</UploadId></InitiateMultipartUploadResult>", id)
	case r.Method == http.MethodHead && b.objects[key] != nil:
		b.describe(w, b.objects[key])
	case up == nil:
		w.WriteHeader(http.StatusNotFound)
		fmt.Fprint(w, "<Error><Code>NoSuchUpload</Code></Error>")
	case r.Method == http.MethodGet:
		up.list(w, q.Get("part-number-marker"))
	case r.Method == http.MethodPut:
		n, _ := strconv.Atoi(q.Get("partNumber"))
		up.parts[n] = data
		b.sent = append(b.sent, n)
		w.Header().Set("Etag", fmt.Sprintf("%q", fmt.Sprintf("%x", md5.Sum(data))))
		w.Header().Set("X-Cos-Hash-Crc64ecma", fmt.Sprint(crc64.Checksum(data, crcTable)))
	case r.Method == http.MethodDelete:
		b.aborted = append(b.aborted, q.Get("uploadId"))
		delete(b.uploads, q.Get("uploadId"))
		w.WriteHeader(http.StatusNoContent)
	default:
		for n := 1; up.parts[n] != nil; n++ {
			up.whole = append(up.whole, up.parts[n]...)
		}
		b.objects[key] = up
		delete(b.uploads, q.Get("uploadId"))
		b.describe(w, up)
		fmt.Fprint(w, `<CompleteMultipartUploadResult><ETag>"x-1"</ETag></CompleteMultipartUploadResult>`)
	}
}

func (b *bucketOfParts) describe(w http.ResponseWriter, o *partial) {
	sum := crc64.Checksum(o.whole, crcTable)
	if b.forget {
		b.forget = false
		sum++
	}
	w.Header().Set("X-Cos-Hash-Crc64ecma", fmt.Sprint(sum))
	w.Header().Set("Content-Type", o.header.Get("Content-Type"))
	w.Header().Set("Cache-Control", o.header.Get("Cache-Control"))
}

func (b *bucketOfParts) list(w io.Writer, prefix string) {
	fmt.Fprint(w, "<ListMultipartUploadsResult>")
	for id, up := range b.uploads {
		if strings.HasPrefix(up.key, prefix) {
			fmt.Fprintf(w, "<Upload><Key>%s</Key><UploadId>%s</UploadId><Initiated>%s</Initiated></Upload>", up.key, id, up.begun.UTC().Format(time.RFC3339))
		}
	}
	fmt.Fprint(w, "</ListMultipartUploadsResult>")
}

// list gives two parts a page.
func (p *partial) list(w io.Writer, marker string) {
	after, _ := strconv.Atoi(marker)
	numbers := make([]int, 0, len(p.parts))
	for n := range p.parts {
		if n > after {
			numbers = append(numbers, n)
		}
	}
	slices.Sort(numbers)
	fmt.Fprintf(w, "<ListPartsResult><IsTruncated>%v</IsTruncated>", len(numbers) > 2)
	for _, n := range numbers[:min(2, len(numbers))] {
		fmt.Fprintf(w, "<NextPartNumberMarker>%d</NextPartNumberMarker><Part><PartNumber>%d</PartNumber><ETag>\"%x\"</ETag><Size>%d</Size></Part>",
			n, n, md5.Sum(p.parts[n]), len(p.parts[n]))
	}
	fmt.Fprint(w, "</ListPartsResult>")
}

// breaking refuses the parts from the nth on with status.
func breaking(n, status int) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, r *http.Request) bool {
		if number, _ := strconv.Atoi(r.URL.Query().Get("partNumber")); number < n {
			return false
		}
		w.WriteHeader(status)
		return true
	}
}

// large is content of six parts, none like another. Nobody may change it.
var large = sync.OnceValue(func() []byte {
	data := make([]byte, 0, 5*smallPart+1000)
	for len(data) < cap(data) {
		n := min(smallPart, cap(data)-len(data))
		data = append(data, bytes.Repeat([]byte{byte(len(data) / smallPart)}, n)...)
	}
	return data
})

// smallPart is the size of a part in tests.
const smallPart = 4 << 10

func partsClient(t *testing.T, srv *httptest.Server) *COS {
	c := dial(t, srv.URL, func(cfg *COSConfig) { cfg.Attempts, cfg.Backoff = 2, time.Millisecond })
	c.threshold, c.partSize = 4*smallPart, smallPart
	return c
}

func TestInterruptedUploadContinues(t *testing.T) {
	t.Parallel()
	b, srv := newBucketOfParts(t)
	c, data := partsClient(t, srv), large()
	o := Object{Data: data, CacheControl: "max-age=60"}
	b.refuse = breaking(4, 500)
	if err := c.Put(t.Context(), "k", o); err == nil {
		t.Fatal("a broken upload succeeded")
	}
	srv.Close() // no part is on its way any more
	srv = httptest.NewServer(b)
	defer srv.Close()
	if len(b.uploads) != 1 || len(b.aborted) > 0 {
		t.Fatalf("left are %d uploads, %v aborted", len(b.uploads), b.aborted)
	}
	// Which of the first three were cut off with the fourth is chance.
	b.uploads["id-1"].parts = map[int][]byte{1: data[:smallPart], 2: bytes.Repeat([]byte("?"), smallPart), 3: data[2*smallPart : 3*smallPart]}
	// Another upload of the same, and some of somebody else.
	b.uploads["twin"] = &partial{key: "k", parts: map[int][]byte{1: data[:smallPart]}}
	b.uploads["other"] = &partial{key: "k", begun: time.Now(), parts: map[int][]byte{1: []byte("other")}}
	b.uploads["old"] = &partial{key: "k", begun: time.Now().Add(-25 * time.Hour), parts: map[int][]byte{1: []byte("other")}}
	b.uploads["neighbour"] = &partial{key: "k2", parts: map[int][]byte{1: data[:smallPart]}}
	b.refuse, b.sent = nil, nil
	c = partsClient(t, srv)
	if err := c.Put(t.Context(), "k", o); err != nil {
		t.Fatal(err)
	}
	if b.begun != 1 {
		t.Errorf("%d uploads were begun", b.begun)
	}
	slices.Sort(b.sent)
	if want := []int{2, 4, 5, 6}; !slices.Equal(b.sent, want) {
		t.Errorf("the parts %v were sent, want %v", b.sent, want)
	}
	if got := b.objects["k"]; got == nil || !bytes.Equal(got.whole, data) || got.header.Get("Cache-Control") != "max-age=60" {
		t.Error("the object is not what was sent")
	}
	slices.Sort(b.aborted)
	if want := []string{"old", "twin"}; !slices.Equal(b.aborted, want) {
		t.Errorf("aborted are %v, want %v", b.aborted, want)
	}
}

// What was begun with other headers, or is joined wrongly, is sent once more.
func TestContinuingIsNotTrusted(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*bucketOfParts, *Object){
		"other headers":  func(_ *bucketOfParts, o *Object) { o.CacheControl = "no-cache" },
		"wrong checksum": func(b *bucketOfParts, _ *Object) { b.forget = true },
	} {
		t.Run(name, func(t *testing.T) {
			b, srv := newBucketOfParts(t)
			c, data := partsClient(t, srv), large()
			o := Object{Data: data, CacheControl: "max-age=60"}
			b.refuse = breaking(6, 503)
			if err := c.Put(t.Context(), "k", o); err == nil {
				t.Fatal("a broken upload succeeded")
			}
			b.look(func() { b.refuse = nil; change(b, &o) })
			if err := c.Put(t.Context(), "k", o); err != nil {
				t.Fatal(err)
			}
			if got := b.objects["k"]; b.begun != 2 || !bytes.Equal(got.whole, data) || got.header.Get("Cache-Control") != o.CacheControl {
				t.Errorf("%d uploads were begun; the object has %v", b.begun, got.header)
			}
		})
	}
}

// Keys that may write but not list are common.
func TestResumeWithoutListing(t *testing.T) {
	t.Parallel()
	for _, status := range []int{403, 404, 501} {
		b, srv := newBucketOfParts(t)
		b.refuse = func(w http.ResponseWriter, r *http.Request) bool {
			if r.Method == http.MethodGet {
				w.WriteHeader(status)
			}
			return r.Method == http.MethodGet
		}
		if err := partsClient(t, srv).Put(t.Context(), "k", Object{Data: large()}); err != nil || b.begun != 1 {
			t.Errorf("%d: %v, %d begun", status, err, b.begun)
		}
	}
}

// TestPartsInParallel lets no part be answered before another is there.
func TestPartsInParallel(t *testing.T) {
	t.Parallel()
	b, srv := newBucketOfParts(t)
	arrived := make(chan struct{})
	b.refuse = func(_ http.ResponseWriter, r *http.Request) bool {
		switch r.URL.Query().Get("partNumber") {
		case "1":
			<-arrived
		case "2":
			close(arrived)
		}
		return false
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if err := partsClient(t, srv).Put(ctx, "k", Object{Data: large()}); err != nil {
		t.Error(err)
	}
}

// A cancelled upload stays for the next run.
func TestCancelledPart(t *testing.T) {
	t.Parallel()
	b, srv := newBucketOfParts(t)
	ctx, cancel := context.WithCancelCause(t.Context())
	cause := errors.New("a person pressed ctrl-c")
	b.refuse = func(_ http.ResponseWriter, r *http.Request) bool {
		if r.URL.Query().Get("partNumber") != "3" {
			return false
		}
		cancel(cause)
		<-r.Context().Done()
		return true
	}
	if err := partsClient(t, srv).Put(ctx, "k", Object{Data: large()}); !errors.Is(err, cause) {
		t.Errorf("error %v", err)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.uploads) != 1 || len(b.aborted) > 0 {
		t.Errorf("left are %d uploads, %v aborted", len(b.uploads), b.aborted)
	}
}
