package upload

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/crc64"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/tencentyun/cos-go-sdk-v5"
)

const (
	partSize = 4 << 20
	maxParts = 10000
	// partsAtOnce is how many parts of one object are under way. The limit of
	// the client holds for all of them together.
	partsAtOnce = 4
	// abortTimeout bounds the clean-up of parts that nobody will use.
	abortTimeout = 5 * time.Second
)

// errOtherHeaders says that an upload which was continued had been begun with
// other headers than the object is to have.
var errOtherHeaders = errors.New("the interrupted upload was begun with other headers")

// errJoined says that the parts were right and the whole is not. The same parts
// would only be joined again.
var errJoined = fmt.Errorf("joined from its parts: %w", ErrMismatch)

// putLarge sends the object in parts, each tried again on its own, and goes on
// with what an interrupted run has left online. When the service cannot be
// reached any more the parts stay there for the next run; what fails for good
// leaves none behind.
func (c *COS) putLarge(ctx context.Context, key string, o Object, size int64) error {
	if err := ValidateKey(key); err != nil {
		return &Error{Op: "put", Key: key, Err: err}
	}
	select {
	case c.large <- struct{}{}:
		defer func() { <-c.large }()
	case <-ctx.Done():
		return &Error{Op: "put", Key: key, Err: context.Cause(ctx)}
	}
	err := c.putParts(ctx, key, o, size, true)
	if errors.Is(err, errOtherHeaders) || errors.Is(err, errJoined) {
		err = c.putParts(ctx, key, o, size, false)
	}
	if err != nil && ctx.Err() != nil {
		return &Error{Op: "put", Key: key, Err: context.Cause(ctx)}
	}
	return err
}

// putParts is one upload from its first part to the last.
func (c *COS) putParts(ctx context.Context, key string, o Object, size int64, resume bool) error {
	rc, err := o.opened(ctx)
	if err != nil {
		return &Error{Op: "put", Key: key, Err: err}
	}
	defer rc.Close()
	u := &largeUpload{
		c: c, key: key, size: size,
		body: &countedReader{r: rc, left: size, crc: crc64.New(crcTable)},
		part: max(c.partSize, (size+maxParts-1)/maxParts),
	}
	first, err := u.read()
	if err != nil {
		return err
	}
	opt := putOptions(o, key, first)
	if resume {
		u.find(ctx, first)
	}
	resumed := u.id != ""
	if !resumed {
		if err := u.begin(ctx, opt); err != nil {
			return err
		}
	}
	if err = u.send(ctx, first); err == nil {
		err = u.complete(ctx)
	}
	switch {
	case err == nil && resumed:
		err = u.checkHeaders(ctx, opt)
	case err != nil && !u.canContinue(ctx, err):
		u.abort(ctx, u.id)
	}
	if err == nil {
		for _, id := range u.abandoned {
			u.abort(ctx, id)
		}
	}
	return err
}

type largeUpload struct {
	c         *COS
	key       string
	size      int64
	part      int64 // size of each but the last
	id        string
	have      map[int]cos.Object // parts that are online already
	abandoned []string           // other uploads of ours under the key
	body      *countedReader

	mu    sync.Mutex
	parts []cos.Object // by number
	err   error        // the first of any part
}

// read returns the next part, empty at the end. Every part has memory of its
// own: after a failed attempt the transport may still be sending an old one.
func (u *largeUpload) read() ([]byte, error) {
	part := make([]byte, min(u.part, u.body.left))
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
		if err == nil && res.UploadID == "" {
			err = &localError{errors.New("the service gave no id for the upload")}
		}
		if err == nil {
			u.id = res.UploadID
		}
		return err
	})
}

