// Package bucket keeps the pictures of an album in a bucket of Tencent COS,
// through its SDK. Everybody reads them there; this package writes, lists and
// deletes, and never fetches one.
package bucket

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/tencentyun/cos-go-sdk-v5"

	"github.com/wecos-go/wecos/internal/servers/album"
)

// Options configure a Store.
type Options struct {
	// Endpoint is scheme and host of the bucket, such as
	// https://pictures-1250000000.cos.ap-guangzhou.myqcloud.com. It has no path.
	Endpoint string
	// Domain begins the addresses that pictures are read from; "" is Endpoint. It
	// may have a path.
	Domain string
	// SecretID and SecretKey are the account's.
	SecretID, SecretKey string
	// Timeout is that of one attempt without the time for its content; 0 is 5
	// seconds.
	Timeout time.Duration
}

// Store is an album.Store and album.Publisher.
type Store struct {
	client  *cos.Client
	conns   *http.Transport
	domain  string // without a slash at the end
	timeout time.Duration
	pause   time.Duration // before the second attempt
	scrub   *strings.Replacer
}

const (
	listPage = 1000
	// slowest is the rate in bytes a second below which an upload has hung.
	slowest = 32 << 10
	// undoTime is the time for cleaning up after an upload that failed.
	undoTime = 3 * time.Second
	// cacheControl suits what never changes; a day, since pictures are deleted.
	cacheControl = "public, max-age=86400"
)

// New returns a store for the bucket, without asking for anything yet.
func New(opt Options) (*Store, error) {
	endpoint, err := parseBase(opt.Endpoint)
	if err != nil {
		return nil, fmt.Errorf("the endpoint of the bucket %w", err)
	}
	if endpoint.Path != "" {
		return nil, errors.New("the endpoint of the bucket must not have a path")
	}
	domain := endpoint
	if opt.Domain != "" {
		if domain, err = parseBase(opt.Domain); err != nil {
			return nil, fmt.Errorf("the domain of the pictures %w", err)
		}
	}
	if opt.SecretID == "" || opt.SecretKey == "" {
		return nil, errors.New("the bucket needs an id and a key")
	}
	if opt.Timeout <= 0 {
		opt.Timeout = 5 * time.Second
	}
	s := &Store{
		conns: newTransport(), domain: domain.String(), timeout: opt.Timeout, pause: firstPause,
		scrub: strings.NewReplacer(opt.SecretID, "******", opt.SecretKey, "******"),
	}
	s.client = cos.NewClient(&cos.BaseURL{BucketURL: endpoint}, &http.Client{
		Transport: &cos.AuthorizationTransport{
			SecretID: opt.SecretID, SecretKey: opt.SecretKey, Transport: limited{s.conns},
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	})
	// The SDK's own second attempts do not wait, nor end with the context.
	s.client.Conf.RetryOpt.Count = 1
	s.client.Conf.RetryOpt.AutoSwitchHost = false
	return s, nil
}

// parseBase reads scheme, host and path. The error continues a sentence.
func parseBase(s string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimRight(s, "/"))
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, errors.New("must be an address such as https://img.example.com")
	}
	return u, nil
}

// Close closes the connections that nobody uses.
func (s *Store) Close() error {
	s.conns.CloseIdleConnections()
	return nil
}

// URL implements album.Publisher. The service makes narrower versions while they
// are read (document 436/36366): never enlarged, and upright.
func (s *Store) URL(key string, width int) string {
	address := s.domain + "/" + album.EscapeKey(key)
	if width > 0 {
		address += "?" + album.ThumbnailRule(width)
	}
	return address
}

// Put implements album.Store. Content that is all in memory, and content of
// which the service has taken nothing, is sent again after a failure.
func (s *Store) Put(ctx context.Context, key string, c album.Content) error {
	opt := &cos.ObjectPutOptions{ObjectPutHeaderOptions: &cos.ObjectPutHeaderOptions{
		ContentType: c.Type, CacheControl: cacheControl,
	}}
	var err error
	if c.Rest == nil {
		err = s.putWhole(ctx, key, c.Head, opt)
	} else {
		err = s.putStream(ctx, key, c, opt)
	}
	if e, ok := errors.AsType[*Error](err); ok && e.Status == 0 {
		s.undo(ctx, key)
	}
	return err
}

