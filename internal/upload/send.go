package upload

import (
	"bytes"
	"context"
	"encoding/xml"
	"io"
	"net/http"
	"net/url"

	"github.com/tencentyun/cos-go-sdk-v5"
)

// send stores what is in memory, which is nearly every image. The SDK builds
// its requests by reflection, which costs a small PUT more processor time than
// signing it does; its signer and its errors serve here as elsewhere.
func (c *COS) send(ctx context.Context, key string, o Object, data []byte) (http.Header, error) {
	kind := o.ContentType
	if kind == "" {
		kind = ContentType(key, data)
	}
	// A slash in a key is no slash of the path: nothing on the way may clean it.
	req := (&http.Request{
		Method:     http.MethodPut,
		URL:        &url.URL{Scheme: c.scheme, Host: c.host, Path: "/" + key, RawPath: "/" + url.PathEscape(key)},
		Proto:      "HTTP/1.1",
		ProtoMajor: 1,
		ProtoMinor: 1,
		Host:       c.host,
		Header:     http.Header{"Content-Type": {kind}, "User-Agent": {cos.UserAgent}},
		Body:       http.NoBody,
	}).WithContext(ctx)
	if o.CacheControl != "" {
		req.Header["Cache-Control"] = []string{o.CacheControl}
	}
	if len(data) > 0 {
		req.ContentLength = int64(len(data))
		req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil }
		req.Body, _ = req.GetBody()
	}
	resp, err := c.wire.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	// Read to its end the connection can be used again.
	text, err := io.ReadAll(resp.Body)
	if resp.StatusCode/100 == 2 {
		return resp.Header, err
	}
	reply := &cos.ErrorResponse{Response: resp}
	_ = xml.Unmarshal(text, reply) // without a body the status must do
	return nil, reply
}
