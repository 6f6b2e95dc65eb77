package cos

import (
	"bytes"
	"encoding/xml"
	"net/http"
	"strconv"

	"github.com/wecos-go/wecos/internal/servers/cos/disk"
)

// maxKeys is the most that one listing holds.
const maxKeys = 1000

func newXML(root string) *bytes.Buffer {
	var b bytes.Buffer
	b.WriteString(xml.Header + "<" + root + ">")
	return &b
}

func endXML(w http.ResponseWriter, b *bytes.Buffer, root string) error {
	b.WriteString("</" + root + ">")
	writeXML(w, http.StatusOK, b.Bytes())
	return nil
}

// list answers GET Bucket (List Objects, version 1).
func (s *Server) list(w http.ResponseWriter, q *request) error {
	opt := disk.ListOptions{
		Prefix: q.param("prefix"), Delimiter: q.param("delimiter"), Marker: q.param("marker"), Max: maxKeys,
	}
	if v := q.param("max-keys"); v != "" {
		n, err := strconv.Atoi(v)
		if err != nil || n < 0 {
			return invalidArgument("max-keys must be a number from 0 to 1000.")
		}
		opt.Max = min(n, maxKeys)
	}
	write := func(s string) string { return s }
	coding := q.param("encoding-type")
	switch coding {
	case "":
	case "url":
		write = encode
	default:
		return invalidArgument("encoding-type must be url.")
	}
	var page disk.Page
	if opt.Max > 0 {
		page = q.store.List(opt)
	}
	b := newXML("ListBucketResult")
	element(b, "Name", q.bucket)
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
		b.WriteString("<Owner><ID>0</ID><DisplayName>0</DisplayName></Owner><StorageClass>STANDARD</StorageClass></Contents>")
	}
	for _, p := range page.Prefixes {
		b.WriteString("<CommonPrefixes>")
		element(b, "Prefix", write(p))
		b.WriteString("</CommonPrefixes>")
	}
	return endXML(w, b, "ListBucketResult")
}
