package cos

import (
	"encoding/xml"
	"net/http"
	"strconv"
	"strings"

	"github.com/wecos-go/wecos/internal/servers/cos/disk"
)

func (s *Server) begin(w http.ResponseWriter, q *request) error {
	header, err := keep(q.Header)
	if err != nil {
		return err
	}
	attr, err := attributes(q.Header, objectACLs)
	if err != nil {
		return err
	}
	id, err := q.store.BeginUpload(q.key, disk.PutOptions{Header: header, Attr: attr})
	if err != nil {
		return err
	}
	b := newXML("InitiateMultipartUploadResult")
	element(b, "Bucket", q.bucket.name)
	element(b, "Key", q.key)
	element(b, "UploadId", id)
	return endXML(w, b, "InitiateMultipartUploadResult")
}

func (s *Server) putPart(w http.ResponseWriter, q *request) error {
	number, err := strconv.Atoi(q.param("partNumber"))
	if err != nil {
		return disk.ErrPartNumber
	}
	if q.Header.Get("X-Cos-Copy-Source") != "" {
		return s.copyPart(w, q, number)
	}
	opt, err := s.content(w, q)
	if err != nil {
		return err
	}
	info, err := q.store.PutPart(q.key, q.param("uploadId"), number, q.Body, opt)
	if err != nil {
		return err
	}
	stored(w, info)
	return nil
}

func (s *Server) complete(w http.ResponseWriter, q *request) error {
	var list struct {
		XMLName xml.Name `xml:"CompleteMultipartUpload"`
		Part    []struct {
			PartNumber int
			ETag       string
		}
	}
	if err := q.decodeXML(w, &list, maxXML); err != nil {
		return err
	}
	if len(list.Part) > disk.MaxParts {
		return errMalformedXML
	}
	parts := make([]disk.Part, len(list.Part))
	for i, p := range list.Part {
		parts[i] = disk.Part{Number: p.PartNumber, ETag: strings.ToLower(strings.Trim(p.ETag, `"`))}
	}
	info, err := q.store.CompleteUpload(q.key, q.param("uploadId"), parts, disk.PutOptions{
		New: q.Header.Get("X-Cos-Forbid-Overwrite") == "true",
	})
	if err != nil {
		return err
	}
	w.Header()["X-Cos-Hash-Crc64ecma"] = []string{strconv.FormatUint(info.CRC64, 10)}
	b := newXML("CompleteMultipartUploadResult")
	element(b, "Location", q.location(q.key))
	element(b, "Bucket", q.bucket.name)
	element(b, "Key", q.key)
	element(b, "ETag", `"`+info.ETag+`"`)
	return endXML(w, b, "CompleteMultipartUploadResult")
}

func (s *Server) abort(w http.ResponseWriter, q *request) error {
	if err := q.store.AbortUpload(q.key, q.param("uploadId")); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
