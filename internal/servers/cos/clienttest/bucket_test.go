package clienttest

import (
	"fmt"
	"strings"
	"testing"

	sdk "github.com/tencentyun/cos-go-sdk-v5"

	"github.com/wecos-go/wecos/internal/servers/cos"
)

func TestBuckets(t *testing.T) {
	run(t, newWorld(t, cos.Options{Region: "ap-beijing"}), []check{
		{"service lists them", func(t *testing.T, w *world) {
			res, _, err := w.Service.Get(t.Context())
			ok(t, err)
			names := ""
			for _, b := range res.Buckets {
				names += b.Name + " " + b.Region + ","
			}
			same(t, "buckets", names, otherName+" ap-beijing,"+bucketName+" ap-beijing,")
		}},
		{"head", func(t *testing.T, w *world) {
			resp, err := w.Bucket.Head(t.Context())
			ok(t, err)
			same(t, "region", resp.Header.Get("x-cos-bucket-region"), "ap-beijing")
			exists, err := w.client("none-1250000000", keys).Bucket.IsExist(t.Context())
			ok(t, err)
			same(t, "it exists", exists, false)
		}},
		{"create, use and delete", func(t *testing.T, w *world) {
			c := w.client("new-1250000000", keys)
			_, err := c.Bucket.Put(t.Context(), &sdk.BucketPutOptions{XCosACL: "private"})
			ok(t, err)
			_, err = c.Bucket.Put(t.Context(), nil)
			want(t, err, 409, "BucketAlreadyOwnedByYou")
			_, err = c.Object.Put(t.Context(), "k", strings.NewReader("x"), nil)
			ok(t, err)
			resp, _ := w.plain(t, "GET", "http://"+source("new-1250000000", "k"), "")
			same(t, "a private bucket to anybody", resp.StatusCode, 403)
			_, err = c.Bucket.Delete(t.Context())
			want(t, err, 409, "BucketNotEmpty")
			_, err = c.Object.Delete(t.Context(), "k")
			ok(t, err)
			_, err = c.Bucket.Delete(t.Context())
			ok(t, err)
			_, err = c.Bucket.Head(t.Context())
			want(t, err, 404, "")
		}},
		{"create without keys", func(t *testing.T, w *world) {
			resp, _ := w.plain(t, "PUT", "http://"+source("new-1250000000", ""), "")
			same(t, "status", resp.StatusCode, 403)
		}},
		{"those of the options stay", func(t *testing.T, w *world) {
			_, err := w.client(otherName, keys).Bucket.Delete(t.Context())
			want(t, err, 405, "MethodNotAllowed")
		}},
		{"location", func(t *testing.T, w *world) {
			res, _, err := w.Bucket.GetLocation(t.Context())
			ok(t, err)
			same(t, "location", res.Location, "ap-beijing")
		}},
		{"versioning", func(t *testing.T, w *world) {
			res, _, err := w.Bucket.GetVersioning(t.Context())
			ok(t, err)
			same(t, "status", res.Status, "")
			_, err = w.Bucket.PutVersioning(t.Context(), &sdk.BucketPutVersionOptions{Status: "Enabled"})
			want(t, err, 501, "NotImplemented")
		}},
		{"what it cannot have", func(t *testing.T, w *world) {
			meta, _, err := w.Bucket.GetMeta(t.Context())
			ok(t, err)
			if meta.Lifecycle != nil || meta.Website != nil || meta.Encryption != nil || meta.ACL == nil {
				t.Errorf("%+v", meta)
			}
			_, err = w.Bucket.PutLifecycle(t.Context(), &sdk.BucketPutLifecycleOptions{})
			want(t, err, 501, "NotImplemented")
			_, err = w.Bucket.PutReferer(t.Context(), &sdk.BucketPutRefererOptions{Status: "Enabled"})
			want(t, err, 501, "NotImplemented")
			_, _, err = w.Bucket.GetObjectVersions(t.Context(), nil)
			want(t, err, 501, "NotImplemented")
		}},
		{"tags", func(t *testing.T, w *world) {
			_, _, err := w.Bucket.GetTagging(t.Context())
			want(t, err, 404, "NoSuchTagSet")
			_, err = w.Bucket.PutTagging(t.Context(), &sdk.BucketPutTaggingOptions{TagSet: []sdk.BucketTaggingTag{{Key: "a", Value: "图&"}}})
			ok(t, err)
			res, _, err := w.Bucket.GetTagging(t.Context())
			ok(t, err)
			if len(res.TagSet) != 1 || res.TagSet[0].Value != "图&" {
				t.Errorf("%+v", res.TagSet)
			}
			_, err = w.Bucket.DeleteTagging(t.Context())
			ok(t, err)
			_, _, err = w.Bucket.GetTagging(t.Context())
			want(t, err, 404, "NoSuchTagSet")
		}},
		{"tags of an object", func(t *testing.T, w *world) {
			w.put(t, "tagged", "x", putOptions(sdk.ObjectPutHeaderOptions{XOptionHeader: extra("x-cos-tagging", "a=1&b=%E5%9B%BE")}))
			res, _, err := w.Object.GetTagging(t.Context(), "tagged")
			ok(t, err)
			if len(res.TagSet) != 2 || res.TagSet[1].Value != "图" {
				t.Errorf("%+v", res.TagSet)
			}
			_, err = w.Object.PutTagging(t.Context(), "tagged", &sdk.ObjectPutTaggingOptions{TagSet: []sdk.ObjectTaggingTag{{Key: "c", Value: "3"}}})
			ok(t, err)
			resp, err := w.Object.Head(t.Context(), "tagged", nil)
			ok(t, err)
			same(t, "count", resp.Header.Get("x-cos-tagging-count"), "1")
			_, err = w.Object.DeleteTagging(t.Context(), "tagged")
			ok(t, err)
			res, _, err = w.Object.GetTagging(t.Context(), "tagged")
			ok(t, err)
			same(t, "tags", len(res.TagSet), 0)
			_, _, err = w.Object.GetTagging(t.Context(), "none")
			want(t, err, 404, "NoSuchKey")
		}},
		{"too many tags", func(t *testing.T, w *world) {
			w.put(t, "tags", "x", nil)
			opt := &sdk.ObjectPutTaggingOptions{}
			for i := range 11 {
				opt.TagSet = append(opt.TagSet, sdk.ObjectTaggingTag{Key: fmt.Sprint(i), Value: "x"})
			}
			_, err := w.Object.PutTagging(t.Context(), "tags", opt)
			want(t, err, 400, "InvalidTag")
		}},
	})
}

