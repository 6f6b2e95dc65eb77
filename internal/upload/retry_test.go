package upload

import (
	"bytes"
	"context"
	"crypto/md5"
	"crypto/x509"
	"errors"
	"fmt"
	"hash/crc64"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"
)

// wire answers requests without a network, so that time can be virtual.
type wire func(n int, req *http.Request, body []byte) (*http.Response, error)

type fakeTransport struct {
	t      *testing.T
	answer wire
	n      int
	bodies [][]byte
}

func (f *fakeTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	var body []byte
	if req.Body != nil {
		var err error
		if body, err = io.ReadAll(req.Body); err != nil {
			req.Body.Close()
			return nil, err
		}
		req.Body.Close()
	}
	if int64(len(body)) != max(req.ContentLength, 0) {
		f.t.Errorf("%d bytes with Content-Length %d", len(body), req.ContentLength)
	}
	f.n++
	f.bodies = append(f.bodies, body)
	resp, err := f.answer(f.n, req, body)
	if resp != nil {
		resp.Request = req
	}
	return resp, err
}

func reply(status int, body string, header ...string) *http.Response {
	h := http.Header{}
	for i := 0; i < len(header); i += 2 {
		h.Set(header[i], header[i+1])
	}
	return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body))}
}

func failed(status int, code string, header ...string) *http.Response {
	return reply(status, "<Error><Code>"+code+"</Code><Message>words</Message></Error>", header...)
}

func confirmed(body []byte) *http.Response {
	return reply(200, "", "X-Cos-Hash-Crc64ecma", fmt.Sprint(crc64.Checksum(body, crcTable)))
}

func (f *fakeTransport) dial(t *testing.T) *COS {
	f.t = t
	return dial(t, "https://pic-125.cos.ap-guangzhou.myqcloud.com", func(cfg *COSConfig) { cfg.Transport, cfg.Bucket = f, "pic-125" })
}

