package cos

import (
	"encoding/xml"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/wecos-go/wecos/internal/servers/cos/disk"
)

// maxXML bounds a list of parts: 10,000 of them need less.
const maxXML = 2 << 20

func (s *Server) begin(w http.ResponseWriter, q *request) error {
	header, err := keep(q.Header)
	if err != nil {
		return err
	}
	id, err := q.store.BeginUpload(q.key, disk.PutOptions{Header: header})
	if err != nil {
		return err
	}
	b := newXML("InitiateMultipartUploadResult")
	element(b, "Bucket", q.bucket)
	element(b, "Key", q.key)
	element(b, "UploadId", id)
	return endXML(w, b, "InitiateMultipartUploadResult")
}

func (s *Server) putPart(w http.ResponseWriter, q *request) error {
	number, err := strconv.Atoi(q.param("partNumber"))
	if err != nil {
		return disk.ErrPartNumber
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
	if err := xml.NewDecoder(http.MaxBytesReader(w, q.Body, maxXML)).Decode(&list); err != nil {
		if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
			return err
		}
		return errMalformedXML
	}
	if len(list.Part) > disk.MaxParts {
		return errMalformedXML
	}
	parts := make([]disk.Part, len(list.Part))
	for i, p := range list.Part {
		parts[i] = disk.Part{Number: p.PartNumber, ETag: strings.ToLower(strings.Trim(p.ETag, `"`))}
	}
	info, err := q.store.CompleteUpload(q.key, q.param("uploadId"), parts, disk.PutOptions{})
	if err != nil {
		return err
	}
	w.Header()["X-Cos-Hash-Crc64ecma"] = []string{strconv.FormatUint(info.CRC64, 10)}
	b := newXML("CompleteMultipartUploadResult")
	element(b, "Location", q.Host+"/"+encode(q.key))
	element(b, "Bucket", q.bucket)
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