// send sends part and whatever follows it, several at once, and returns when
// none is under way any more. After a failure those under way come to their
// end: what they bring is not sent again by the next run.
func (u *largeUpload) send(ctx context.Context, part []byte) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var under sync.WaitGroup
	places := make(chan struct{}, partsAtOnce)
	u.parts = make([]cos.Object, (u.size+u.part-1)/u.part)
	for number := 1; len(part) > 0; number++ {
		if there := u.have[number]; same(there, part) {
			u.note(number, there.ETag, nil)
		} else {
			select {
			case places <- struct{}{}:
			case <-ctx.Done():
			}
			if u.failed() != nil || ctx.Err() != nil {
				break
			}
			data := part
			under.Go(func() {
				etag, err := u.sendPart(ctx, number, data)
				u.note(number, etag, err)
				<-places
			})
		}
		var err error
		if part, err = u.read(); err != nil {
			stop() // what was sent is of no use
			under.Wait()
			return err
		}
	}
	under.Wait()
	if err := u.failed(); err != nil {
		return err
	}
	return context.Cause(ctx)
}

// note notes what came of a part.
func (u *largeUpload) note(number int, etag string, err error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.parts[number-1] = cos.Object{PartNumber: number, ETag: etag}
	if u.err == nil {
		u.err = err
	}
}

// failed returns the error of the first part that failed.
func (u *largeUpload) failed() error {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.err
}

func (u *largeUpload) sendPart(ctx context.Context, number int, data []byte) (etag string, err error) {
	sent := content{size: int64(len(data)), crc: crc64.Checksum(data, crcTable), md5: md5Sum(data)}
	err = u.c.do(ctx, request{op: "put", key: u.key, size: sent.size}, func(ctx context.Context) error {
		resp, err := u.c.client.Object.UploadPart(withCall(ctx, &call{data: data}), u.key, u.id, number, bytes.NewReader(data), nil)
		if err != nil {
			return err
		}
		etag = resp.Header.Get("Etag")
		_, err = sent.matches(resp.Header)
		return err
	})
	return etag, err
}

func (u *largeUpload) complete(ctx context.Context) error {
	sent := content{size: u.size, crc: u.body.sum()}
	// The service joins the parts while the reply is under way.
	return u.c.do(ctx, request{op: "put", key: u.key, size: u.size}, func(ctx context.Context) error {
		_, resp, err := u.c.client.Object.CompleteMultipartUpload(ctx, u.key, u.id, &cos.CompleteMultipartUploadOptions{Parts: u.parts})
		if err == nil {
			err = u.c.confirm(ctx, u.key, resp.Header, sent)
		} else if reply, ok := cos.IsCOSError(unpack(err)); ok && reply.Code == "NoSuchUpload" {
			// An earlier attempt may have done it and lost its reply.
			if head, e := u.c.client.Object.Head(ctx, u.key, nil); e == nil {
				if known, e := sent.matches(head.Header); known && e == nil {
					return nil
				}
			}
		}
		if errors.Is(err, ErrMismatch) {
			return &localError{errJoined}
		}
		return err
	})
}

// checkHeaders makes sure that an upload which another run began has given the
// object the headers of this one.
func (u *largeUpload) checkHeaders(ctx context.Context, opt *cos.ObjectPutOptions) error {
	return u.c.do(ctx, request{op: "head", key: u.key}, func(ctx context.Context) error {
		head, err := u.c.client.Object.Head(ctx, u.key, nil)
		if err == nil && (head.Header.Get("Content-Type") != opt.ContentType || head.Header.Get("Cache-Control") != opt.CacheControl) {
			err = &localError{errOtherHeaders}
		}
		return err
	})
}

// canContinue reports whether a later run may go on where err ended this one.
func (u *largeUpload) canContinue(ctx context.Context, err error) bool {
	if ctx.Err() != nil {
		return true
	}
	e, ok := errors.AsType[*Error](err)
	return ok && (e.Status >= 500 || e.Status == http.StatusTooManyRequests || e.lost)
}

// abort removes the parts of an upload. Its failure changes nothing for the
// caller.
func (u *largeUpload) abort(ctx context.Context, id string) {
	ctx, cancel := context.WithTimeout(ctx, abortTimeout)
	defer cancel()
	_, _ = u.c.client.Object.AbortMultipartUpload(ctx, u.key, id)
}
