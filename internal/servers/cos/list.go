package cos

import (
	"bytes"
	"net/http"
	"strconv"

	"github.com/wecos-go/wecos/internal/servers/cos/disk"
)

// maxKeys is the most that one listing holds.
const maxKeys = 1000

// encoding is how keys stand in a listing: as they are, or encoded for those
// that XML cannot hold.
func (q *request) encoding() (name string, write func(string) string, err error) {
	switch name = q.param("encoding-type"); name {
	case "":
		return name, func(s string) string { return s }, nil
	case "url":
		return name, encode, nil
	}
	return name, nil, invalidArgument("encoding-type must be url.")
}

// limit is a parameter from 0 to 1000, which is also what counts without it.
func (q *request) limit(name string) (int, error) {
	v := q.param(name)
	if v == "" {
		return maxKeys, nil
	}
	n, err := strconv.Atoi(v)
	if err != nil || n < 0 {
		return 0, invalidArgument(name + " must be a number from 0 to 1000.")
	}
	return min(n, maxKeys), nil
}

// writeOwner writes an account as listings show it.
func writeOwner(b *bytes.Buffer, name, account string) {
	b.WriteString("<" + name + ">")
	element(b, "ID", account)
	element(b, "DisplayName", account)
	b.WriteString("</" + name + ">")
}

// writePrefixes writes what a delimiter has put together.
func writePrefixes(b *bytes.Buffer, prefixes []string, write func(string) string) {
	for _, p := range prefixes {
		b.WriteString("<CommonPrefixes>")
		element(b, "Prefix", write(p))
		b.WriteString("</CommonPrefixes>")
	}
}

// list answers GET Bucket (List Objects, version 1).
func (s *Server) list(w http.ResponseWriter, q *request) error {
	most, err := q.limit("max-keys")
	if err != nil {
		return err
	}
	opt := disk.ListOptions{
		Prefix: q.param("prefix"), Delimiter: q.param("delimiter"), Marker: q.param("marker"), Max: most,
	}
	coding, write, err := q.encoding()
	if err != nil {
		return err
	}
	var page disk.Page
	if opt.Max > 0 {
		page = q.store.List(opt)
	}
	b := newXML("ListBucketResult")
	element(b, "Name", q.bucket.name)
	if coding != "" {
		element(b, "EncodingType", coding)
	}
	element(b, "Prefix", write(opt.Prefix))
	element(b, "Marker", write(opt.Marker))
	element(b, "MaxKeys", strconv.Itoa(opt.Max))
	if opt.Delimiter != "" {
		element(b, "Delimiter", write(opt.Delimiter))
	}
	element(b, "IsTruncated", strconv.FormatBool(page.Next != ""))
	if page.Next != "" {
		element(b, "NextMarker", write(page.Next))
	}
	for _, o := range page.Objects {
		b.WriteString("<Contents>")
		element(b, "Key", write(o.Key))
		element(b, "LastModified", timestamp(o.ModTime))
		element(b, "ETag", `"`+o.ETag+`"`)
		element(b, "Size", strconv.FormatInt(o.Size, 10))
		writeOwner(b, "Owner", q.bucket.owner())
		element(b, "StorageClass", storageClass(o.Attr))
		b.WriteString("</Contents>")
	}
	writePrefixes(b, page.Prefixes, write)
	return endXML(w, b, "ListBucketResult")
}
