package disk

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"hash/crc32"
	"io"
	"os"
	"time"
)

// A file is the content, the record as JSON, and a foot of fixed length:
// length and CRC-32 of the record, and a mark. The record comes last because
// most of it is known only when the content has been written.
const (
	footMark = "wecosob1"
	footSize = 8 + len(footMark)
	// maxRecord bounds what is read from a damaged file.
	maxRecord = 64 << 10
)

type record struct {
	Key    string            `json:"key,omitempty"` // empty for parts
	Size   int64             `json:"size"`
	ETag   string            `json:"etag"`
	CRC64  uint64            `json:"crc64,string"`
	Time   int64             `json:"time"` // Unix milliseconds
	Header map[string]string `json:"header,omitempty"`
	Attr   map[string]string `json:"attr,omitempty"`
	Append bool              `json:"append,omitempty"`
}

var (
	errDamaged = errors.New("the file is not whole")
	// ErrHeader says that the header is too large to be kept.
	ErrHeader = errors.New("the header is too large")
)

// objectPath is where the object under key lies.
func (s *Store) objectPath(key string) string {
	return s.path(objectsDir, fileName(key))
}

func fileName(key string) string {
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:])
}

// appendFoot appends the record of info and the foot to b.
func appendFoot(b []byte, info *Info) ([]byte, error) {
	text, err := json.Marshal(record{
		Key: info.Key, Size: info.Size, ETag: info.ETag, CRC64: info.CRC64,
		Time: info.ModTime.UnixMilli(), Header: info.Header, Attr: info.Attr, Append: info.Appendable,
	})
	if err != nil {
		return nil, err
	}
	if len(text) > maxRecord {
		return nil, ErrHeader
	}
	b = append(b, text...)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(text)))
	b = binary.LittleEndian.AppendUint32(b, crc32.ChecksumIEEE(text))
	return append(b, footMark...), nil
}

// readInfo reads what a file says about its content. The error is errDamaged
// when the file is not whole.
func readInfo(f *os.File) (*Info, error) {
	st, err := f.Stat()
	if err != nil {
		return nil, err
	}
	// One read finds the foot and nearly every record.
	tail := make([]byte, min(st.Size(), 2048))
	if _, err := f.ReadAt(tail, st.Size()-int64(len(tail))); err != nil && err != io.EOF {
		return nil, err
	}
	if len(tail) < footSize || string(tail[len(tail)-len(footMark):]) != footMark {
		return nil, errDamaged
	}
	foot := tail[len(tail)-footSize:]
	length := int64(binary.LittleEndian.Uint32(foot))
	sum := binary.LittleEndian.Uint32(foot[4:])
	size := st.Size() - int64(footSize) - length
	if length > maxRecord || size < 0 {
		return nil, errDamaged
	}
	text := make([]byte, length)
	if have := int64(len(tail) - footSize); have >= length {
		copy(text, tail[have-length:have])
	} else if _, err := f.ReadAt(text, size); err != nil {
		return nil, err
	}
	var r record
	if crc32.ChecksumIEEE(text) != sum || json.Unmarshal(text, &r) != nil || r.Size != size {
		return nil, errDamaged
	}
	return &Info{
		Key: r.Key, Size: r.Size, ETag: r.ETag, CRC64: r.CRC64,
		ModTime: time.UnixMilli(r.Time), Header: r.Header, Attr: r.Attr, Appendable: r.Append,
	}, nil
}

// Object is an open object. It reads its content only, not what follows it in
// the file.
type Object struct {
	Info Info
	*io.SectionReader
	f       *os.File
	version *Info // what the index held when the object was opened
}

func newObject(f *os.File, version *Info) *Object {
	return &Object{Info: *version, SectionReader: io.NewSectionReader(f, 0, version.Size), f: f, version: version}
}

// Close closes the object's file.
func (o *Object) Close() error { return o.f.Close() }
