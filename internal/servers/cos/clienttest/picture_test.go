package clienttest

import (
	"bytes"
	"encoding/json"
	"image/jpeg"
	"net/http"
	"strings"
	"testing"

	sdk "github.com/tencentyun/cos-go-sdk-v5"

	"github.com/wecos-go/wecos/internal/servers/cos"
)

func operations(rules ...sdk.PicOperationsRules) *sdk.ObjectPutOptions {
	return putOptions(sdk.ObjectPutHeaderOptions{
		ContentType:   "image/jpeg",
		XOptionHeader: extra("Pic-Operations", sdk.EncodePicOperations(&sdk.PicOperations{IsPicInfo: 1, Rules: rules})),
	})
}

func TestPictures(t *testing.T) {
	original := photo(t, 300, 200)
	width := func(t *testing.T, data string) int {
		t.Helper()
		c, err := jpeg.DecodeConfig(strings.NewReader(data))
		ok(t, err)
		return c.Width
	}
	w := newWorld(t, cos.Options{})
	w.put(t, "pic/get.jpg", original, putOptions(sdk.ObjectPutHeaderOptions{ContentType: "image/jpeg", CacheControl: "max-age=9"}))
	put := func(t *testing.T, key, content string, rules ...sdk.PicOperationsRules) error {
		_, _, err := w.CI.Put(t.Context(), key, strings.NewReader(content), operations(rules...))
		return err
	}
	run(t, w, []check{
		{"on upload", func(t *testing.T, w *world) {
			res, resp, err := w.CI.Put(t.Context(), "pic/图.jpg", strings.NewReader(original), operations(
				sdk.PicOperationsRules{FileId: "small.jpg", Rule: "imageMogr2/thumbnail/100x"},
				sdk.PicOperationsRules{FileId: "/elsewhere/worse.jpg", Rule: "imageView2/2/q/30"},
				sdk.PicOperationsRules{FileId: "pic.png", Rule: "imageMogr2/format/png"},
			))
			ok(t, err)
			same(t, "ETag", resp.Header.Get("ETag"), etag(original))
			info := res.OriginalInfo.ImageInfo
			if info.Format != "jpeg" || info.Width != 300 || info.Height != 200 || info.Quality != 95 || res.OriginalInfo.Key != "pic/图.jpg" {
				t.Errorf("original: %+v %+v", res.OriginalInfo, info)
			}
			if len(res.ProcessResults) != 3 || res.ProcessResults[0].Width != 100 || res.ProcessResults[0].Key != "pic/small.jpg" || res.ProcessResults[1].Quality != 30 || res.ProcessResults[2].Format != "png" {
				t.Errorf("results: %+v", res.ProcessResults)
			}
			small, got := w.get(t, "pic/small.jpg", nil)
			same(t, "small", width(t, small), 100)
			same(t, "its ETag", got.Header.Get("ETag"), res.ProcessResults[0].ETag)
			worse, _ := w.get(t, "elsewhere/worse.jpg", nil)
			same(t, "it became smaller", len(worse) < len(original) && len(worse) == res.ProcessResults[1].Size, true)
			kept, _ := w.get(t, "pic/图.jpg", nil)
			same(t, "the original is kept", kept == original, true)
		}},
		{"in its own place", func(t *testing.T, w *world) {
			ok(t, put(t, "pic/own.jpg", original, sdk.PicOperationsRules{FileId: "own.jpg", Rule: "imageView2/2/w/50"}))
			got, _ := w.get(t, "pic/own.jpg", nil)
			same(t, "width", width(t, got), 50)
		}},
		{"of an object that is there", func(t *testing.T, w *world) {
			res, _, err := w.CI.ImageProcess(t.Context(), "pic/get.jpg", &sdk.ImageProcessOptions{Rules: []sdk.PicOperationsRules{{FileId: "later.jpg", Rule: "imageView2/1/w/40/h/40"}}})
			ok(t, err)
			same(t, "width", res.ProcessResults[0].Width, 40)
			got, _ := w.get(t, "pic/later.jpg", nil)
			same(t, "width", width(t, got), 40)
		}},
		{"mistakes store nothing", func(t *testing.T, w *world) {
			six := make([]sdk.PicOperationsRules, 6)
			for i := range six {
				six[i] = sdk.PicOperationsRules{FileId: "x", Rule: "imageMogr2/strip"}
			}
			want(t, put(t, "pic/no", original, six...), 400, "InvalidArgument")
			want(t, put(t, "pic/no", original, sdk.PicOperationsRules{FileId: "x", Rule: "imageMogr2/thumbnail/"}), 400, "InvalidArgument")
			want(t, put(t, "pic/no", original, sdk.PicOperationsRules{FileId: "x", Rule: "watermark/1"}), 400, "InvalidArgument")
			want(t, put(t, "pic/no", original, sdk.PicOperationsRules{Rule: "imageMogr2/strip"}), 400, "InvalidArgument")
			want(t, put(t, "pic/no", original, sdk.PicOperationsRules{FileId: "x", Rule: "imageMogr2/format/webp"}), 501, "NotImplemented")
			want(t, put(t, "pic/no", "text", sdk.PicOperationsRules{FileId: "x", Rule: "imageMogr2/strip"}), 400, "InvalidImageFormat")
			for _, key := range []string{"pic/no", "pic/x"} {
				exists, err := w.Object.IsExist(t.Context(), key)
				ok(t, err)
				same(t, key+" exists", exists, false)
			}
		}},
		{"header without a signature over it", func(t *testing.T, w *world) {
			u, err := w.Object.GetPresignedURL(t.Context(), "PUT", "pic/no", keys.ID, keys.Key, 1e12, &sdk.PresignedURLOptions{})
			ok(t, err)
			resp, _ := w.plain(t, "PUT", u.String(), original, "Pic-Operations", `{"rules":[{"fileid":"x","rule":"imageMogr2/strip"}]}`)
			same(t, "status", resp.StatusCode, 403)
		}},
		{"on reading", func(t *testing.T, w *world) {
			resp, err := w.CI.Get(t.Context(), "pic/get.jpg", "imageView2/2/w/30/q/70", nil)
			ok(t, err)
			got := read(t, resp.Body)
			same(t, "width", width(t, got), 30)
			same(t, "type", resp.Header.Get("Content-Type")+resp.Header.Get("Cache-Control"), "image/jpegmax-age=9")
			tag := resp.Header.Get("ETag")
			plain, _ := w.plain(t, "GET", "http://"+source(bucketName, "pic/get.jpg")+"?imageView2/2/w/30/q/70", "", "If-None-Match", tag)
			same(t, "again", plain.StatusCode, 304)
			plain, body := w.plain(t, "GET", "http://"+source(bucketName, "pic/get.jpg")+"?imageMogr2/thumbnail/!50p", "")
			same(t, "without a signature", plain.StatusCode, 200)
			same(t, "width", width(t, body), 150)
			plain, _ = w.plain(t, "GET", "http://"+source(bucketName, "pic/get.jpg")+"?imageMogr2/thumbnail/x", "")
			same(t, "a mistake", plain.StatusCode, 400)
		}},
		{"imageInfo", func(t *testing.T, w *world) {
			resp, err := w.CI.Get(t.Context(), "pic/get.jpg", "imageInfo", nil)
			ok(t, err)
			var info map[string]string
			ok(t, json.NewDecoder(bytes.NewReader([]byte(read(t, resp.Body)))).Decode(&info))
			same(t, "size", info["format"]+info["width"]+info["height"], "jpeg300200")
			same(t, "status", resp.StatusCode, http.StatusOK)
		}},
	})
}
