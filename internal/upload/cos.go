package upload

import (
	"context"
	"crypto/x509"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/tencentyun/cos-go-sdk-v5"
	"golang.org/x/time/rate"
)

// DefaultWorkers is the most requests that NewCOS lets be in flight.
const DefaultWorkers = 32

// COSConfig says how to reach a bucket. Endpoint and Bucket come from a
// Destination.
type COSConfig struct {
	Endpoint string
	Bucket   string

	SecretID, SecretKey string
	Token               string // of temporary credentials

	// Workers is the most requests in flight, and so the connections that stay
	// open; 0 is DefaultWorkers.
	Workers int
	// Attempts is how often one request is tried; 0 is 8.
	Attempts int
	// Backoff is the pause after a first failed attempt. It doubles with each,
	// up to 50 times as long; 0 is 200 ms.
	Backoff time.Duration
	// AttemptTimeout bounds one attempt, besides the time its content needs
	// at 32 KiB/s; 0 is 30 s.
	AttemptTimeout time.Duration
	// RootCAs are trusted instead of the system's certificates; nil is the
	// system's, and those of SSL_CERT_FILE where that is read.
	RootCAs *x509.CertPool
	// Transport replaces the tuned one, for tests.
	Transport http.RoundTripper
}

// COS is a Store in one bucket of Tencent COS, or of a server that speaks its
// API.
type COS struct {
	client       *cos.Client
	wire         http.RoundTripper // signs
	bucket       string
	scheme, host string // of the endpoint; copy sources name the host
	attempts     int
	backoff      time.Duration
	timeout      time.Duration
	limit        *limiter
	budget       *budget
	// processing bounds the requests that the service processes.
	processing *rate.Limiter
	scrub      *strings.Replacer
	large      chan struct{} // bounds the memory of multipart uploads
	// Objects above threshold bytes are sent in parts of partSize. Only tests
	// change them.
	threshold, partSize int64

	idle func() // closes idle connections
}

var _ Store = (*COS)(nil)

// NewCOS returns a client for one bucket. It sends nothing yet. The error is a
// *SettingError. Close it after use.
func NewCOS(cfg COSConfig) (*COS, error) {
	base, err := parseBase("cos.endpoint", cfg.Endpoint)
	if err != nil {
		return nil, err
	}
	if base.Path != "" {
		// The SDK drops it: there is no path style.
		return nil, &SettingError{"cos.endpoint", "must not have a path", "objects are addressed from the root of the host"}
	}
	id, key := strings.TrimSpace(cfg.SecretID), strings.TrimSpace(cfg.SecretKey)
	token := strings.TrimSpace(cfg.Token)
	if id == "" {
		return nil, &SettingError{"cos.secret_id", "is missing", "set it, or the environment variable COS_SECRET_ID"}
	}
	if key == "" {
		return nil, &SettingError{"cos.secret_key", "is missing", "set it, or the environment variable COS_SECRET_KEY"}
	}
	if cfg.Workers <= 0 {
		cfg.Workers = DefaultWorkers
	}
	if cfg.Attempts <= 0 {
		cfg.Attempts = defaultAttempts
	}
	if cfg.Backoff <= 0 {
		cfg.Backoff = defaultBackoff
	}
	if cfg.AttemptTimeout <= 0 {
		cfg.AttemptTimeout = 30 * time.Second
	}
	wire, idle := cfg.Transport, func() {}
	if wire == nil {
		t := newTransport(cfg.Workers, cfg.RootCAs)
		wire, idle = t, t.CloseIdleConnections
	}
	signed := &roundTripper{&cos.AuthorizationTransport{
		SecretID: id, SecretKey: key, SessionToken: token, Transport: wire,
	}}
	client := cos.NewClient(&cos.BaseURL{BucketURL: base}, &http.Client{Transport: signed})
	// The SDK retries at once and deaf to the context, and its checksum has
	// no answer to a reply without one: both are done here instead.
	client.Conf.RetryOpt = cos.RetryOptions{Count: 1}
	client.Conf.EnableCRC = false
	return &COS{
		client: client, wire: signed, bucket: cfg.Bucket, scheme: base.Scheme, host: base.Host,
		attempts: cfg.Attempts, backoff: cfg.Backoff, timeout: cfg.AttemptTimeout,
		limit:      newLimiter(cfg.Workers),
		budget:     newBudget(retriesPerWorker * cfg.Workers),
		processing: rate.NewLimiter(processRate, 1),
		scrub:      newScrubber(id, key, token),
		large:      make(chan struct{}, 2),
		threshold:  MultipartThreshold, partSize: partSize,
		idle: idle,
	}, nil
}

