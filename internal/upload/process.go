package upload

import (
	"bytes"
	"context"
	"crypto/md5"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc64"
	"io"
	"net/http"
	"strings"
	"unicode/utf16"

	"github.com/tencentyun/cos-go-sdk-v5"
)

const (
	// maxProcessed is the largest object that the service processes on upload,
	// and processRate how many it takes a second (document 436/54051).
	maxProcessed = 32 << 20
	processRate  = 100
	// processAttempts is how often an object is sent for processing. After
	// that it is stored as it is.
	processAttempts = 3
)

// Processing asks the service to put a processed version in the object's place
// while it is uploaded. Where it cannot, or the result is not smaller, the
// object is stored as it is: that is no error.
type Processing struct {
	// Rule is what to do, such as "imageView2/q/70" (document 436/44880).
	Rule string
	// Stored, when not nil, is told what lies under the key, before Put
	// returns without an error.
	Stored func(Processed)
}

// Processed is what lies under the key of an object that was to be processed.
type Processed struct {
	Info Info
	// Used says that it is the service's version and not the original.
	Used bool
	// Refused is why the service would not process the object, nil when it did
	// or the result was of no use.
	Refused error
}

// errNotUsed says that the original has to be stored: the service could not
// process it, has not made it smaller, or leaves open what it did.
var errNotUsed = errors.New("the processed object is of no use")

// refusedError is an errNotUsed with the answer of the service that it is for.
type refusedError struct{ answer error }

func (e *refusedError) Error() string        { return e.answer.Error() }
func (e *refusedError) Is(target error) bool { return target == errNotUsed }

// putProcessed implements Put for objects with a Processing.
func (c *COS) putProcessed(ctx context.Context, key string, o Object, size int64) error {
	p := *o.Process
	o.Process = nil
	if err := ValidateKey(key); err != nil {
		return &Error{Op: "put", Key: key, Err: err}
	}
	info, err := Info{}, errNotUsed
	if 0 < size && size <= maxProcessed {
		info, err = c.readAndProcess(ctx, key, o, size, p.Rule)
	}
	if errors.Is(err, errNotUsed) {
		var why error
		if refused, ok := errors.AsType[*refusedError](err); ok {
			why = refused.answer
		}
		return c.putOriginal(ctx, key, o, size, p, why)
	}
	if err == nil && p.Stored != nil {
		p.Stored(Processed{Info: info, Used: true})
	}
	return err
}

// readAndProcess needs the whole object in memory, so few large ones are in
// work at once.
func (c *COS) readAndProcess(ctx context.Context, key string, o Object, size int64, rule string) (Info, error) {
	if size > smallObject {
		select {
		case c.large <- struct{}{}:
			defer func() { <-c.large }()
		case <-ctx.Done():
			return Info{}, &Error{Op: "put", Key: key, Err: context.Cause(ctx)}
		}
	}
	if o.Data == nil {
		data, err := o.read(ctx)
		if err != nil {
			return Info{}, c.classify(request{op: "put", key: key}, err).err
		}
		o.Data = data
	}
	return c.process(ctx, key, o, rule)
}

func (c *COS) putOriginal(ctx context.Context, key string, o Object, size int64, p Processing, refused error) error {
	if err := c.plain(ctx, key, o, size); err != nil || p.Stored == nil {
		return err
	}
	info, err := c.Head(ctx, key)
	if err == nil {
		p.Stored(Processed{Info: info, Refused: refused})
	}
	return err
}

// process sends the object until the service has said what it made of it. A
// request without an answer may have done its work all the same, so what is
// there decides whether it is sent again.
func (c *COS) process(ctx context.Context, key string, o Object, rule string) (Info, error) {
	for n := 1; ; n++ {
		made, err := c.processOnce(ctx, key, o, rule)
		if err == nil {
			return c.checkProcessed(ctx, key, o, made)
		}
		if ctx.Err() != nil {
			return Info{}, err
		}
		switch status := statusOf(err); {
		case status >= 300 && !again(status):
			// Also what is fatal elsewhere: accounts may store and not process.
			// If this one may not store either, storing the original says so.
			return Info{}, &refusedError{err}
		case status == 0 && isFatal(err):
			return Info{}, err
		case n == processAttempts:
			return Info{}, errNotUsed
		}
		switch there, err := c.Head(ctx, key); {
		case errors.Is(err, ErrNotFound): // it did nothing
		case err != nil:
			return Info{}, err
		case there.Size != int64(len(o.Data)) || there.CRC64 != crc64.Checksum(o.Data, crcTable):
			return Info{}, errNotUsed
		}
		if !sleep(ctx, backoff(c.backoff, n)) {
			return Info{}, &Error{Op: "put", Key: key, Err: context.Cause(ctx)}
		}
	}
}

