package clienttest

import (
	"crypto/md5"
	"encoding/base64"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	sdk "github.com/tencentyun/cos-go-sdk-v5"

	"github.com/wecos-go/wecos/internal/servers/cos"
)

func putOptions(h sdk.ObjectPutHeaderOptions) *sdk.ObjectPutOptions {
	return &sdk.ObjectPutOptions{ObjectPutHeaderOptions: &h, ACLHeaderOptions: &sdk.ACLHeaderOptions{}}
}

func extra(name, value string) *http.Header {
	h := http.Header{}
	h.Set(name, value)
	return &h
}

func TestObjects(t *testing.T) {
	run(t, newWorld(t, cos.Options{}), []check{
		{"put and get", func(t *testing.T, w *world) {
			resp := w.put(t, "pg/图 1(a)'!*.png", "content", nil)
			same(t, "ETag", resp.Header.Get("ETag"), etag("content"))
			got, _ := w.get(t, "pg/图 1(a)'!*.png", nil)
			same(t, "content", got, "content")
		}},
		{"put nothing", func(t *testing.T, w *world) {
			w.put(t, "empty", "", nil)
			got, resp := w.get(t, "empty", nil)
			same(t, "content", got, "")
			same(t, "length", resp.ContentLength, 0)
		}},
		{"put from a file", func(t *testing.T, w *world) {
			name := filepath.Join(t.TempDir(), "f")
			ok(t, os.WriteFile(name, []byte("of a file"), 0o600))
			_, err := w.Object.PutFromFile(t.Context(), "file", name, nil)
			ok(t, err)
			to := filepath.Join(t.TempDir(), "g")
			_, err = w.Object.GetToFile(t.Context(), "file", to, nil)
			ok(t, err)
			b, err := os.ReadFile(to)
			ok(t, err)
			same(t, "content", string(b), "of a file")
		}},
		{"headers come back", func(t *testing.T, w *world) {
			w.put(t, "headers", "x", putOptions(sdk.ObjectPutHeaderOptions{
				CacheControl: "max-age=60", ContentDisposition: "inline", ContentEncoding: "gzip", ContentLanguage: "zh",
				ContentType: "text/x", Expires: "Thu, 01 Jan 2099 00:00:00 GMT", XCosMetaXXX: extra("x-cos-meta-a", "b"),
			}))
			resp, err := w.Object.Head(t.Context(), "headers", nil)
			ok(t, err)
			for name, v := range map[string]string{
				"Cache-Control": "max-age=60", "Content-Disposition": "inline", "Content-Encoding": "gzip", "Content-Language": "zh",
				"Content-Type": "text/x", "Expires": "Thu, 01 Jan 2099 00:00:00 GMT", "X-Cos-Meta-A": "b", "Content-Length": "1",
			} {
				same(t, name, resp.Header.Get(name), v)
			}
		}},
		{"right MD5", func(t *testing.T, w *world) {
			sum := md5.Sum([]byte("x"))
			w.put(t, "md5", "x", putOptions(sdk.ObjectPutHeaderOptions{ContentMD5: base64.StdEncoding.EncodeToString(sum[:])}))
		}},
		{"wrong MD5", func(t *testing.T, w *world) {
			_, err := w.Object.Put(t.Context(), "md5wrong", strings.NewReader("x"), putOptions(sdk.ObjectPutHeaderOptions{
				ContentMD5: base64.StdEncoding.EncodeToString(make([]byte, 16)),
			}))
			want(t, err, 400, "BadDigest")
			exists, err := w.Object.IsExist(t.Context(), "md5wrong")
			same(t, "it exists", exists, false)
			ok(t, err)
		}},
		{"forbid overwriting", func(t *testing.T, w *world) {
			opt := putOptions(sdk.ObjectPutHeaderOptions{XOptionHeader: extra("x-cos-forbid-overwrite", "true")})
			w.put(t, "once", "first", opt)
			_, err := w.Object.Put(t.Context(), "once", strings.NewReader("second"), opt)
			want(t, err, 409, "FileAlreadyExists")
			got, _ := w.get(t, "once", nil)
			same(t, "content", got, "first")
		}},
		{"storage class", func(t *testing.T, w *world) {
			w.put(t, "class", "x", putOptions(sdk.ObjectPutHeaderOptions{XCosStorageClass: "STANDARD_IA"}))
			resp, err := w.Object.Head(t.Context(), "class", nil)
			ok(t, err)
			same(t, "class", resp.Header.Get("x-cos-storage-class"), "STANDARD_IA")
			_, err = w.Object.Put(t.Context(), "class2", strings.NewReader("x"), putOptions(sdk.ObjectPutHeaderOptions{XCosStorageClass: "DEEP_ARCHIVE"}))
			want(t, err, 400, "NotSupportedStorageClass")
		}},
		{"encryption is not claimed", func(t *testing.T, w *world) {
			_, err := w.Object.Put(t.Context(), "sse", strings.NewReader("x"), putOptions(sdk.ObjectPutHeaderOptions{XCosServerSideEncryption: "AES256"}))
			want(t, err, 501, "NotImplemented")
		}},
		{"range", func(t *testing.T, w *world) {
			w.put(t, "range", "0123456789", nil)
			got, resp := w.get(t, "range", &sdk.ObjectGetOptions{Range: "bytes=2-4"})
			same(t, "content", got, "234")
			same(t, "status", resp.StatusCode, 206)
			_, err := w.Object.Get(t.Context(), "range", &sdk.ObjectGetOptions{Range: "bytes=20-"})
			want(t, err, 416, "InvalidRange")
		}},
		{"not modified", func(t *testing.T, w *world) {
			w.put(t, "since", "x", nil)
			_, err := w.Object.Get(t.Context(), "since", &sdk.ObjectGetOptions{IfModifiedSince: time.Now().Add(time.Hour).UTC().Format(http.TimeFormat)})
			want(t, err, 304, "")
		}},
		{"conditions", func(t *testing.T, w *world) {
			w.put(t, "if", "x", nil)
			_, err := w.Object.Get(t.Context(), "if", &sdk.ObjectGetOptions{XOptionHeader: extra("If-Match", `"other"`)})
			want(t, err, 412, "PreconditionFailed")
			_, err = w.Object.Get(t.Context(), "if", &sdk.ObjectGetOptions{XOptionHeader: extra("If-None-Match", etag("x"))})
			want(t, err, 304, "")
		}},
		{"response overrides", func(t *testing.T, w *world) {
			w.put(t, "override", "x", putOptions(sdk.ObjectPutHeaderOptions{ContentType: "image/png"}))
			_, resp := w.get(t, "override", &sdk.ObjectGetOptions{
				ResponseContentType: "text/a b", ResponseCacheControl: "no-store", ResponseContentDisposition: "attachment",
				ResponseContentLanguage: "de", ResponseExpires: "0", ResponseContentEncoding: "x",
			})
			for name, v := range map[string]string{
				"Content-Type": "text/a b", "Cache-Control": "no-store", "Content-Disposition": "attachment",
				"Content-Language": "de", "Expires": "0", "Content-Encoding": "x",
			} {
				same(t, name, resp.Header.Get(name), v)
			}
			unsigned := "http://" + source(bucketName, "override") + "?response-content-type=text/html"
			plain, _ := w.plain(t, "GET", unsigned, "")
			same(t, "unsigned", plain.StatusCode, 400)
		}},
		{"missing", func(t *testing.T, w *world) {
			_, err := w.Object.Get(t.Context(), "none", nil)
			want(t, err, 404, "NoSuchKey")
			_, err = w.Object.Head(t.Context(), "none", nil)
			want(t, err, 404, "")
		}},
		{"exists", func(t *testing.T, w *world) {
			w.put(t, "there", "x", nil)
			exists, err := w.Object.IsExist(t.Context(), "there")
			ok(t, err)
			same(t, "it exists", exists, true)
		}},
		{"delete", func(t *testing.T, w *world) {
			w.put(t, "gone", "x", nil)
			for range 2 { // the second time there is nothing
				_, err := w.Object.Delete(t.Context(), "gone")
				ok(t, err)
			}
			_, err := w.Object.Head(t.Context(), "gone", nil)
			want(t, err, 404, "")
		}},
		{"restore is not claimed", func(t *testing.T, w *world) {
			w.put(t, "restore", "x", nil)
			_, err := w.Object.PostRestore(t.Context(), "restore", &sdk.ObjectRestoreOptions{Days: 1})
			want(t, err, 501, "NotImplemented")
		}},
		{"symlinks are not claimed", func(t *testing.T, w *world) {
			_, err := w.Object.PutSymlink(t.Context(), "link", &sdk.ObjectPutSymlinkOptions{SymlinkTarget: "x"})
			want(t, err, 501, "NotImplemented")
		}},
		{"versions are not claimed", func(t *testing.T, w *world) {
			_, err := w.Object.Get(t.Context(), "v", nil, "MTg0NDUxNTc1NjIzMTQ1MDAwODg")
			want(t, err, 501, "NotImplemented")
		}},
		{"select is not claimed", func(t *testing.T, w *world) {
			_, err := w.Object.Select(t.Context(), "s", &sdk.ObjectSelectOptions{Expression: "x", ExpressionType: "SQL"})
			want(t, err, 501, "NotImplemented")
		}},
	})
}

