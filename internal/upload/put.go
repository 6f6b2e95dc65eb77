package upload

import (
	"bytes"
	"context"
	"crypto/md5"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc64"
	"io"
	"net/http"

	"github.com/tencentyun/cos-go-sdk-v5"
)

// smallObject is the size up to which content is read into memory and sent
// from there; larger content is streamed.
const smallObject = 1 << 20

var crcTable = crc64.MakeTable(crc64.ECMA)

// Put implements Store.
func (c *COS) Put(ctx context.Context, key string, o Object) error {
	size := o.Size
	if o.Data != nil {
		size = int64(len(o.Data))
	}
	switch {
	case o.Data == nil && o.Open == nil:
		return &Error{Op: "put", Key: key, Err: errors.New("the object has no content")}
	case size < 0:
		return &Error{Op: "put", Key: key, Err: fmt.Errorf("the size %d is negative", size)}
	case o.Process != nil:
		return c.putProcessed(ctx, key, o, size)
	}
	return c.plain(ctx, key, o, size)
}

// plain stores the object as it is.
func (c *COS) plain(ctx context.Context, key string, o Object, size int64) error {
	r := request{op: "put", key: key, size: size}
	switch {
	case size > c.threshold:
		return c.putLarge(ctx, key, o, size)
	case o.Data != nil:
		return c.do(ctx, r, func(ctx context.Context) error { return c.putBytes(ctx, key, o, o.Data) })
	case size <= smallObject:
		return c.do(ctx, r, func(ctx context.Context) error { return c.putSmall(ctx, key, o) })
	}
	return c.do(ctx, r, func(ctx context.Context) error { return c.putStream(ctx, key, o) })
}

func (c *COS) putSmall(ctx context.Context, key string, o Object) error {
	data, err := o.read(ctx)
	if err != nil {
		return err
	}
	return c.putBytes(ctx, key, o, data)
}

func (c *COS) putBytes(ctx context.Context, key string, o Object, data []byte) error {
	header, err := c.send(ctx, key, o, data)
	if err != nil {
		return err
	}
	return c.confirm(ctx, key, header, content{
		size: int64(len(data)),
		crc:  crc64.Checksum(data, crcTable),
		md5:  md5Sum(data),
	})
}

func (c *COS) putStream(ctx context.Context, key string, o Object) error {
	rc, err := o.opened(ctx)
	if err != nil {
		return err
	}
	head, err := io.ReadAll(io.LimitReader(rc, sniffLength))
	if err != nil {
		rc.Close()
		return &localError{err}
	}
	body := &countedReader{
		r: io.MultiReader(bytes.NewReader(head), rc), close: rc.Close,
		left: o.Size, crc: crc64.New(crcTable),
	}
	opt := putOptions(o, key, head)
	opt.ContentLength = o.Size
	resp, err := c.client.Object.Put(ctx, key, body, opt)
	if local := body.failed(); local != nil {
		return &localError{local}
	}
	if err != nil {
		return err
	}
	return c.confirm(ctx, key, resp.Header, content{
		size: o.Size,
		crc:  body.sum(),
		md5:  func() (string, error) { return md5Of(ctx, o) },
	})
}

func putOptions(o Object, key string, head []byte) *cos.ObjectPutOptions {
	kind := o.ContentType
	if kind == "" {
		kind = ContentType(key, head)
	}
	return &cos.ObjectPutOptions{
		ACLHeaderOptions: &cos.ACLHeaderOptions{},
		ObjectPutHeaderOptions: &cos.ObjectPutHeaderOptions{
			ContentType: kind, CacheControl: o.CacheControl,
		},
	}
}

// md5Sum is for content that is in memory.
func md5Sum(data []byte) func() (string, error) {
	return func() (string, error) {
		sum := md5.Sum(data)
		return hex.EncodeToString(sum[:]), nil
	}
}

// md5Of reads the object once more. Only a service without CRC64 needs it.
func md5Of(ctx context.Context, o Object) (string, error) {
	rc, err := o.opened(ctx)
	if err != nil {
		return "", err
	}
	defer rc.Close()
	h := md5.New()
	if _, err := io.Copy(h, io.LimitReader(rc, o.Size)); err != nil {
		return "", &localError{err}
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// content is what was sent.
type content struct {
	size int64
	crc  uint64
	md5  func() (string, error) // nil: not known, as for parts
}

// confirm compares what the service says it stored with what was sent: by the
// CRC64 header, else by the ETag, else by what a HEAD says. It returns
// ErrMismatch when they differ.
func (c *COS) confirm(ctx context.Context, key string, h http.Header, sent content) error {
	if known, err := sent.matches(h); known {
		return err
	}
	resp, err := c.client.Object.Head(ctx, key, nil)
	if err != nil {
		return err
	}
	if resp.ContentLength != sent.size {
		return ErrMismatch
	}
	_, err = sent.matches(resp.Header)
	return err
}

// matches looks for a checksum in the reply's headers. An ETag that is no MD5
// (of parts, or of encrypted content) says nothing.
func (s content) matches(h http.Header) (known bool, err error) {
	if crc, ok := checksum(h); ok {
		if crc != s.crc {
			return true, ErrMismatch
		}
		return true, nil
	}
	etag := cleanETag(h.Get("Etag"))
	if raw, err := hex.DecodeString(etag); err != nil || len(raw) != md5.Size || s.md5 == nil {
		return false, nil
	}
	sum, err := s.md5()
	if err == nil && sum != etag {
		err = ErrMismatch
	}
	return true, err
}