func TestAccessLists(t *testing.T) {
	run(t, newWorld(t, cos.Options{}), []check{
		{"bucket, as it is", func(t *testing.T, w *world) {
			res, resp, err := w.Bucket.GetACL(t.Context())
			ok(t, err)
			same(t, "list", resp.Header.Get("x-cos-acl"), "public-read")
			same(t, "owner", res.Owner.ID, "qcs::cam::uin/1250000000:uin/1250000000")
		}},
		{"bucket, by header and by body", func(t *testing.T, w *world) {
			c := w.client(otherName, keys)
			_, err := c.Bucket.PutACL(t.Context(), &sdk.BucketPutACLOptions{Header: &sdk.ACLHeaderOptions{
				XCosACL: "private", XCosGrantRead: `id="qcs::cam::uin/1:uin/1"`,
			}})
			ok(t, err)
			res, resp, err := c.Bucket.GetACL(t.Context())
			ok(t, err)
			same(t, "list", resp.Header.Get("x-cos-acl"), "private")
			same(t, "grants", len(res.AccessControlList), 2)
			_, err = c.Bucket.PutACL(t.Context(), &sdk.BucketPutACLOptions{Body: res})
			ok(t, err)
			again, _, err := c.Bucket.GetACL(t.Context())
			ok(t, err)
			same(t, "the list came back", fmt.Sprint(again.AccessControlList[1].Grantee.ID), "qcs::cam::uin/1:uin/1")
		}},
		{"object, from put to anybody", func(t *testing.T, w *world) {
			address := "http://" + source(bucketName, "acl")
			_, err := w.Object.Put(t.Context(), "acl", strings.NewReader("x"), &sdk.ObjectPutOptions{
				ACLHeaderOptions: &sdk.ACLHeaderOptions{XCosACL: "private"}, ObjectPutHeaderOptions: &sdk.ObjectPutHeaderOptions{},
			})
			ok(t, err)
			for list, status := range map[string]int{"private": 403, "public-read": 200, "default": 200} {
				_, err := w.Object.PutACL(t.Context(), "acl", &sdk.ObjectPutACLOptions{Header: &sdk.ACLHeaderOptions{XCosACL: list}})
				ok(t, err)
				_, resp, err := w.Object.GetACL(t.Context(), "acl")
				ok(t, err)
				same(t, "list", resp.Header.Get("x-cos-acl"), list)
				plain, _ := w.plain(t, "GET", address, "")
				same(t, list+" to anybody", plain.StatusCode, status)
			}
		}},
		{"mistakes", func(t *testing.T, w *world) {
			_, err := w.Bucket.PutACL(t.Context(), &sdk.BucketPutACLOptions{Header: &sdk.ACLHeaderOptions{XCosACL: "everybody"}})
			want(t, err, 400, "InvalidArgument")
			_, err = w.Bucket.PutACL(t.Context(), &sdk.BucketPutACLOptions{Header: &sdk.ACLHeaderOptions{}})
			want(t, err, 400, "InvalidArgument")
			_, err = w.Object.PutACL(t.Context(), "none", &sdk.ObjectPutACLOptions{Header: &sdk.ACLHeaderOptions{XCosACL: "private"}})
			want(t, err, 404, "NoSuchKey")
		}},
	})
}

