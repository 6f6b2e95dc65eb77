package disk

import (
	"bytes"
	"crypto/md5"
	"encoding/hex"
	"hash/crc64"
	"io"
	"os"
	"strconv"
	"sync"
)

// PutOptions describe content that is to be stored.
type PutOptions struct {
	Size   int64             // in bytes, -1 when it is not known
	Header map[string]string // kept and given back as it is
	Attr   map[string]string // likewise
	MD5    []byte            // what the content must have, nil if not known
	New    bool              // ErrExists if there is an object under the key
}

// allowed decides, when the content is on the disk, whether it may take the
// place of old, which is nil where there is none.
type allowed func(old *Info) error

func (opt PutOptions) allowed(old *Info) error {
	if opt.New && old != nil {
		return ErrExists
	}
	return nil
}

// smallContent is the size up to which content is gathered in memory and
// written at once.
const smallContent = 256 << 10

var crcTable = crc64.MakeTable(crc64.ECMA)

var buffers = sync.Pool{New: func() any { return new([]byte) }}

// Put stores what r holds under key, in place of what was there, and returns
// when it is on the disk. The errors are ErrBadKey, ErrBadDigest, ErrShort,
// ErrExists, ErrHeader, and those of r and the file system; none of them
// changes what was there.
func (s *Store) Put(key string, r io.Reader, opt PutOptions) (Info, error) {
	if err := CheckKey(key); err != nil {
		return Info{}, err
	}
	if opt.New { // before much has been read
		if _, err := s.Stat(key); err == nil {
			return Info{}, ErrExists
		}
	}
	info := &Info{Key: key, Header: opt.Header, Attr: opt.Attr}
	temp, err := s.write(r, opt, info)
	if err != nil {
		return Info{}, err
	}
	if err := s.place(temp, info, opt.allowed); err != nil {
		return Info{}, err
	}
	return *info, nil
}

// place makes the file at temp the object that info describes, if may allows
// it.
func (s *Store) place(temp string, info *Info, may allowed) error {
	s.mu.Lock()
	err := may(s.index.objects[info.Key])
	if err == nil {
		err = os.Rename(temp, s.objectPath(info.Key))
	}
	if err == nil {
		s.index.put(info)
	}
	s.mu.Unlock()
	if err != nil {
		os.Remove(temp)
		return err
	}
	return s.syncObjects()
}

// write writes the content and its record to a temporary file, which is whole
// and synced when write returns its path. It completes info.
func (s *Store) write(r io.Reader, opt PutOptions, info *Info) (temp string, err error) {
	temp = s.tempPath()
	f, err := os.OpenFile(temp, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return "", err
	}
	if info.ModTime.IsZero() {
		info.ModTime = s.now()
	}
	if 0 <= opt.Size && opt.Size <= smallContent {
		err = writeSmall(f, r, opt, info)
	} else {
		err = writeLarge(f, r, opt, info)
	}
	if err == nil && !s.noSync {
		err = f.Sync()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err != nil {
		os.Remove(temp)
		return "", err
	}
	return temp, nil
}

// tempPath is a name that nothing has.
func (s *Store) tempPath() string {
	return s.path(tempDir, strconv.FormatUint(s.temps.Add(1), 36))
}

func writeSmall(f *os.File, r io.Reader, opt PutOptions, info *Info) error {
	p := buffers.Get().(*[]byte)
	defer buffers.Put(p)
	b := *p
	if need := int(opt.Size) + 1024; cap(b) < need {
		b = make([]byte, need)
	}
	b = b[:opt.Size]
	if _, err := io.ReadFull(r, b); err != nil {
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			err = ErrShort
		}
		return err
	}
	sum := md5.Sum(b)
	info.Size, info.CRC64 = opt.Size, crc64.Checksum(b, crcTable)
	if err := info.digest(sum[:], opt.MD5); err != nil {
		return err
	}
	b, err := appendFoot(b, info)
	if err != nil {
		return err
	}
	*p = b
	_, err = f.Write(b)
	return err
}

// copySize is the buffer of content on its way to the disk. It is small, since
// thousands may be under way as slowly as their clients send.
const copySize = 32 << 10

func writeLarge(f *os.File, r io.Reader, opt PutOptions, info *Info) error {
	sum, crc := md5.New(), crc64.New(crcTable)
	n, err := io.CopyBuffer(io.MultiWriter(f, sum, crc), onlyReader{r}, make([]byte, copySize))
	if err != nil {
		return err
	}
	if opt.Size >= 0 && n != opt.Size {
		return ErrShort
	}
	info.Size, info.CRC64 = n, crc.Sum64()
	if err := info.digest(sum.Sum(nil), opt.MD5); err != nil {
		return err
	}
	foot, err := appendFoot(nil, info)
	if err != nil {
		return err
	}
	_, err = f.Write(foot)
	return err
}

// onlyReader keeps CopyBuffer from a WriteTo that ignores the buffer.
type onlyReader struct{ io.Reader }

func (info *Info) digest(got, want []byte) error {
	if want != nil && !bytes.Equal(got, want) {
		return ErrBadDigest
	}
	if info.ETag == "" {
		info.ETag = hex.EncodeToString(got)
	}
	return nil
}