func TestDownload(t *testing.T) {
	w := newWorld(t, cos.Options{})
	content := strings.Repeat("0123456789abcdef", 5<<16)
	w.put(t, "large", content, nil)
	to := filepath.Join(t.TempDir(), "large")
	_, err := w.Object.Download(t.Context(), "large", to, &sdk.MultiDownloadOptions{PartSize: 1, ThreadPoolSize: 4, CheckPoint: true})
	ok(t, err)
	got, err := os.ReadFile(to)
	ok(t, err)
	same(t, "the whole", string(got) == content, true)
}

func TestAppend(t *testing.T) {
	run(t, newWorld(t, cos.Options{MaxObjectSize: 20}), []check{
		{"two pieces", func(t *testing.T, w *world) {
			next, _, err := w.Object.Append(t.Context(), "log", 0, strings.NewReader("first "), putOptions(sdk.ObjectPutHeaderOptions{ContentType: "text/plain"}))
			ok(t, err)
			same(t, "next", next, 6)
			next, _, err = w.Object.Append(t.Context(), "log", next, strings.NewReader("second"), nil)
			ok(t, err)
			same(t, "next", next, 12)
			got, resp := w.get(t, "log", nil)
			same(t, "content", got, "first second")
			same(t, "kind", resp.Header.Get("x-cos-object-type"), "appendable")
			same(t, "position", resp.Header.Get("x-cos-next-append-position"), "12")
			same(t, "type", resp.Header.Get("Content-Type"), "text/plain")
		}},
		{"wrong position", func(t *testing.T, w *world) {
			_, _, err := w.Object.Append(t.Context(), "log", 3, strings.NewReader("x"), nil)
			want(t, err, 409, "AppendPositionErr")
			_, _, err = w.Object.Append(t.Context(), "log2", 3, strings.NewReader("x"), nil)
			want(t, err, 409, "AppendPositionErr")
		}},
		{"normal object", func(t *testing.T, w *world) {
			w.put(t, "normal", "x", nil)
			_, _, err := w.Object.Append(t.Context(), "normal", 1, strings.NewReader("x"), nil)
			want(t, err, 409, "ObjectNotAppendable")
		}},
		{"no position", func(t *testing.T, w *world) {
			_, _, err := w.Object.Append(t.Context(), "log", -1, strings.NewReader("x"), nil)
			want(t, err, 400, "InvalidArgument")
		}},
		{"too large", func(t *testing.T, w *world) {
			_, _, err := w.Object.Append(t.Context(), "log", 12, strings.NewReader("123456789"), nil)
			want(t, err, 400, "EntityTooLarge")
		}},
	})
}