// statusOf is the status of the reply that err is about, 0 without one.
func statusOf(err error) int {
	if fatal, ok := errors.AsType[*FatalError](err); ok {
		return fatal.Status
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Status
	}
	return 0
}

func isFatal(err error) bool {
	_, ok := errors.AsType[*FatalError](err)
	return ok
}

// processOnce sends the object once, and returns what the service says that it
// put in its place.
func (c *COS) processOnce(ctx context.Context, key string, o Object, rule string) (cos.PicProcessObject, error) {
	var made cos.PicProcessObject
	if err := c.processing.Wait(ctx); err != nil {
		return made, &Error{Op: "put", Key: key, Err: context.Cause(ctx)}
	}
	r := request{op: "put", key: key, size: int64(len(o.Data)), single: true}
	err := c.do(ctx, r, func(ctx context.Context) error {
		opt, err := processOptions(key, o, rule)
		if err != nil {
			return &localError{err}
		}
		res, _, err := c.client.CI.Put(withCall(ctx, &call{data: o.Data}), key, bytes.NewReader(o.Data), opt)
		if err != nil {
			return err
		}
		for _, p := range res.ProcessResults {
			if strings.TrimPrefix(p.Key, "/") == key {
				made = p
			}
		}
		return nil
	})
	return made, err
}

func processOptions(key string, o Object, rule string) (*cos.ObjectPutOptions, error) {
	// An absolute name puts the result in the object's own place.
	ops, err := json.Marshal(map[string]any{
		"is_pic_info": 1, "rules": []map[string]string{{"fileid": "/" + key, "rule": rule}},
	})
	if err != nil {
		return nil, err
	}
	opt := putOptions(o, key, o.Data)
	// The checksum of the reply may be that of the result, so the service is
	// given one of the original to compare.
	sum := md5.Sum(o.Data)
	opt.ContentMD5 = base64.StdEncoding.EncodeToString(sum[:])
	opt.XOptionHeader = &http.Header{"Pic-Operations": {asciiJSON(ops)}}
	return opt, nil
}

// asciiJSON escapes what a header cannot hold.
func asciiJSON(b []byte) string {
	var out strings.Builder
	for _, r := range string(b) {
		switch {
		case r < 0x80:
			out.WriteByte(byte(r))
		case r < 0x10000:
			fmt.Fprintf(&out, `\u%04x`, r)
		default:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&out, `\u%04x\u%04x`, high, low)
		}
	}
	return out.String()
}

// checkProcessed compares what lies under the key with what the service said.
func (c *COS) checkProcessed(ctx context.Context, key string, o Object, made cos.PicProcessObject) (Info, error) {
	if made.Size <= 0 || made.Size >= len(o.Data) {
		return Info{}, errNotUsed
	}
	info, err := c.Head(ctx, key)
	if errors.Is(err, ErrNotFound) {
		return info, errNotUsed
	}
	if err != nil {
		return info, err
	}
	etag := cleanETag(made.ETag)
	if raw, err := hex.DecodeString(etag); err == nil && len(raw) == md5.Size && etag != info.ETag {
		return info, errNotUsed
	}
	if info.Size != int64(made.Size) || !strings.HasPrefix(info.ContentType, "image/") {
		return info, errNotUsed
	}
	if o.CacheControl != info.cacheControl {
		return info, c.setCacheControl(ctx, info, o.CacheControl)
	}
	return info, nil
}

// setCacheControl gives the object the header, which results of processing do
// not inherit.
func (c *COS) setCacheControl(ctx context.Context, info Info, value string) error {
	source := c.host + "/" + escapePath(info.Key)
	return c.do(ctx, request{op: "copy", key: info.Key}, func(ctx context.Context) error {
		_, _, err := c.client.Object.Copy(withCall(ctx, &call{copySource: source}), info.Key, c.host+"/source", &cos.ObjectCopyOptions{
			ObjectCopyHeaderOptions: &cos.ObjectCopyHeaderOptions{
				XCosMetadataDirective: "Replaced", ContentType: info.ContentType, CacheControl: value,
			},
			ACLHeaderOptions: &cos.ACLHeaderOptions{},
		})
		return err
	})
}

// read reads content into memory of its own.
func (o Object) read(ctx context.Context) ([]byte, error) {
	rc, err := o.opened(ctx)
	if err != nil {
		return nil, err
	}
	// One byte more than announced shows that the file has grown. The memory
	// is not used again: after a failed attempt the transport may still be
	// sending it.
	data := make([]byte, o.Size+1)
	n, err := io.ReadFull(rc, data)
	if e := rc.Close(); err == io.EOF || err == io.ErrUnexpectedEOF {
		err = e
	}
	if err == nil && int64(n) != o.Size {
		err = ErrSizeChanged
	}
	if err != nil {
		return nil, &localError{err}
	}
	return data[:n], nil
}
