package upload

import (
	"context"
	"fmt"
	"io"
	"net/http"
)

// Look asks for url as anybody would, without signature, and without reading
// what it leads to: for addresses whose content is not known. The error is nil
// only for status 200, else a *ProbeError; the result is filled as far as there
// was a reply. client may be nil; its redirect policy is not used.
func Look(ctx context.Context, client *http.Client, url string) (ProbeResult, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, probeTimeout, errTimeout)
	defer cancel()
	res, err := look(ctx, client, http.MethodHead, url)
	if err != nil && res.Status != 0 { // some servers answer a HEAD with anything
		res, err = look(ctx, client, http.MethodGet, url)
	}
	return res, err
}

func look(ctx context.Context, client *http.Client, method, url string) (ProbeResult, error) {
	res := ProbeResult{URL: url}
	req, err := http.NewRequestWithContext(ctx, method, url, nil)
	if err != nil {
		return res, &ProbeError{URL: url, Text: "is not an address", Hint: "correct it"}
	}
	resp, err := probing(client).Do(req)
	if err != nil {
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		return res, &ProbeError{URL: url, Text: "no answer", Hint: "check the address and the network", Err: withoutURL(err)}
	}
	defer resp.Body.Close()
	res.URL = resp.Request.URL.String()
	res.Status = resp.StatusCode
	res.ContentType = resp.Header.Get("Content-Type")
	res.Size = max(resp.ContentLength, 0)
	res.ForcedDownload = forcedDownload(resp.Header)
	if method == http.MethodHead { // with a body the connection is not worth keeping
		_, _ = io.Copy(io.Discard, resp.Body)
	}
	if res.Status != http.StatusOK {
		return res, &ProbeError{URL: url, Status: res.Status, Text: fmt.Sprintf("answers with status %d", res.Status), Hint: "correct the address, or bring the image back"}
	}
	return res, nil
}