func TestCopies(t *testing.T) {
	header := func(o sdk.ObjectCopyHeaderOptions) *sdk.ObjectCopyOptions {
		return &sdk.ObjectCopyOptions{ObjectCopyHeaderOptions: &o}
	}
	w := newWorld(t, cos.Options{})
	w.put(t, "from/原 1.png", "content", putOptions(sdk.ObjectPutHeaderOptions{ContentType: "image/png", XCosMetaXXX: extra("x-cos-meta-a", "b")}))
	from := source(bucketName, "from/原 1.png")
	past, future := time.Now().Add(-time.Hour).UTC().Format(http.TimeFormat), time.Now().Add(time.Hour).UTC().Format(http.TimeFormat)
	run(t, w, []check{
		{"with its headers", func(t *testing.T, w *world) {
			res, _, err := w.Object.Copy(t.Context(), "copy1", from, nil)
			ok(t, err)
			same(t, "ETag", res.ETag, etag("content"))
			got, resp := w.get(t, "copy1", nil)
			same(t, "content", got, "content")
			same(t, "type", resp.Header.Get("Content-Type")+resp.Header.Get("x-cos-meta-a"), "image/pngb")
		}},
		{"with other headers", func(t *testing.T, w *world) {
			_, _, err := w.Object.Copy(t.Context(), "copy2", from, header(sdk.ObjectCopyHeaderOptions{
				XCosMetadataDirective: "Replaced", ContentType: "image/gif",
			}))
			ok(t, err)
			_, resp := w.get(t, "copy2", nil)
			same(t, "type", resp.Header.Get("Content-Type")+resp.Header.Get("x-cos-meta-a"), "image/gif")
		}},
		{"to another bucket", func(t *testing.T, w *world) {
			other := w.client(otherName, keys)
			_, _, err := other.Object.Copy(t.Context(), "copy3", from, nil)
			ok(t, err)
			resp, err := other.Object.Get(t.Context(), "copy3", nil)
			ok(t, err)
			same(t, "content", read(t, resp.Body), "content")
		}},
		{"onto itself", func(t *testing.T, w *world) {
			w.put(t, "self", "x", nil)
			_, _, err := w.Object.Copy(t.Context(), "self", source(bucketName, "self"), nil)
			want(t, err, 400, "InvalidRequest")
			_, _, err = w.Object.Copy(t.Context(), "self", source(bucketName, "self"), header(sdk.ObjectCopyHeaderOptions{
				XCosMetadataDirective: "Replaced", ContentType: "text/new",
			}))
			ok(t, err)
			got, resp := w.get(t, "self", nil)
			same(t, "self", got+resp.Header.Get("Content-Type"), "xtext/new")
		}},
		{"conditions that hold", func(t *testing.T, w *world) {
			for i, o := range []sdk.ObjectCopyHeaderOptions{
				{XCosCopySourceIfMatch: etag("content")}, {XCosCopySourceIfNoneMatch: etag("other")},
				{XCosCopySourceIfModifiedSince: past}, {XCosCopySourceIfUnmodifiedSince: future},
			} {
				if _, _, err := w.Object.Copy(t.Context(), "copy4", from, header(o)); err != nil {
					t.Errorf("%d: %v", i, err)
				}
			}
		}},
		{"conditions that do not", func(t *testing.T, w *world) {
			for _, o := range []sdk.ObjectCopyHeaderOptions{
				{XCosCopySourceIfMatch: etag("other")}, {XCosCopySourceIfNoneMatch: etag("content")},
				{XCosCopySourceIfModifiedSince: future}, {XCosCopySourceIfUnmodifiedSince: past},
			} {
				_, _, err := w.Object.Copy(t.Context(), "copy5", from, header(o))
				want(t, err, 412, "PreconditionFailed")
			}
		}},
		{"sources that are not there", func(t *testing.T, w *world) {
			_, _, err := w.Object.Copy(t.Context(), "copy6", source(bucketName, "none"), nil)
			want(t, err, 404, "NoSuchKey")
			_, _, err = w.Object.Copy(t.Context(), "copy6", source("none-1250000000", "x"), nil)
			want(t, err, 404, "NoSuchBucket")
		}},
		{"of a part", func(t *testing.T, w *world) {
			w.put(t, "parts/from", strings.Repeat("0123456789", 200000), nil)
			_, _, err := w.Object.MultiCopy(t.Context(), "parts/to", source(bucketName, "parts/from"), &sdk.MultiCopyOptions{PartSize: 1, ThreadPoolSize: 2})
			ok(t, err)
			got, _ := w.get(t, "parts/to", nil)
			same(t, "length", len(got), 2000000)
		}},
	})
}

