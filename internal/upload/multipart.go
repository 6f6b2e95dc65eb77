package upload

import (
	"bytes"
	"context"
	"crypto/md5"
	"encoding/hex"
	"hash/crc64"
	"io"
	"time"

	"github.com/tencentyun/cos-go-sdk-v5"
)

const (
	partSize = 4 << 20
	maxParts = 10000
	// abortTimeout bounds the clean-up after a failed or cancelled upload.
	abortTimeout = 5 * time.Second
)

// putLarge sends the object in parts, one after the other, each tried again on
// its own. What fails for good leaves no parts behind.
func (c *COS) putLarge(ctx context.Context, key string, o Object, size int64) error {
	select {
	case c.large <- struct{}{}:
		defer func() { <-c.large }()
	case <-ctx.Done():
		return &Error{Op: "put", Key: key, Err: context.Cause(ctx)}
	}
	if o.Open == nil || o.Data != nil {
		data := o.Data
		o.Open = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil }
	}
	rc, err := o.Open()
	if err != nil {
		return &Error{Op: "put", Key: key, Err: err}
	}
	defer rc.Close()
	u := &largeUpload{
		c: c, key: key,
		body: &countedReader{r: rc, left: size, crc: crc64.New(crcTable)},
		buf:  make([]byte, max(partSize, (size+maxParts-1)/maxParts)),
	}
	n, err := u.fill()
	if err != nil {
		return err
	}
	if err := u.begin(ctx, putOptions(o, key, u.buf[:n])); err != nil {
		return err
	}
	if err = u.send(ctx, n); err == nil {
		err = u.complete(ctx, size)
	}
	if err != nil {
		u.abort(ctx)
	}
	return err
}

type largeUpload struct {
	c     *COS
	key   string
	id    string
	body  *countedReader
	buf   []byte
	parts []cos.Object
}

// fill reads the next part and returns its length, 0 at the end.
func (u *largeUpload) fill() (int, error) {
	n, err := io.ReadFull(u.body, u.buf)
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		err = nil
	}
	if err != nil {
		return 0, &Error{Op: "put", Key: u.key, Err: err}
	}
	return n, nil
}

func (u *largeUpload) begin(ctx context.Context, opt *cos.ObjectPutOptions) error {
	return u.c.do(ctx, request{op: "put", key: u.key}, func(ctx context.Context) error {
		res, _, err := u.c.client.Object.InitiateMultipartUpload(ctx, u.key, &cos.InitiateMultipartUploadOptions{
			ACLHeaderOptions: opt.ACLHeaderOptions, ObjectPutHeaderOptions: opt.ObjectPutHeaderOptions,
		})
		if err == nil {
			u.id = res.UploadID
		}
		return err
	})
}

// send sends the n bytes in the buffer and whatever follows.
func (u *largeUpload) send(ctx context.Context, n int) (err error) {
	for ; n > 0; n, err = u.fill() {
		if err := u.part(ctx, len(u.parts)+1, u.buf[:n]); err != nil {
			return err
		}
		// The transport is done with a part that was confirmed, so the
		// buffer can be filled again.
	}
	return err
}

func (u *largeUpload) part(ctx context.Context, number int, data []byte) error {
	crc := crc64.Checksum(data, crcTable)
	return u.c.do(ctx, request{op: "put", key: u.key, size: int64(len(data))}, func(ctx context.Context) error {
		resp, err := u.c.client.Object.UploadPart(withCall(ctx, &call{data: data}), u.key, u.id, number, bytes.NewReader(data), nil)
		if err != nil {
			return err
		}
		sent := content{size: int64(len(data)), crc: crc, md5: func() (string, error) {
			sum := md5.Sum(data)
			return hex.EncodeToString(sum[:]), nil
		}}
		if _, err := sent.matches(resp.Header); err != nil {
			return err
		}
		u.parts = append(u.parts, cos.Object{PartNumber: number, ETag: resp.Header.Get("Etag")})
		return nil
	})
}

func (u *largeUpload) complete(ctx context.Context, size int64) error {
	// The service joins the parts while the reply is under way.
	return u.c.do(ctx, request{op: "put", key: u.key, size: size}, func(ctx context.Context) error {
		sent := content{size: size, crc: u.body.sum()}
		_, resp, err := u.c.client.Object.CompleteMultipartUpload(ctx, u.key, u.id, &cos.CompleteMultipartUploadOptions{Parts: u.parts})
		if err == nil {
			return u.c.confirm(ctx, u.key, resp.Header, sent)
		}
		if reply, ok := cos.IsCOSError(unpack(err)); ok && reply.Code == "NoSuchUpload" {
			// An earlier attempt may have done it and lost its reply.
			if head, e := u.c.client.Object.Head(ctx, u.key, nil); e == nil {
				if known, e := sent.matches(head.Header); known && e == nil {
					return nil
				}
			}
		}
		return err
	})
}

// abort removes the parts, also when ctx has ended. Its failure changes
// nothing for the caller: the upload has failed already.
func (u *largeUpload) abort(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), abortTimeout)
	defer cancel()
	_, _ = u.c.client.Object.AbortMultipartUpload(ctx, u.key, u.id)
}
