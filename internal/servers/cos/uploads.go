package cos

import (
	"net/http"
	"sort"
	"strconv"
	"strings"

	"github.com/wecos-go/wecos/internal/servers/cos/disk"
)

// listParts answers List Parts (document 436/7747).
func (s *Server) listParts(w http.ResponseWriter, q *request) error {
	most, err := q.limit("max-parts")
	if err != nil {
		return err
	}
	after := 0
	if v := q.param("part-number-marker"); v != "" {
		if after, err = strconv.Atoi(v); err != nil || after < 0 {
			return invalidArgument("part-number-marker must be a number.")
		}
	}
	coding, write, err := q.encoding()
	if err != nil {
		return err
	}
	parts, more, err := q.store.Parts(q.key, q.param("uploadId"), after, most)
	if err != nil {
		return err
	}
	b := newXML("ListPartsResult")
	element(b, "Bucket", q.bucket.name)
	if coding != "" {
		element(b, "Encoding-type", coding)
	}
	element(b, "Key", write(q.key))
	element(b, "UploadId", q.param("uploadId"))
	writeOwner(b, "Initiator", q.bucket.owner())
	writeOwner(b, "Owner", q.bucket.owner())
	element(b, "StorageClass", "STANDARD")
	element(b, "PartNumberMarker", strconv.Itoa(after))
	if more && len(parts) > 0 {
		element(b, "NextPartNumberMarker", strconv.Itoa(parts[len(parts)-1].Number))
	}
	element(b, "MaxParts", strconv.Itoa(most))
	element(b, "IsTruncated", strconv.FormatBool(more))
	for _, p := range parts {
		b.WriteString("<Part>")
		element(b, "PartNumber", strconv.Itoa(p.Number))
		element(b, "LastModified", timestamp(p.ModTime))
		element(b, "ETag", `"`+p.ETag+`"`)
		element(b, "Size", strconv.FormatInt(p.Size, 10))
		b.WriteString("</Part>")
	}
	return endXML(w, b, "ListPartsResult")
}

// uploadPage is a part of the uploads of a bucket.
type uploadPage struct {
	uploads         []disk.Upload
	prefixes        []string
	more            bool
	nextKey, nextID string
}

// uploadQuery is what a client wants to see of them.
type uploadQuery struct {
	prefix, delimiter   string
	keyMarker, idMarker string
	limit               int
}

// page takes from all uploads, which are sorted, those that the query asks
// for.
func (u uploadQuery) page(all []disk.Upload) (p uploadPage) {
	group := func(key string) string {
		if u.delimiter == "" {
			return ""
		}
		before, _, found := strings.Cut(key[len(u.prefix):], u.delimiter)
		if !found {
			return ""
		}
		return u.prefix + before + u.delimiter
	}
	n := 0
	start := sort.Search(len(all), func(i int) bool { return all[i].Key >= u.prefix })
	for _, up := range all[start:] {
		if !strings.HasPrefix(up.Key, u.prefix) {
			break
		}
		g := group(up.Key)
		switch {
		case g != "" && len(p.prefixes) > 0 && p.prefixes[len(p.prefixes)-1] == g:
			continue
		case u.keyMarker == "":
		case g != "" && g <= u.keyMarker, up.Key < u.keyMarker,
			up.Key == u.keyMarker && (u.idMarker == "" || up.ID <= u.idMarker):
			continue
		}
		if n == u.limit {
			p.more = true
			return p
		}
		n++
		if g != "" {
			p.prefixes = append(p.prefixes, g)
			p.nextKey, p.nextID = g, ""
			continue
		}
		p.uploads = append(p.uploads, up)
		p.nextKey, p.nextID = up.Key, up.ID
	}
	return p
}

// listUploads answers List Multipart Uploads (document 436/7736).
func (s *Server) listUploads(w http.ResponseWriter, q *request) error {
	most, err := q.limit("max-uploads")
	if err != nil {
		return err
	}
	coding, write, err := q.encoding()
	if err != nil {
		return err
	}
	query := uploadQuery{
		prefix: q.param("prefix"), delimiter: q.param("delimiter"),
		keyMarker: q.param("key-marker"), idMarker: q.param("upload-id-marker"), limit: most,
	}
	all, err := q.store.Uploads()
	if err != nil {
		return err
	}
	p := query.page(all)
	const root = "ListMultipartUploadsResult"
	b := newXML(root)
	element(b, "Bucket", q.bucket.name)
	if coding != "" {
		element(b, "Encoding-Type", coding)
	}
	element(b, "KeyMarker", write(query.keyMarker))
	element(b, "UploadIdMarker", query.idMarker)
	if p.more {
		element(b, "NextKeyMarker", write(p.nextKey))
		element(b, "NextUploadIdMarker", p.nextID)
	}
	element(b, "MaxUploads", strconv.Itoa(most))
	element(b, "IsTruncated", strconv.FormatBool(p.more))
	element(b, "Prefix", write(query.prefix))
	element(b, "Delimiter", write(query.delimiter))
	for _, u := range p.uploads {
		b.WriteString("<Upload>")
		element(b, "Key", write(u.Key))
		element(b, "UploadId", u.ID)
		element(b, "StorageClass", storageClass(u.Attr))
		writeOwner(b, "Initiator", q.bucket.owner())
		writeOwner(b, "Owner", q.bucket.owner())
		element(b, "Initiated", timestamp(u.Begun))
		b.WriteString("</Upload>")
	}
	writePrefixes(b, p.prefixes, write)
	return endXML(w, b, root)
}