func TestDeleteMany(t *testing.T) {
	w := newWorld(t, cos.Options{})
	objects := func(keys ...string) (list []sdk.Object) {
		for _, k := range keys {
			list = append(list, sdk.Object{Key: k})
		}
		return list
	}
	run(t, w, []check{
		{"verbose", func(t *testing.T, w *world) {
			w.put(t, "a&b/<1>", "x", nil)
			w.put(t, "图", "x", nil)
			res, _, err := w.Object.DeleteMulti(t.Context(), &sdk.ObjectDeleteMultiOptions{Objects: objects("a&b/<1>", "图", "none")})
			ok(t, err)
			same(t, "deleted", len(res.DeletedObjects), 3)
			same(t, "errors", len(res.Errors), 0)
			exists, err := w.Object.IsExist(t.Context(), "图")
			ok(t, err)
			same(t, "it exists", exists, false)
		}},
		{"quiet, with a key that is none", func(t *testing.T, w *world) {
			w.put(t, "q", "x", nil)
			res, _, err := w.Object.DeleteMulti(t.Context(), &sdk.ObjectDeleteMultiOptions{Quiet: true, Objects: objects("q", strings.Repeat("x", 851))})
			ok(t, err)
			same(t, "deleted", len(res.DeletedObjects), 0)
			if len(res.Errors) != 1 || res.Errors[0].Code != "KeyTooLong" {
				t.Errorf("errors: %+v", res.Errors)
			}
		}},
		{"1000 keys, and one more", func(t *testing.T, w *world) {
			many := make([]string, 1000)
			for i := range many {
				many[i] = strings.Repeat("k", i%800+1)
			}
			_, _, err := w.Object.DeleteMulti(t.Context(), &sdk.ObjectDeleteMultiOptions{Objects: objects(many...)})
			ok(t, err)
			_, _, err = w.Object.DeleteMulti(t.Context(), &sdk.ObjectDeleteMultiOptions{Objects: objects(append(many, "x")...)})
			want(t, err, 400, "MalformedXML")
		}},
		{"none", func(t *testing.T, w *world) {
			_, _, err := w.Object.DeleteMulti(t.Context(), &sdk.ObjectDeleteMultiOptions{})
			want(t, err, 400, "MalformedXML")
		}},
	})
}
