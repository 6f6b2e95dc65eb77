package upload

import (
	"context"
	"fmt"
	"iter"
	"net/url"
	"strconv"

	"github.com/tencentyun/cos-go-sdk-v5"
)

// pageSize is the most that COS lists at once.
const pageSize = 1000

// List implements Store. It asks for page after page; a page that fails is
// tried again like any other request.
func (c *COS) List(ctx context.Context, prefix string) iter.Seq2[Info, error] {
	return func(yield func(Info, error) bool) {
		marker := ""
		for {
			page, err := c.page(ctx, prefix, marker)
			if err != nil {
				yield(Info{}, err)
				return
			}
			for _, info := range page.infos {
				if !yield(info, nil) {
					return
				}
			}
			if page.next == "" {
				return
			}
			if page.next <= marker {
				yield(Info{}, &Error{Op: "list", Key: prefix, Err: fmt.Errorf("the listing does not advance beyond %q", shorten(marker))})
				return
			}
			marker = page.next
		}
	}
}

type page struct {
	infos []Info
	next  string // marker of the next page, "" when this is the last
}

func (c *COS) page(ctx context.Context, prefix, marker string) (page, error) {
	var p page
	err := c.do(ctx, request{op: "list", key: prefix, list: true}, func(ctx context.Context) error {
		// Keys may hold what XML cannot, so they come percent-encoded.
		res, _, err := c.client.Bucket.Get(ctx, &cos.BucketGetOptions{
			Prefix: prefix, Marker: marker, MaxKeys: pageSize, EncodingType: "url",
		})
		if err != nil {
			return err
		}
		p, err = readPage(res)
		return err
	})
	return p, err
}

func readPage(res *cos.BucketGetResult) (page, error) {
	decode := func(s string) (string, error) { return s, nil }
	if res.EncodingType == "url" {
		decode = url.QueryUnescape
	}
	p := page{infos: make([]Info, len(res.Contents))}
	for i, o := range res.Contents {
		key, err := decode(o.Key)
		if err != nil {
			return page{}, &localError{fmt.Errorf("the listing has a bad key: %w", err)}
		}
		p.infos[i] = Info{Key: key, Size: o.Size, ETag: cleanETag(o.ETag)}
	}
	if !res.IsTruncated {
		return p, nil
	}
	next, err := decode(res.NextMarker)
	if err != nil {
		return page{}, &localError{fmt.Errorf("the listing has a bad marker: %w", err)}
	}
	if next == "" && len(p.infos) > 0 {
		next = p.infos[len(p.infos)-1].Key
	}
	if next == "" {
		return page{}, &localError{fmt.Errorf("the listing of %s goes on without a marker", strconv.Quote(res.Prefix))}
	}
	p.next = next
	return p, nil
}