func TestRetries(t *testing.T) {
	const content = "content"
	reset := errors.New("connection reset by peer")
	tests := []struct {
		name     string
		answer   wire
		attempts int
		least    time.Duration // all pauses together
		check    func(error) bool
	}{
		{"at once", func(_ int, _ *http.Request, body []byte) (*http.Response, error) { return confirmed(body), nil },
			1, 0, func(err error) bool { return err == nil }},
		{"503 twice", func(n int, _ *http.Request, body []byte) (*http.Response, error) {
			if n <= 2 {
				return failed(503, "SlowDown"), nil
			}
			return confirmed(body), nil
		}, 3, 300 * time.Millisecond, func(err error) bool { return err == nil }},
		{"429 with Retry-After", func(n int, _ *http.Request, body []byte) (*http.Response, error) {
			if n == 1 {
				return failed(429, "TooManyRequests", "Retry-After", "7"), nil
			}
			return confirmed(body), nil
		}, 2, 7 * time.Second, func(err error) bool { return err == nil }},
		{"network error", func(n int, _ *http.Request, body []byte) (*http.Response, error) {
			if n == 1 {
				return nil, reset
			}
			return confirmed(body), nil
		}, 2, 100 * time.Millisecond, func(err error) bool { return err == nil }},
		{"other bytes stored", func(n int, _ *http.Request, body []byte) (*http.Response, error) {
			if n == 1 {
				return confirmed(body[1:]), nil
			}
			return confirmed(body), nil
		}, 2, 100 * time.Millisecond, func(err error) bool { return err == nil }},
		{"other bytes always", func(int, *http.Request, []byte) (*http.Response, error) {
			return confirmed([]byte("other")), nil
		}, defaultAttempts, 11 * time.Second, func(err error) bool { return errors.Is(err, ErrMismatch) }},
		{"500 always", func(int, *http.Request, []byte) (*http.Response, error) { return failed(500, "InternalError"), nil },
			defaultAttempts, 11 * time.Second, func(err error) bool {
				e, ok := err.(*Error)
				return ok && e.Status == 500 && e.Code == "InternalError" && e.Message == "words" && e.Key == "k"
			}},
		{"network down", func(int, *http.Request, []byte) (*http.Response, error) { return nil, reset },
			defaultAttempts, 11 * time.Second, func(err error) bool { return errors.Is(err, reset) }},
		{"hangs", func(_ int, req *http.Request, _ []byte) (*http.Response, error) {
			<-req.Context().Done()
			return nil, req.Context().Err()
		}, defaultAttempts, 240 * time.Second, func(err error) bool { return errors.Is(err, errTimeout) }},
		{"400", func(int, *http.Request, []byte) (*http.Response, error) { return failed(400, "InvalidArgument"), nil },
			1, 0, func(err error) bool { e, ok := err.(*Error); return ok && e.Status == 400 }},
		{"404", func(int, *http.Request, []byte) (*http.Response, error) { return failed(404, "NoSuchKey"), nil },
			1, 0, func(err error) bool { return errors.Is(err, ErrNotFound) }},
		{"501", func(int, *http.Request, []byte) (*http.Response, error) { return failed(501, "NotImplemented"), nil },
			1, 0, func(err error) bool { e, ok := err.(*Error); return ok && e.Status == 501 }},
		{"redirect", func(int, *http.Request, []byte) (*http.Response, error) {
			return reply(301, "", "Location", "https://elsewhere.example.com/"), nil
		}, 1, 0, func(err error) bool { e, ok := err.(*Error); return ok && e.Status == 301 }},
		{"no such host", func(int, *http.Request, []byte) (*http.Response, error) {
			return nil, &net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", IsNotFound: true}}
		}, 1, 0, func(err error) bool { e, ok := err.(*FatalError); return ok && e.Code == codeUnknownHost }},
		{"untrusted certificate", func(int, *http.Request, []byte) (*http.Response, error) {
			return nil, x509.UnknownAuthorityError{}
		}, 1, 0, func(err error) bool { e, ok := err.(*FatalError); return ok && e.Code == codeCertificate }},
		{"endless error", func(int, *http.Request, []byte) (*http.Response, error) {
			r := reply(400, "")
			r.Body = io.NopCloser(endless{})
			return r, nil
		}, 1, 0, func(err error) bool { return err != nil && len(err.Error()) < 1000 }},
	}
	objects := map[string]Object{
		"data": {Data: []byte(content)}, "file": file(content, int64(len(content)), nil),
	}
	for _, tt := range tests {
		for kind, o := range objects {
			t.Run(tt.name+"/"+kind, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					f := &fakeTransport{answer: tt.answer}
					begin := time.Now()
					err := f.dial(t).Put(t.Context(), "k", o)
					if !tt.check(err) {
						t.Errorf("error %#v", err)
					}
					if f.n != tt.attempts {
						t.Errorf("%d attempts, want %d", f.n, tt.attempts)
					}
					if d := time.Since(begin); d < tt.least || d > 3*tt.least {
						t.Errorf("took %v, want %v or a little more", d, tt.least)
					}
					for i, b := range f.bodies {
						if string(b) != content {
							t.Errorf("attempt %d sent %q", i+1, b)
						}
					}
				})
			})
		}
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = '<'
	}
	return len(p), nil
}

func TestFatalErrors(t *testing.T) {
	tests := []struct {
		status int
		code   string
		hint   string
	}{
		{403, "InvalidAccessKeyId", "cos.secret_id"},
		{403, "SignatureDoesNotMatch", "cos.secret_key"},
		{403, "AccessDenied", "permissions"},
		{403, "RequestTimeTooSkewed", "clock"},
		{403, "ExpiredToken", "cos.token"},
		{403, "InvalidToken", "cos.token"},
		{404, "NoSuchBucket", "cos.bucket"},
		{400, "InvalidBucketName", "cos.bucket"},
	}
	for _, tt := range tests {
		f := &fakeTransport{answer: func(int, *http.Request, []byte) (*http.Response, error) { return failed(tt.status, tt.code), nil }}
		c := f.dial(t)
		var fatal *FatalError
		err := c.Put(t.Context(), "k", Object{Data: []byte("x")})
		if !errors.As(err, &fatal) || fatal.Code != tt.code || !strings.Contains(fatal.Hint, tt.hint) || fatal.Bucket != "pic-125" || f.n != 1 {
			t.Errorf("%s: %v after %d attempts", tt.code, err, f.n)
		}
		for _, err := range c.List(t.Context(), "") {
			if !errors.As(err, &fatal) {
				t.Errorf("%s: list: %v", tt.code, err)
			}
		}
	}
	// A reply to HEAD has no body, so no code.
	f := &fakeTransport{answer: func(int, *http.Request, []byte) (*http.Response, error) { return reply(403, ""), nil }}
	var fatal *FatalError
	if _, err := f.dial(t).Head(t.Context(), "k"); !errors.As(err, &fatal) || fatal.Code != "AccessDenied" {
		t.Errorf("head: %v", err)
	}
}