func TestCORS(t *testing.T) {
	w := newWorld(t, cos.Options{})
	address := "http://" + source(bucketName, "k")
	w.put(t, "k", "x", nil)
	run(t, w, []check{
		{"none", func(t *testing.T, w *world) {
			_, _, err := w.Bucket.GetCORS(t.Context())
			want(t, err, 404, "NoSuchCORSConfiguration")
			_, err = w.Object.Options(t.Context(), "k", &sdk.ObjectOptionsOptions{Origin: "http://a.example", AccessControlRequestMethod: "PUT"})
			want(t, err, 403, "AccessForbidden")
		}},
		{"put and get", func(t *testing.T, w *world) {
			_, err := w.Bucket.PutCORS(t.Context(), &sdk.BucketPutCORSOptions{Rules: []sdk.BucketCORSRule{
				{ID: "one", AllowedOrigins: []string{"http://*.example"}, AllowedMethods: []string{"PUT", "GET"}, AllowedHeaders: []string{"x-cos-*"}, ExposeHeaders: []string{"ETag"}, MaxAgeSeconds: 60},
				{AllowedOrigins: []string{"*"}, AllowedMethods: []string{"HEAD"}},
			}})
			ok(t, err)
			res, _, err := w.Bucket.GetCORS(t.Context())
			ok(t, err)
			if len(res.Rules) != 2 || res.Rules[0].ID != "one" || res.Rules[0].MaxAgeSeconds != 60 || res.Rules[0].ExposeHeaders[0] != "ETag" {
				t.Errorf("%+v", res.Rules)
			}
		}},
		{"preflight", func(t *testing.T, w *world) {
			resp, err := w.Object.Options(t.Context(), "k", &sdk.ObjectOptionsOptions{
				Origin: "http://a.example", AccessControlRequestMethod: "PUT", AccessControlRequestHeaders: "x-cos-acl, X-Cos-Meta-A",
			})
			ok(t, err)
			for name, v := range map[string]string{
				"Allow-Origin": "http://a.example", "Allow-Methods": "PUT,GET", "Allow-Headers": "x-cos-acl,X-Cos-Meta-A", "Max-Age": "60", "Expose-Headers": "ETag",
			} {
				same(t, name, resp.Header.Get("Access-Control-"+name), v)
			}
			for _, o := range []sdk.ObjectOptionsOptions{
				{Origin: "http://a.other", AccessControlRequestMethod: "PUT"},
				{Origin: "http://a.example", AccessControlRequestMethod: "DELETE"},
				{Origin: "http://a.example", AccessControlRequestMethod: "PUT", AccessControlRequestHeaders: "authorization"},
			} {
				_, err := w.Object.Options(t.Context(), "k", &o)
				want(t, err, 403, "AccessForbidden")
			}
		}},
		{"a page's request", func(t *testing.T, w *world) {
			resp, body := w.plain(t, "GET", address, "", "Origin", "http://b.example")
			same(t, "origin", resp.Header.Get("Access-Control-Allow-Origin")+" "+resp.Header.Get("Vary")+" "+body, "http://b.example Origin x")
			resp, _ = w.plain(t, "HEAD", address, "", "Origin", "http://else")
			same(t, "any origin", resp.Header.Get("Access-Control-Allow-Origin"), "*")
			resp, _ = w.plain(t, "GET", address, "", "Origin", "http://else")
			same(t, "no origin", resp.Header.Get("Access-Control-Allow-Origin"), "")
			resp, _ = w.plain(t, "PUT", address, "y", "Origin", "http://b.example")
			same(t, "an error can be read", fmt.Sprint(resp.StatusCode, resp.Header.Get("Access-Control-Allow-Origin")), "403http://b.example")
		}},
		{"mistakes", func(t *testing.T, w *world) {
			for _, r := range []sdk.BucketCORSRule{
				{AllowedOrigins: []string{"*"}, AllowedMethods: []string{"PATCH"}},
				{AllowedOrigins: []string{"*.*"}, AllowedMethods: []string{"GET"}},
				{AllowedOrigins: []string{"a\r\nb"}, AllowedMethods: []string{"GET"}},
			} {
				_, err := w.Bucket.PutCORS(t.Context(), &sdk.BucketPutCORSOptions{Rules: []sdk.BucketCORSRule{r}})
				want(t, err, 400, "InvalidArgument")
			}
			_, err := w.Bucket.PutCORS(t.Context(), &sdk.BucketPutCORSOptions{})
			want(t, err, 400, "MalformedXML")
		}},
		{"delete", func(t *testing.T, w *world) {
			_, err := w.Bucket.DeleteCORS(t.Context())
			ok(t, err)
			_, _, err = w.Bucket.GetCORS(t.Context())
			want(t, err, 404, "NoSuchCORSConfiguration")
		}},
	})
}

