package upload

import (
	"bytes"
	"context"
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
		size: max(partSize, (size+maxParts-1)/maxParts),
	}
	first, err := u.read()
	if err != nil {
		return err
	}
	if err := u.begin(ctx, putOptions(o, key, first)); err != nil {
		return err
	}
	if err = u.send(ctx, first); err == nil {
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
	size  int64 // of a part
	parts []cos.Object
}

// read returns the next part, empty at the end. Every part has memory of its
// own: after a failed attempt the transport may still be sending an old one.
func (u *largeUpload) read() ([]byte, error) {
	part := make([]byte, min(u.size, u.body.left))
	if _, err := io.ReadFull(u.body, part); err != nil {
		return nil, &Error{Op: "put", Key: u.key, Err: err}
	}
	return part, nil
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

// send sends part and whatever follows it.
func (u *largeUpload) send(ctx context.Context, part []byte) (err error) {
	for ; len(part) > 0; part, err = u.read() {
		if err := u.part(ctx, len(u.parts)+1, part); err != nil {
			return err
		}
	}
	return err
}

func (u *largeUpload) part(ctx context.Context, number int, data []byte) error {
	sent := content{size: int64(len(data)), crc: crc64.Checksum(data, crcTable), md5: md5Sum(data)}
	return u.c.do(ctx, request{op: "put", key: u.key, size: sent.size}, func(ctx context.Context) error {
		resp, err := u.c.client.Object.UploadPart(withCall(ctx, &call{data: data}), u.key, u.id, number, bytes.NewReader(data), nil)
		if err != nil {
			return err
		}
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