func TestConfirmation(t *testing.T) {
	const content = "content"
	sum := fmt.Sprintf("%x", md5.Sum([]byte(content)))
	crc := fmt.Sprint(crc64.Checksum([]byte(content), crcTable))
	head := func(size int, header ...string) *http.Response {
		r := reply(200, "", header...)
		r.ContentLength = int64(size)
		return r
	}
	tests := []struct {
		name string
		put  *http.Response
		head *http.Response // nil: must not be asked for
		ok   bool
	}{
		{"CRC64", reply(200, "", "x-cos-hash-crc64ecma", crc, "ETag", `"0"`), nil, true},
		{"other CRC64, right ETag", reply(200, "", "x-cos-hash-crc64ecma", "1", "ETag", sum), nil, false},
		{"ETag", reply(200, "", "ETag", `"`+strings.ToUpper(sum)+`"`), nil, true},
		{"other ETag", reply(200, "", "ETag", `"`+strings.Repeat("0", 32)+`"`), nil, false},
		{"ETag of encrypted content", reply(200, "", "ETag", `"abc-1"`), head(7, "x-cos-hash-crc64ecma", crc), true},
		{"nothing, HEAD has the CRC64", reply(200, ""), head(7, "x-cos-hash-crc64ecma", crc), true},
		{"nothing, HEAD has another", reply(200, ""), head(7, "x-cos-hash-crc64ecma", "1"), false},
		{"nothing, HEAD has the ETag", reply(200, ""), head(7, "ETag", sum), true},
		{"nothing, HEAD has the size", reply(200, ""), head(7), true},
		{"nothing, HEAD has another size", reply(200, ""), head(8), false},
	}
	for _, tt := range tests {
		for kind, o := range map[string]Object{"data": {Data: []byte(content)}, "file": file(content, 7, nil)} {
			f := &fakeTransport{answer: func(_ int, req *http.Request, _ []byte) (*http.Response, error) {
				if req.Method == http.MethodHead {
					if tt.head == nil {
						t.Errorf("%s: a needless HEAD", tt.name)
						return reply(404, ""), nil
					}
					return tt.head, nil
				}
				return tt.put, nil
			}}
			c := f.dial(t)
			c.attempts = 1
			if err := c.Put(t.Context(), "k", o); (err == nil) != tt.ok || err != nil && !errors.Is(err, ErrMismatch) {
				t.Errorf("%s, %s: %v", tt.name, kind, err)
			}
		}
	}
}

func TestConfirmationOfStreams(t *testing.T) {
	content := strings.Repeat("x", smallObject+1)
	sum := fmt.Sprintf("%x", md5.Sum([]byte(content)))
	f := &fakeTransport{answer: func(int, *http.Request, []byte) (*http.Response, error) { return reply(200, "", "ETag", sum), nil }}
	if err := f.dial(t).Put(t.Context(), "k", file(content, int64(len(content)), nil)); err != nil {
		t.Error(err)
	}
}

