package disk

import (
	"bytes"
	"crypto/md5"
	"errors"
	"io"
)

// The errors of Append.
var (
	ErrNotAppendable = errors.New("the object was not made by appending")
	ErrPosition      = errors.New("the position is not the end of the object")
)

// Append adds what r holds to the end of the object under key, which must be
// at position; position 0 makes the object, whose header and attributes then
// are those of opt. It returns the MD5 of what was added, which opt.MD5 is
// compared with.
//
// The content is copied, so that an object is either as it was or whole: many
// small pieces cost the square of their number.
func (s *Store) Append(key string, position int64, r io.Reader, opt PutOptions) (Info, []byte, error) {
	o, err := s.Get(key)
	switch {
	case errors.Is(err, ErrNoSuchKey):
		o = nil
	case err != nil:
		return Info{}, nil, err
	default:
		defer o.Close()
	}
	if err := CheckKey(key); err != nil {
		return Info{}, nil, err
	}
	info := &Info{Key: key, Header: opt.Header, Attr: opt.Attr, Appendable: true}
	var version *Info
	added := md5.New()
	content := io.TeeReader(r, added)
	size := opt.Size
	if o != nil {
		version = o.version
		info.Header, info.Attr = o.Info.Header, o.Info.Attr
		content = io.MultiReader(o, content)
		if size >= 0 {
			size += o.Info.Size
		}
	}
	switch {
	case version != nil && !version.Appendable:
		return Info{}, nil, ErrNotAppendable
	case version == nil && position != 0, version != nil && position != version.Size:
		return Info{}, nil, ErrPosition
	}
	temp, err := s.write(content, PutOptions{Size: size}, info)
	if err != nil {
		return Info{}, nil, err
	}
	sum := added.Sum(nil)
	err = s.place(temp, info, func(old *Info) error {
		switch {
		case opt.MD5 != nil && !bytes.Equal(sum, opt.MD5):
			return ErrBadDigest
		case old != version:
			return ErrPosition // somebody else was faster
		}
		return nil
	})
	if err != nil {
		return Info{}, nil, err
	}
	return *info, sum, nil
}
