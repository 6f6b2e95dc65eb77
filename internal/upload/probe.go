package upload

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"time"
)

const (
	probeTimeout   = 30 * time.Second
	probeRedirects = 3
)

// ProbeResult is what a final URL answered.
type ProbeResult struct {
	URL            string // after redirects
	Status         int
	ContentType    string
	Size           int64 // bytes received, at most one more than expected
	Match          bool  // the right bytes came
	ForcedDownload bool  // browsers are told to save the image instead of showing it
}

// ProbeError says why a final URL does not serve the image.
type ProbeError struct {
	URL    string
	Status int // 0 when there was no reply
	Text   string
	Hint   string
	Err    error // cause, may be nil
}

func (e *ProbeError) Error() string {
	s := e.URL + ": " + e.Text
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

func (e *ProbeError) Unwrap() error { return e.Err }

// Probe asks for url as anybody would, without signature, and compares the
// reply with the SHA-256 and size of the image. The error is nil only when the
// right bytes came with status 200, else a *ProbeError; the result is filled
// as far as there was a reply. client may be nil; its redirect policy is not
// used.
func Probe(ctx context.Context, client *http.Client, url string, want [32]byte, size int64) (ProbeResult, error) {
	res := ProbeResult{URL: url}
	fail := func(text, hint string, err error) (ProbeResult, error) {
		return res, &ProbeError{URL: url, Status: res.Status, Text: text, Hint: hint, Err: err}
	}
	ctx, cancel := context.WithTimeoutCause(ctx, probeTimeout+time.Duration(size/slowest)*time.Second, errTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return fail("is not an address", "check targetHost", nil)
	}
	// The stored bytes are wanted, whatever a proxy would make of them.
	req.Header.Set("Accept-Encoding", "identity")
	resp, err := probing(client).Do(req)
	if err != nil {
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		return fail("no answer", "check targetHost and the network", withoutURL(err))
	}
	defer resp.Body.Close()
	res.URL = resp.Request.URL.String()
	res.Status = resp.StatusCode
	res.ContentType = resp.Header.Get("Content-Type")
	res.ForcedDownload = forcedDownload(resp.Header)
	if res.Status != http.StatusOK {
		return fail(fmt.Sprintf("answers with status %d", res.Status), statusHint(res.Status), nil)
	}
	h := sha256.New()
	res.Size, err = io.Copy(h, io.LimitReader(resp.Body, size+1))
	if err != nil {
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		return fail("broke off", "check targetHost and the network", err)
	}
	res.Match = res.Size == size && [32]byte(h.Sum(nil)) == want
	if !res.Match {
		return fail("serves other bytes than were uploaded", "targetHost must serve the bucket's objects unchanged: check where it points, its folder, its cache and any image processing", nil)
	}
	return res, nil
}

func statusHint(status int) string {
	switch {
	case status == http.StatusForbidden || status == http.StatusUnauthorized:
		return "the bucket must be readable by everybody (public read, private write)"
	case status == http.StatusNotFound:
		return "targetHost does not lead to the bucket: check it, and cos.folder"
	case status >= 300 && status < 400:
		return "targetHost redirects too often: use the address it ends at"
	}
	return "check targetHost"
}

// probing returns a copy of client that follows few redirects and never one
// from https to http.
func probing(client *http.Client) *http.Client {
	if client == nil {
		client = http.DefaultClient
	}
	c := *client
	c.CheckRedirect = func(req *http.Request, via []*http.Request) error {
		if len(via) > probeRedirects || (via[0].URL.Scheme == "https" && req.URL.Scheme != "https") {
			return http.ErrUseLastResponse
		}
		return nil
	}
	c.Jar = nil
	return &c
}