func (s *Store) putWhole(ctx context.Context, key string, data []byte, opt *cos.ObjectPutOptions) error {
	return s.do(ctx, request{op: "put", key: key, size: int64(len(data))}, func(ctx context.Context) error {
		g := &gate{data: data}
		defer g.close()
		_, err := s.client.Object.Put(withBody(ctx, g), key, album.Content{Head: data}.Reader(), opt)
		return err
	})
}

func (s *Store) putStream(ctx context.Context, key string, c album.Content, opt *cos.ObjectPutOptions) error {
	body := &onceReader{r: c.Reader()}
	defer body.stop()
	// The service agrees before the content is read, so that a refusal, or a
	// connection that is closed already, costs nothing that is gone.
	opt.Expect = "100-continue"
	r := request{op: "put", key: key, size: album.MaxUpload, started: body.wasRead}
	return s.do(ctx, r, func(ctx context.Context) error {
		_, err := s.client.Object.Put(ctx, key, body, opt)
		if err == nil {
			return nil
		}
		return body.cause(err)
	})
}

// undo removes what may have been stored though no answer came, as far as that
// is possible.
func (s *Store) undo(ctx context.Context, key string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), undoTime)
	defer cancel()
	_, _ = s.client.Object.Delete(ctx, key)
}

// Delete implements album.Store.
func (s *Store) Delete(ctx context.Context, key string) error {
	return s.do(ctx, request{op: "delete", key: key}, func(ctx context.Context) error {
		_, err := s.client.Object.Delete(ctx, key)
		if cos.IsNotFoundError(err) {
			return nil
		}
		return err
	})
}

// List implements album.Store.
func (s *Store) List(ctx context.Context, prefix string) iter.Seq2[album.Item, error] {
	return func(yield func(album.Item, error) bool) {
		opt := &cos.BucketGetOptions{Prefix: prefix, MaxKeys: listPage, EncodingType: "url"}
		for {
			var page *cos.BucketGetResult
			err := s.do(ctx, request{op: "list", key: prefix}, func(ctx context.Context) (err error) {
				page, _, err = s.client.Bucket.Get(ctx, opt)
				return err
			})
			if err != nil {
				yield(album.Item{}, err)
				return
			}
			last := ""
			for _, o := range page.Contents {
				item, err := readItem(o)
				if err != nil {
					yield(album.Item{}, &Error{Op: "list", Key: prefix, Err: err})
					return
				}
				if last = item.Key; !yield(item, nil) {
					return
				}
			}
			if !page.IsTruncated {
				return
			}
			if next, err := url.QueryUnescape(page.NextMarker); err == nil && next != "" {
				last = next
			}
			if last <= opt.Marker {
				yield(album.Item{}, &Error{Op: "list", Key: prefix, Err: errors.New("the listing does not advance")})
				return
			}
			opt.Marker = last
		}
	}
}

func readItem(o cos.Object) (album.Item, error) {
	key, err := url.QueryUnescape(o.Key)
	if err != nil {
		return album.Item{}, fmt.Errorf("the listing has a bad key: %w", err)
	}
	at, err := time.Parse(time.RFC3339, o.LastModified)
	if err != nil {
		return album.Item{}, fmt.Errorf("the listing has a bad time: %s", strconv.Quote(o.LastModified))
	}
	return album.Item{Key: key, Size: o.Size, Time: at}, nil
}

// Ready asks the service for one key.
func (s *Store) Ready(ctx context.Context) error {
	return s.do(ctx, request{op: "list"}, func(ctx context.Context) error {
		_, _, err := s.client.Bucket.Get(ctx, &cos.BucketGetOptions{MaxKeys: 1})
		return err
	})
}