// Close closes the connections that are kept for reuse.
func (c *COS) Close() error {
	c.idle()
	return nil
}

// Head implements Store.
func (c *COS) Head(ctx context.Context, key string) (Info, error) {
	var info Info
	err := c.do(ctx, request{op: "head", key: key}, func(ctx context.Context) error {
		resp, err := c.client.Object.Head(ctx, key, nil)
		if err == nil {
			info = describe(key, resp.Response)
		}
		return err
	})
	return info, err
}

// Get implements Store. Once the reply has begun nothing is retried: a broken
// download is an error of the reader.
func (c *COS) Get(ctx context.Context, key string) (io.ReadCloser, Info, error) {
	var info Info
	var body io.ReadCloser
	err := c.do(ctx, request{op: "get", key: key, open: true}, func(ctx context.Context) error {
		// The deadline is for the beginning of the reply; its body may take
		// as long as the caller allows.
		ctx, cancel := context.WithCancelCause(ctx)
		timer := time.AfterFunc(c.timeout, func() { cancel(errTimeout) })
		resp, err := c.client.Object.Get(withCall(ctx, &call{download: true}), key, nil)
		if !timer.Stop() {
			if err == nil {
				resp.Body.Close()
			}
			err = errTimeout
		}
		if err != nil {
			cancel(nil)
			return err
		}
		info = describe(key, resp.Response)
		body = &cancelBody{resp.Body, func() { cancel(nil) }}
		return nil
	})
	return body, info, err
}

// cancelBody ends the request's context when the object has been read.
type cancelBody struct {
	io.ReadCloser
	cancel func()
}

func (b *cancelBody) Close() error {
	defer b.cancel()
	return b.ReadCloser.Close()
}

// Copy implements Store.
func (c *COS) Copy(ctx context.Context, from, to string) error {
	if err := ValidateKey(from); err != nil {
		return &Error{Op: "copy", Key: from, Err: err}
	}
	source := c.host + "/" + escapePath(from)
	return c.do(ctx, request{op: "copy", key: to}, func(ctx context.Context) error {
		// The SDK takes a question mark in a source for a version, so the
		// round tripper sets the header.
		_, _, err := c.client.Object.Copy(withCall(ctx, &call{copySource: source}), to, c.host+"/source", nil)
		return err
	})
}

// Delete implements Store.
func (c *COS) Delete(ctx context.Context, key string) error {
	err := c.do(ctx, request{op: "delete", key: key}, func(ctx context.Context) error {
		_, err := c.client.Object.Delete(ctx, key)
		return err
	})
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}

func describe(key string, resp *http.Response) Info {
	info := Info{
		Key:            key,
		Size:           resp.ContentLength,
		ETag:           cleanETag(resp.Header.Get("Etag")),
		ContentType:    resp.Header.Get("Content-Type"),
		ForcedDownload: forcedDownload(resp.Header),
		cacheControl:   resp.Header.Get("Cache-Control"),
	}
	info.CRC64, _ = checksum(resp.Header)
	return info
}

// checksum reads the header in which COS reports what it stored.
func checksum(h http.Header) (sum uint64, ok bool) {
	sum, err := strconv.ParseUint(h.Get("X-Cos-Hash-Crc64ecma"), 10, 64)
	return sum, err == nil
}

func cleanETag(s string) string {
	return strings.ToLower(strings.Trim(strings.TrimPrefix(s, "W/"), `"`))
}

func forcedDownload(h http.Header) bool {
	kind, _, _ := strings.Cut(h.Get("Content-Disposition"), ";")
	return strings.EqualFold(strings.TrimSpace(kind), "attachment") ||
		strings.EqualFold(h.Get("X-Cos-Force-Download"), "true")
}

// withoutURL drops the part of a client error that repeats method and address.
func withoutURL(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}
