package clienttest

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	sdk "github.com/tencentyun/cos-go-sdk-v5"

	"github.com/wecos-go/wecos/internal/servers/cos"
)

const mb = 1 << 20

func (w *world) begin(t *testing.T, key string) string {
	t.Helper()
	res, _, err := w.Object.InitiateMultipartUpload(t.Context(), key, nil)
	ok(t, err)
	return res.UploadID
}

func (w *world) part(t *testing.T, key, id string, n int, content string) sdk.Object {
	t.Helper()
	resp, err := w.Object.UploadPart(t.Context(), key, id, n, strings.NewReader(content), nil)
	ok(t, err)
	return sdk.Object{PartNumber: n, ETag: resp.Header.Get("ETag")}
}

func TestMultipart(t *testing.T) {
	full := strings.Repeat("p", mb)
	run(t, newWorld(t, cos.Options{}), []check{
		{"parts and completion", func(t *testing.T, w *world) {
			id := w.begin(t, "mp/图")
			parts := []sdk.Object{w.part(t, "mp/图", id, 1, full), w.part(t, "mp/图", id, 7, "end")}
			res, _, err := w.Object.CompleteMultipartUpload(t.Context(), "mp/图", id, &sdk.CompleteMultipartUploadOptions{Parts: parts})
			ok(t, err)
			same(t, "key", res.Key, "mp/图")
			got, _ := w.get(t, "mp/图", nil)
			same(t, "length", len(got), mb+3)
		}},
		{"list of parts", func(t *testing.T, w *world) {
			id := w.begin(t, "lp")
			for n := 1; n <= 5; n++ {
				w.part(t, "lp", id, n, fmt.Sprint("part", n))
			}
			res, _, err := w.Object.ListParts(t.Context(), "lp", id, &sdk.ObjectListPartsOptions{MaxParts: "3"})
			ok(t, err)
			same(t, "first page", fmt.Sprint(len(res.Parts), res.IsTruncated, res.NextPartNumberMarker, res.Parts[0].ETag), fmt.Sprint(3, true, "3", etag("part1")))
			res, _, err = w.Object.ListParts(t.Context(), "lp", id, &sdk.ObjectListPartsOptions{PartNumberMarker: "3", EncodingType: "url"})
			ok(t, err)
			same(t, "second page", fmt.Sprint(len(res.Parts), res.IsTruncated, res.Parts[0].PartNumber, res.Parts[0].Size), "2 false 4 5")
			_, _, err = w.Object.ListParts(t.Context(), "lp", "none", nil)
			want(t, err, 404, "NoSuchUpload")
		}},
		{"list of uploads", func(t *testing.T, w *world) {
			ids := []string{w.begin(t, "lu/a"), w.begin(t, "lu/a"), w.begin(t, "lu/b/c"), w.begin(t, "lu/b/d")}
			res, _, err := w.Object.ListUploads(t.Context(), &sdk.ObjectListUploadsOptions{Prefix: "lu/", EncodingType: "url"})
			ok(t, err)
			same(t, "all", fmt.Sprint(len(res.Upload), res.Upload[0].Key, res.Upload[1].UploadID), fmt.Sprint(4, "lu%2Fa", ids[1]))
			res, _, err = w.Object.ListUploads(t.Context(), &sdk.ObjectListUploadsOptions{Prefix: "lu/", Delimiter: "/"})
			ok(t, err)
			same(t, "folders", fmt.Sprint(len(res.Upload), res.CommonPrefixes), "2 [lu/b/]")
			seen, opt := "", sdk.ListMultipartUploadsOptions{Prefix: "lu/", MaxUploads: 1}
			for {
				page, _, err := w.Bucket.ListMultipartUploads(t.Context(), &opt)
				ok(t, err)
				for _, u := range page.Uploads {
					seen += u.UploadID + " "
				}
				if !page.IsTruncated {
					break
				}
				opt.KeyMarker, opt.UploadIDMarker = page.NextKeyMarker, page.NextUploadIDMarker
			}
			same(t, "pages", seen, strings.Join(ids, " ")+" ")
		}},
		{"abort", func(t *testing.T, w *world) {
			id := w.begin(t, "abort")
			w.part(t, "abort", id, 1, "x")
			_, err := w.Object.AbortMultipartUpload(t.Context(), "abort", id)
			ok(t, err)
			_, err = w.Object.UploadPart(t.Context(), "abort", id, 2, strings.NewReader("x"), nil)
			want(t, err, 404, "NoSuchUpload")
		}},
		{"copied parts", func(t *testing.T, w *world) {
			w.put(t, "cp/from", full+"tail", nil)
			id := w.begin(t, "cp/to")
			from := source(bucketName, "cp/from")
			var parts []sdk.Object
			for n, r := range []string{"bytes=0-1048575", "bytes=1048576-1048579"} {
				res, _, err := w.Object.CopyPart(t.Context(), "cp/to", id, n+1, from, &sdk.ObjectCopyPartOptions{XCosCopySourceRange: r})
				ok(t, err)
				parts = append(parts, sdk.Object{PartNumber: n + 1, ETag: res.ETag})
			}
			_, _, err := w.Object.CompleteMultipartUpload(t.Context(), "cp/to", id, &sdk.CompleteMultipartUploadOptions{Parts: parts})
			ok(t, err)
			got, _ := w.get(t, "cp/to", nil)
			same(t, "the whole", got == full+"tail", true)
			_, _, err = w.Object.CopyPart(t.Context(), "cp/to", w.begin(t, "cp/to"), 1, from, &sdk.ObjectCopyPartOptions{XCosCopySourceRange: "bytes=0-99999999"})
			want(t, err, 416, "InvalidRange")
		}},
		{"mistakes", func(t *testing.T, w *world) {
			id := w.begin(t, "bad")
			one, two := w.part(t, "bad", id, 1, "small"), w.part(t, "bad", id, 2, "end")
			complete := func(parts ...sdk.Object) error {
				_, _, err := w.Object.CompleteMultipartUpload(t.Context(), "bad", id, &sdk.CompleteMultipartUploadOptions{Parts: parts})
				return err
			}
			want(t, complete(one, two), 400, "EntityTooSmall")
			want(t, complete(two, one), 400, "InvalidPartOrder")
			want(t, complete(sdk.Object{PartNumber: 1, ETag: two.ETag}), 400, "InvalidPart")
			want(t, complete(sdk.Object{PartNumber: 3, ETag: two.ETag}), 400, "InvalidPart")
			_, err := w.Object.UploadPart(t.Context(), "bad", id, 10001, strings.NewReader("x"), nil)
			want(t, err, 400, "InvalidArgument")
			ok(t, complete(one)) // all of that has left the parts as they were
		}},
		{"not over another object", func(t *testing.T, w *world) {
			w.put(t, "once", "first", nil)
			id := w.begin(t, "once")
			part := w.part(t, "once", id, 1, "second")
			_, _, err := w.Object.CompleteMultipartUpload(t.Context(), "once", id, &sdk.CompleteMultipartUploadOptions{
				Parts: []sdk.Object{part}, XOptionHeader: extra("x-cos-forbid-overwrite", "true"),
			})
			want(t, err, 409, "FileAlreadyExists")
		}},
	})
}