func TestListing(t *testing.T) {
	w := newWorld(t, cos.Options{})
	for _, key := range []string{"a/1", "a/2", "b", "c\x01d", "图/1"} {
		w.put(t, key, "x", nil)
	}
	list := func(t *testing.T, opt sdk.BucketGetOptions) *sdk.BucketGetResult {
		t.Helper()
		res, _, err := w.Bucket.Get(t.Context(), &opt)
		ok(t, err)
		return res
	}
	run(t, w, []check{
		{"all, encoded", func(t *testing.T, w *world) {
			res := list(t, sdk.BucketGetOptions{EncodingType: "url"})
			keys := ""
			for _, o := range res.Contents {
				keys += o.Key + " "
			}
			same(t, "keys", keys, "a%2F1 a%2F2 b c%01d %E5%9B%BE%2F1 ")
			same(t, "coding", res.EncodingType, "url")
		}},
		{"folders", func(t *testing.T, w *world) {
			res := list(t, sdk.BucketGetOptions{Delimiter: "/"})
			same(t, "prefixes", strings.Join(res.CommonPrefixes, " "), "a/ 图/")
			same(t, "keys", len(res.Contents), 2)
		}},
		{"pages", func(t *testing.T, w *world) {
			marker, keys := "", 0
			for {
				res := list(t, sdk.BucketGetOptions{MaxKeys: 2, Marker: marker, EncodingType: "url"})
				keys += len(res.Contents)
				if !res.IsTruncated {
					break
				}
				marker, _ = sdk.DecodeURIComponent(res.NextMarker)
			}
			same(t, "keys", keys, 5)
		}},
		{"prefix", func(t *testing.T, w *world) {
			res := list(t, sdk.BucketGetOptions{Prefix: "a/"})
			same(t, "keys", len(res.Contents), 2)
			same(t, "entry", fmt.Sprint(res.Contents[0].Size, res.Contents[0].ETag, res.Contents[0].Owner.ID, res.Contents[0].StorageClass),
				fmt.Sprint(1, etag("x"), "1250000000", "STANDARD"))
		}},
	})
}