// TestSecretsStayOut lets a server repeat everything it was sent.
func TestSecretsStayOut(t *testing.T) {
	const token = "temporary-token-value"
	for _, status := range []int{400, 403, 500} {
		for _, code := range []string{"AccessDenied", "InvalidArgument"} {
			f := &fakeTransport{}
			f.answer = func(_ int, req *http.Request, _ []byte) (*http.Response, error) {
				var b bytes.Buffer
				_ = req.Header.Write(&b)
				text := strings.NewReplacer("&", "&amp;", "\r\n", " ").Replace(b.String()) + " " + testKey
				return reply(status, "<Error><Code>"+code+"</Code><Message>"+text+"</Message></Error>"), nil
			}
			c := dial(t, "https://pic-125.cos.ap-guangzhou.myqcloud.com", func(cfg *COSConfig) { cfg.Transport, cfg.Token = f, token })
			c.attempts = 1
			f.t = t
			err := c.Put(t.Context(), "k", Object{Data: []byte("x")})
			text := fmt.Sprintf("%v %+v %#v", err, err, err)
			for _, secret := range []string{testID, testKey, token} {
				if strings.Contains(text, secret) {
					t.Errorf("%d %s: %q is in the error: %s", status, code, secret, text)
				}
			}
			if _, after, ok := strings.Cut(text, "q-signature="); ok && !strings.HasPrefix(after, masked) {
				t.Errorf("%d %s: the signature is in the error: %s", status, code, text)
			}
		}
	}
	f := &fakeTransport{answer: func(int, *http.Request, []byte) (*http.Response, error) {
		return nil, errors.New(`invalid proxy address "http://me:hunter2@proxy"`)
	}}
	c := f.dial(t)
	c.attempts = 1
	if err := c.Put(t.Context(), "k", Object{Data: []byte("x")}); strings.Contains(fmt.Sprintf("%v %+v", err, err), "hunter2") {
		t.Errorf("the proxy's password is in the error: %v", err)
	}
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for header, want := range map[string]time.Duration{
		"": 0, "3": 3 * time.Second, "-3": 0, "x": 0, "999999999999": maxRetryAfter, "99999999999999999999": 0,
		now.Add(9 * time.Second).Format(http.TimeFormat): 9 * time.Second,
		now.Add(-time.Hour).Format(http.TimeFormat):      0,
		now.Add(time.Hour).Format(http.TimeFormat):       maxRetryAfter,
	} {
		if got := retryAfter(http.Header{"Retry-After": {header}}, now); got != want {
			t.Errorf("%q: %v, want %v", header, got, want)
		}
	}
}

func TestBackoff(t *testing.T) {
	for n := 1; n < 100; n++ {
		whole := time.Duration(min(200<<min(n-1, 20), 10_000)) * time.Millisecond
		if d := backoff(defaultBackoff, n); d < whole/2 || d > whole {
			t.Errorf("after attempt %d: %v", n, d)
		}
	}
}

func TestCancelledWhileWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeTransport{answer: func(int, *http.Request, []byte) (*http.Response, error) {
			return failed(503, "SlowDown", "Retry-After", "60"), nil
		}}
		c := f.dial(t)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		begin := time.Now()
		if err := c.Put(ctx, "k", Object{Data: []byte("x")}); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v", err)
		}
		if d := time.Since(begin); d != time.Second || f.n != 1 {
			t.Errorf("%d attempts in %v", f.n, d)
		}
		if err := c.Put(ctx, "k", Object{Data: []byte("x")}); !errors.Is(err, context.DeadlineExceeded) || f.n != 1 {
			t.Errorf("after the end: %v, %d attempts", err, f.n)
		}
	})
}

func TestGetDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := errors.New("cut")
		f := &fakeTransport{answer: func(n int, req *http.Request, _ []byte) (*http.Response, error) {
			if n == 1 { // no reply: the next attempt follows
				<-req.Context().Done()
				return nil, req.Context().Err()
			}
			r := reply(200, "")
			r.Body = io.NopCloser(io.MultiReader(strings.NewReader("begin"), iotest.ErrReader(slow)))
			return r, nil
		}}
		rc, _, err := f.dial(t).Get(t.Context(), "k")
		if err != nil || f.n != 2 {
			t.Fatalf("%v after %d attempts", err, f.n)
		}
		// The body may take longer than an attempt.
		time.Sleep(time.Hour)
		b, err := io.ReadAll(rc)
		if string(b) != "begin" || !errors.Is(err, slow) {
			t.Errorf("%q, %v", b, err)
		}
		if err := rc.Close(); err != nil {
			t.Error(err)
		}
	})
}

func TestListThatDoesNotEnd(t *testing.T) {
	page := func(next string) string {
		return "<ListBucketResult><IsTruncated>true</IsTruncated><NextMarker>" + next + "</NextMarker><Contents><Key>a</Key></Contents></ListBucketResult>"
	}
	f := &fakeTransport{answer: func(int, *http.Request, []byte) (*http.Response, error) { return reply(200, page("b")), nil }}
	var last error
	for _, err := range f.dial(t).List(t.Context(), "") {
		last = err
	}
	if last == nil || f.n != 2 {
		t.Errorf("%v after %d pages", last, f.n)
	}
}
