package disk

import (
	"crypto/md5"
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"regexp"
	"strconv"
	"sync"
)

// The limits of COS for uploads in parts (document 436/14112).
const (
	MaxParts    = 10000
	MinPartSize = 1 << 20 // of all parts but the last
)

// The errors of uploads in parts.
var (
	ErrNoSuchUpload = errors.New("no such upload")
	ErrInvalidPart  = errors.New("no such part, or not with this ETag")
	ErrPartOrder    = errors.New("the parts are not in ascending order")
	ErrPartTooSmall = errors.New("a part but the last is smaller than 1 MB")
	ErrPartNumber   = errors.New("part numbers go from 1 to 10000")
)

// Part names a part of an upload.
type Part struct {
	Number int
	ETag   string // hexadecimal MD5, or "" for whatever is there
}

var uploadID = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^[0-9a-f]{32}$`)
})

// uploadFile says what an upload is for. The parts lie beside it.
const (
	uploadFile = "upload.json"
	partPrefix = "part-"
)

type upload struct {
	Key    string            `json:"key"`
	Begun  int64             `json:"begun"` // Unix milliseconds
	Header map[string]string `json:"header,omitempty"`
	Attr   map[string]string `json:"attr,omitempty"`
}

// BeginUpload begins an object that comes in parts and returns the upload's
// id. Of opt only Header and Attr count. Uploads survive a restart; their ids
// sort by the time at which they began.
func (s *Store) BeginUpload(key string, opt PutOptions) (id string, err error) {
	if err := CheckKey(key); err != nil {
		return "", err
	}
	now := s.now()
	var random [16]byte
	rand.Read(random[:]) // never fails
	binary.BigEndian.PutUint64(random[:], uint64(now.UnixNano()))
	id = hex.EncodeToString(random[:])
	text, err := json.Marshal(upload{Key: key, Begun: now.UnixMilli(), Header: opt.Header, Attr: opt.Attr})
	if err != nil {
		return "", err
	}
	if len(text) > maxRecord {
		return "", ErrHeader
	}
	// The folder appears whole, under its name, or not at all.
	temp := s.path(tempDir, id)
	if err := os.Mkdir(temp, 0o755); err != nil {
		return "", err
	}
	err = s.writeFile(s.path(tempDir, id, uploadFile), text)
	if err == nil {
		err = os.Rename(temp, s.path(uploadsDir, id))
	}
	if err != nil {
		os.RemoveAll(temp)
		return "", err
	}
	return id, s.sync(uploadsDir)
}

func (s *Store) writeFile(path string, text []byte) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err == nil && !s.noSync {
		err = f.Sync()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	return err
}

func (s *Store) sync(elem ...string) error {
	if s.noSync {
		return nil
	}
	return syncDir(s.path(elem...))
}

// upload reads what the upload id is for.
func (s *Store) upload(key, id string) (upload, error) {
	if !uploadID().MatchString(id) {
		return upload{}, ErrNoSuchUpload
	}
	u, err := s.readUpload(id)
	if err == nil && u.Key != key {
		err = ErrNoSuchUpload
	}
	return u, err
}

func (s *Store) readUpload(id string) (u upload, err error) {
	text, err := os.ReadFile(s.path(uploadsDir, id, uploadFile))
	if errors.Is(err, fs.ErrNotExist) {
		return u, ErrNoSuchUpload
	}
	if err != nil {
		return u, err
	}
	if err := json.Unmarshal(text, &u); err != nil {
		return u, fmt.Errorf("upload %s: %w", id, err)
	}
	return u, nil
}

// PutPart stores a part of an upload, in place of an earlier one of its number.
func (s *Store) PutPart(key, id string, number int, r io.Reader, opt PutOptions) (Info, error) {
	if number < 1 || number > MaxParts {
		return Info{}, ErrPartNumber
	}
	if _, err := s.upload(key, id); err != nil {
		return Info{}, err
	}
	var info Info
	opt.Header, opt.Attr = nil, nil
	temp, err := s.write(r, opt, &info)
	if err != nil {
		return Info{}, err
	}
	if err := os.Rename(temp, s.partPath(id, number)); err != nil {
		os.Remove(temp)
		if errors.Is(err, fs.ErrNotExist) {
			err = ErrNoSuchUpload // aborted meanwhile
		}
		return Info{}, err
	}
	return info, s.sync(uploadsDir, id)
}

func (s *Store) partPath(id string, number int) string {
	return s.path(uploadsDir, id, partPrefix+strconv.Itoa(number))
}

// readPart describes a part. The error is ErrInvalidPart when it is not there,
// or not whole.
func (s *Store) readPart(id string, number int) (*Info, error) {
	f, err := os.Open(s.partPath(id, number))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrInvalidPart
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := readInfo(f)
	if errors.Is(err, errDamaged) {
		err = ErrInvalidPart
	}
	return info, err
}

// CompleteUpload joins the parts to the object and ends the upload. Without an
// error the parts are gone; with one they are still there. Of opt only New
// counts.
func (s *Store) CompleteUpload(key, id string, parts []Part, opt PutOptions) (Info, error) {
	u, err := s.upload(key, id)
	if err != nil {
		return Info{}, err
	}
	if len(parts) == 0 {
		return Info{}, ErrInvalidPart
	}
	found, err := s.findParts(id, parts)
	if err != nil {
		return Info{}, err
	}
	sums := md5.New()
	size := int64(0)
	for _, p := range found {
		raw, err := hex.DecodeString(p.ETag)
		if err != nil {
			return Info{}, err
		}
		sums.Write(raw)
		size += p.Size
	}
	info := &Info{
		Key: key, Header: u.Header, Attr: u.Attr,
		ETag: fmt.Sprintf("%x-%d", sums.Sum(nil), len(parts)),
	}
	r := &partReader{store: s, id: id, parts: parts, infos: found}
	temp, err := s.write(r, PutOptions{Size: size}, info)
	r.Close()
	if err != nil {
		return Info{}, err
	}
	if err := s.place(temp, info, opt.allowed); err != nil {
		return Info{}, err
	}
	return *info, s.dropUpload(id)
}

// findParts checks the parts as COS does.
func (s *Store) findParts(id string, parts []Part) ([]*Info, error) {
	for i := 1; i < len(parts); i++ {
		if parts[i].Number <= parts[i-1].Number {
			return nil, ErrPartOrder
		}
	}
	found := make([]*Info, len(parts))
	for i, p := range parts {
		info, err := s.readPart(id, p.Number)
		switch {
		case err != nil:
			return nil, err
		case p.ETag != "" && p.ETag != info.ETag:
			return nil, ErrInvalidPart
		case i < len(parts)-1 && info.Size < MinPartSize:
			return nil, ErrPartTooSmall
		}
		found[i] = info
	}
	return found, nil
}

// AbortUpload ends an upload and removes its parts.
func (s *Store) AbortUpload(key, id string) error {
	if _, err := s.upload(key, id); err != nil {
		return err
	}
	return s.dropUpload(id)
}

// dropUpload moves the folder out of the way first, so that a crash leaves
// either an upload or nothing.
func (s *Store) dropUpload(id string) error {
	temp := s.path(tempDir, id)
	if err := os.Rename(s.path(uploadsDir, id), temp); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // ended twice at once
		}
		return err
	}
	return os.RemoveAll(temp)
}

// partReader reads the content of parts one after the other.
type partReader struct {
	store *Store
	id    string
	parts []Part
	infos []*Info
	next  int
	file  *os.File
	left  int64
}

func (r *partReader) Read(p []byte) (int, error) {
	for r.left == 0 {
		r.Close()
		if r.next == len(r.parts) {
			return 0, io.EOF
		}
		f, err := os.Open(r.store.partPath(r.id, r.parts[r.next].Number))
		if err != nil {
			return 0, err
		}
		r.file, r.left = f, r.infos[r.next].Size
		r.next++
	}
	n, err := r.file.Read(p[:min(int64(len(p)), r.left)])
	r.left -= int64(n)
	if err == io.EOF && r.left > 0 {
		err = io.ErrUnexpectedEOF
	} else if err == io.EOF {
		err = nil
	}
	return n, err
}

// Close closes the part that is being read.
func (r *partReader) Close() {
	if r.file != nil {
		r.file.Close()
		r.file = nil
	}
}