// A large upload is interrupted, and goes on where it was.
func TestCheckpoint(t *testing.T) {
	var parts, failAfter atomic.Int64
	failAfter.Store(7)
	w := newWorld(t, cos.Options{Fault: func(r *http.Request) cos.Fault {
		if r.Method == http.MethodPut && strings.Contains(r.URL.RawQuery, "partNumber=") && parts.Add(1) > failAfter.Load() {
			return cos.Fault{Status: http.StatusForbidden, Code: "AccessDenied"}
		}
		return cos.Fault{}
	}})
	content := make([]byte, 20*mb+123)
	rand.Read(content)
	name := filepath.Join(t.TempDir(), "large")
	ok(t, os.WriteFile(name, content, 0o600))
	opt := &sdk.MultiUploadOptions{
		PartSize: 1, ThreadPoolSize: 3, CheckPoint: true,
		OptIni: &sdk.InitiateMultipartUploadOptions{ObjectPutHeaderOptions: &sdk.ObjectPutHeaderOptions{ContentType: "image/x"}},
	}
	if _, _, err := w.Object.Upload(t.Context(), "large", name, opt); err == nil {
		t.Fatal("the upload was not interrupted")
	}
	if exists, err := w.Object.IsExist(t.Context(), "large"); exists || err != nil {
		t.Fatalf("half an object: %v, %v", exists, err)
	}
	parts.Store(0)
	failAfter.Store(1000)
	res, _, err := w.Object.Upload(t.Context(), "large", name, opt) // compares the CRC
	ok(t, err)
	if n := parts.Load(); n != 21-7 {
		t.Errorf("%d parts were sent again", n)
	}
	same(t, "ETag", strings.HasSuffix(res.ETag, `-21"`), true)
	resp, err := w.Object.Get(t.Context(), "large", nil)
	ok(t, err)
	same(t, "the whole", bytes.Equal([]byte(read(t, resp.Body)), content), true)
	same(t, "type", resp.Header.Get("Content-Type"), "image/x")
	left, _, err := w.Object.ListUploads(t.Context(), &sdk.ObjectListUploadsOptions{})
	ok(t, err)
	same(t, "uploads left", len(left.Upload), 0)
}

// A client that goes away in the middle of a body leaves nothing.
func TestAbandonedPut(t *testing.T) {
	w := newWorld(t, cos.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	body := &stopping{left: 3 * mb, stop: cancel}
	_, err := w.Object.Put(ctx, "k", body, &sdk.ObjectPutOptions{ObjectPutHeaderOptions: &sdk.ObjectPutHeaderOptions{ContentLength: 8 * mb}})
	if err == nil || !errors.Is(ctx.Err(), context.Canceled) {
		t.Errorf("error %v", err)
	}
	exists, err := w.Object.IsExist(t.Context(), "k")
	ok(t, err)
	same(t, "it exists", exists, false)
}

// stopping is a body whose sender gives up.
type stopping struct {
	left int
	stop func()
}

func (s *stopping) Read(p []byte) (int, error) {
	if s.left <= 0 {
		s.stop()
		return 0, context.Canceled
	}
	n := min(len(p), s.left)
	s.left -= n
	return n, nil
}
