package upload

import (
	"context"
	"crypto/md5"
	"encoding/hex"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/tencentyun/cos-go-sdk-v5"
)

const (
	// candidates is how many unfinished uploads of one key are looked at.
	candidates = 5
	// abandonedAfter is the age at which an upload under our key that has other
	// content counts as one that nobody will finish.
	abandonedAfter = 24 * time.Hour
)

// find looks for an unfinished upload of the same content under the key. One is
// ours when its first part has the bytes of first; the newest is continued,
// others are remembered for removal. Keys that may only write get no listing:
// then the object is sent from its beginning.
func (u *largeUpload) find(ctx context.Context, first []byte) {
	for i, up := range u.unfinished(ctx) {
		if i == candidates {
			return
		}
		parts := u.listParts(ctx, up.id)
		switch ours := same(parts[1], first); {
		case ours && u.id == "":
			u.id, u.have = up.id, parts
		case ours, up.age() > abandonedAfter:
			u.abandoned = append(u.abandoned, up.id)
		}
	}
}

// same reports whether the part that is online has these bytes.
func same(online cos.Object, data []byte) bool {
	if online.PartNumber == 0 || online.Size != int64(len(data)) {
		return false
	}
	sum := md5.Sum(data)
	return cleanETag(online.ETag) == hex.EncodeToString(sum[:])
}

type unfinished struct {
	id    string
	begun time.Time // zero when the service does not say
}

func (u unfinished) age() time.Duration {
	if u.begun.IsZero() {
		return 0
	}
	return time.Since(u.begun)
}

// unfinished returns the uploads under the key, the newest first.
func (u *largeUpload) unfinished(ctx context.Context) []unfinished {
	var found []unfinished
	_ = u.c.do(ctx, request{op: "list", key: u.key, list: true}, func(ctx context.Context) error {
		found = nil
		res, _, err := u.c.client.Bucket.ListMultipartUploads(ctx, &cos.ListMultipartUploadsOptions{
			Prefix: u.key, EncodingType: "url", MaxUploads: pageSize,
		})
		if err != nil {
			return err
		}
		for _, up := range res.Uploads {
			key := up.Key
			if k, err := url.QueryUnescape(key); err == nil && res.EncodingType == "url" {
				key = k
			}
			if key == u.key && up.UploadID != "" {
				begun, _ := time.Parse(time.RFC3339, up.Initiated)
				found = append(found, unfinished{up.UploadID, begun})
			}
		}
		return nil
	})
	slices.SortStableFunc(found, func(a, b unfinished) int { return b.begun.Compare(a.begun) })
	return found
}

// listParts returns the parts of an upload by their number, as far as the
// service lists them.
func (u *largeUpload) listParts(ctx context.Context, id string) map[int]cos.Object {
	parts := map[int]cos.Object{}
	marker := ""
	for {
		next := ""
		err := u.c.do(ctx, request{op: "list", key: u.key}, func(ctx context.Context) error {
			res, _, err := u.c.client.Object.ListParts(ctx, u.key, url.QueryEscape(id), &cos.ObjectListPartsOptions{
				MaxParts: strconv.Itoa(pageSize), PartNumberMarker: marker,
			})
			if err != nil {
				return err
			}
			for _, p := range res.Parts {
				parts[p.PartNumber] = p
			}
			if next = ""; res.IsTruncated {
				next = res.NextPartNumberMarker
			}
			return nil
		})
		a, _ := strconv.Atoi(marker)
		b, _ := strconv.Atoi(next)
		if err != nil || b <= a {
			return parts
		}
		marker = next
	}
}
