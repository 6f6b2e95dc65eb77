package cos

import (
	"bytes"
	"context"
	"crypto/md5"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/wecos-go/wecos/internal/servers/cos/disk"
	"github.com/wecos-go/wecos/internal/servers/cos/picture"
)

// The limits of processing (document 436/54051).
const (
	picHeader   = "Pic-Operations"
	maxPicRules = 5
	maxPicture  = 32 << 20
)

var (
	errPicUnsigned    = &apiError{403, "AccessDenied", "Pic-Operations must be among the signed headers."}
	errPicTooLarge    = &apiError{400, "EntityTooLarge", "Pictures of more than 32 MB are not processed."}
	errPicFormat      = &apiError{400, "InvalidImageFormat", "The object is not a picture that can be processed."}
	errPicPixels      = &apiError{400, "ImageResolutionExceed", "The picture, or what would become of it, has too many pixels."}
	errPicUnsupported = &apiError{501, "NotImplemented", "This store does not implement the picture operation."}
)

// picOperations is the header.
type picOperations struct {
	IsPicInfo int `json:"is_pic_info"`
	Rules     []struct {
		Bucket string `json:"bucket"`
		FileID string `json:"fileid"`
		Rule   string `json:"rule"`
	} `json:"rules"`

	parsed []picture.Rule
	keys   []string
}

// picOperations reads the header and checks all of it.
func (q *request) picOperations(unsigned bool) (*picOperations, error) {
	if !unsigned && !q.covers("pic-operations") {
		return nil, errPicUnsigned
	}
	p := new(picOperations)
	if json.Unmarshal([]byte(q.Header.Get(picHeader)), p) != nil {
		return nil, invalidArgument("Pic-Operations is not valid JSON.")
	}
	if len(p.Rules) > maxPicRules {
		return nil, invalidArgument("Pic-Operations holds more than 5 rules.")
	}
	for _, r := range p.Rules {
		if r.Bucket != "" && r.Bucket != q.bucket.name {
			return nil, errPicUnsupported
		}
		rule, err := picture.Parse(r.Rule)
		if err != nil {
			return nil, pictureError(err)
		}
		key, err := resultKey(q.key, r.FileID)
		if err != nil {
			return nil, err
		}
		p.parsed, p.keys = append(p.parsed, rule), append(p.keys, key)
	}
	return p, nil
}

// resultKey resolves a fileid: absolute with a slash in front, else in the
// folder of the object.
func resultKey(key, id string) (string, error) {
	if id == "" {
		return "", invalidArgument("A rule of Pic-Operations has no fileid.")
	}
	if rest, absolute := strings.CutPrefix(id, "/"); absolute {
		id = rest
	} else {
		id = key[:strings.LastIndexByte(key, '/')+1] + id
	}
	return id, checkKeyOrEmpty(id)
}

// pictureError is an error of package picture as a client sees it.
func pictureError(err error) error {
	switch {
	case errors.Is(err, picture.ErrRule):
		return invalidArgument(err.Error())
	case errors.Is(err, picture.ErrNotPicture):
		return errPicFormat
	case errors.Is(err, picture.ErrTooLarge):
		return errPicPixels
	case errors.Is(err, picture.ErrUnsupported):
		return &apiError{errPicUnsupported.status, errPicUnsupported.code, err.Error()}
	}
	return err
}

// pictureSlot waits for a place among the pictures in work, which bounds the
// memory that they take.
func (s *Server) pictureSlot(ctx context.Context) (release func(), err error) {
	select {
	case s.pictures <- struct{}{}:
		return func() { <-s.pictures }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// putPicture stores an object and what its rules make of it: all, or nothing
// if a rule cannot be carried out.
func (s *Server) putPicture(w http.ResponseWriter, q *request) error {
	ops, err := q.picOperations(s.opt.Unsigned)
	if err != nil {
		return err
	}
	opt, err := s.newObject(w, q, objectACLs)
	switch {
	case err != nil:
		return err
	case opt.Size < 0:
		return errMissingLength
	case opt.Size > maxPicture:
		return errPicTooLarge
	}
	release, err := s.pictureSlot(q.Context())
	if err != nil {
		return err
	}
	defer release()
	data := make([]byte, opt.Size)
	if _, err := io.ReadFull(q.Body, data); err != nil {
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			err = disk.ErrShort
		}
		return err
	}
	if sum := md5.Sum(data); opt.MD5 != nil && !bytes.Equal(sum[:], opt.MD5) {
		return errBadDigest
	}
	done, err := ops.apply(data, s.opt.MaxPixels)
	if err != nil {
		return err
	}
	info, err := q.store.Put(q.key, bytes.NewReader(data), opt)
	if err != nil {
		return err
	}
	return s.finishPicture(w, q, ops, info, done)
}

// processObject answers POST ?image_process: rules for an object that is there.
func (s *Server) processObject(w http.ResponseWriter, q *request) error {
	ops, err := q.picOperations(s.opt.Unsigned)
	if err != nil {
		return err
	}
	o, err := q.store.Get(q.key)
	if err != nil {
		return err
	}
	defer o.Close()
	release, err := s.pictureSlot(q.Context())
	if err != nil {
		return err
	}
	defer release()
	data, err := readPicture(o)
	if err != nil {
		return err
	}
	done, err := ops.apply(data, s.opt.MaxPixels)
	if err != nil {
		return err
	}
	return s.finishPicture(w, q, ops, o.Info, done)
}

func readPicture(o *disk.Object) ([]byte, error) {
	if o.Info.Size > maxPicture {
		return nil, errPicTooLarge
	}
	return io.ReadAll(o)
}

// processed is a picture and what its rules have made of it.
type processed struct {
	info    picture.Info // if it was asked for
	results []picture.Result
}

func (p *picOperations) apply(data []byte, maxPixels int) (done processed, err error) {
	if p.IsPicInfo == 1 {
		if done.info, err = picture.Inspect(data); err != nil {
			return done, pictureError(err)
		}
	}
	for _, rule := range p.parsed {
		r, err := rule.Apply(data, maxPixels)
		if err != nil {
			return done, pictureError(err)
		}
		done.results = append(done.results, r)
	}
	return done, nil
}

// finishPicture stores the results and tells of them.
func (s *Server) finishPicture(w http.ResponseWriter, q *request, ops *picOperations, info disk.Info, done processed) error {
	b := newXML("UploadResult")
	b.WriteString("<OriginalInfo>")
	element(b, "Key", q.key)
	element(b, "Location", q.location(q.key))
	element(b, "ETag", `"`+info.ETag+`"`)
	if ops.IsPicInfo == 1 {
		described := done.info
		b.WriteString("<ImageInfo>")
		element(b, "Format", described.Format)
		element(b, "Width", strconv.Itoa(described.Width))
		element(b, "Height", strconv.Itoa(described.Height))
		element(b, "Quality", strconv.Itoa(described.Quality))
		element(b, "Orientation", strconv.Itoa(described.Orientation))
		b.WriteString("</ImageInfo>")
	}
	b.WriteString("</OriginalInfo><ProcessResults>")
	for i, r := range done.results {
		made, err := q.store.Put(ops.keys[i], bytes.NewReader(r.Data), disk.PutOptions{
			Size: int64(len(r.Data)), Header: map[string]string{"Content-Type": r.MIME}, Attr: info.Attr,
		})
		if err != nil {
			return err
		}
		b.WriteString("<Object>")
		element(b, "Key", ops.keys[i])
		element(b, "Location", q.location(ops.keys[i]))
		element(b, "Format", r.Format)
		element(b, "Width", strconv.Itoa(r.Width))
		element(b, "Height", strconv.Itoa(r.Height))
		element(b, "Size", strconv.Itoa(len(r.Data)))
		element(b, "Quality", strconv.Itoa(r.Quality))
		element(b, "ETag", `"`+made.ETag+`"`)
		b.WriteString("</Object>")
	}
	b.WriteString("</ProcessResults>")
	h := w.Header()
	h["Etag"] = []string{`"` + info.ETag + `"`}
	h["X-Cos-Hash-Crc64ecma"] = []string{strconv.FormatUint(info.CRC64, 10)}
	return endXML(w, b, "UploadResult")
}

const imageInfo = "imageInfo"

// pictureRule is the parameter of a GET that asks for a picture made of the
// object, or for its description.
func (q *request) pictureRule() string {
	for _, p := range q.params {
		if picture.Is(p.name) || p.name == imageInfo {
			return p.name
		}
	}
	return ""
}

// getPicture answers GET with a rule.
func (s *Server) getPicture(w http.ResponseWriter, q *request, o *disk.Object, text string) error {
	var rule picture.Rule
	if text != imageInfo {
		var err error
		if rule, err = picture.Parse(text); err != nil {
			return pictureError(err)
		}
	}
	// The same rule on the same object is the same picture.
	etag := fmt.Sprintf(`"%x"`, md5.Sum([]byte(o.Info.ETag+" "+text)))
	if q.Header.Get("If-None-Match") == etag {
		w.Header()["Etag"] = []string{etag}
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	if text == imageInfo {
		return s.describe(w, q, o)
	}
	result, err := s.render(q, o, rule)
	if err != nil {
		return err
	}
	h := w.Header()
	if v := o.Info.Header["Cache-Control"]; v != "" {
		h["Cache-Control"] = []string{v}
	}
	h["Content-Type"] = []string{result.MIME}
	serveContent(w, q, etag, o.Info.ModTime, bytes.NewReader(result.Data))
	return nil
}

// render carries out a rule. The place among the pictures in work is free
// again before anything is sent.
func (s *Server) render(q *request, o *disk.Object, rule picture.Rule) (picture.Result, error) {
	release, err := s.pictureSlot(q.Context())
	if err != nil {
		return picture.Result{}, err
	}
	defer release()
	data, err := readPicture(o)
	if err != nil {
		return picture.Result{}, err
	}
	result, err := rule.Apply(data, s.opt.MaxPixels)
	if err != nil {
		return picture.Result{}, pictureError(err)
	}
	return result, nil
}

// describe answers imageInfo, whose numbers are strings.
func (s *Server) describe(w http.ResponseWriter, q *request, o *disk.Object) error {
	release, err := s.pictureSlot(q.Context())
	if err != nil {
		return err
	}
	data, err := readPicture(o)
	release()
	if err != nil {
		return err
	}
	info, err := picture.Inspect(data)
	if err != nil {
		return pictureError(err)
	}
	text, err := json.Marshal(map[string]string{
		"format": info.Format, "width": strconv.Itoa(info.Width), "height": strconv.Itoa(info.Height),
		"size": strconv.Itoa(len(data)), "md5": fmt.Sprintf("%x", md5.Sum(data)), "frame_count": strconv.Itoa(info.Frames),
	})
	if err != nil {
		return err
	}
	w.Header()["Content-Type"] = []string{"application/json"}
	serveContent(w, q, `"`+o.Info.ETag+`-info"`, o.Info.ModTime, bytes.NewReader(text))
	return nil
}
