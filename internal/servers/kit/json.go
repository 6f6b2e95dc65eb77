package kit

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"sync"
)

// maxPooled bounds the buffers that are kept for the next reply, in bytes.
const maxPooled = 1 << 16

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// WriteJSON answers 200 application/json; charset=utf-8 with a weak ETag, and
// 304 where the client has it. The error is that of encoding v; nothing is
// written then.
func WriteJSON(w http.ResponseWriter, r *http.Request, v any) error {
	buf := buffers.Get().(*bytes.Buffer)
	defer func() {
		if buf.Cap() <= maxPooled {
			buf.Reset()
			buffers.Put(buf)
		}
	}()
	encoder := json.NewEncoder(buf)
	encoder.SetEscapeHTML(false) // as other servers write it
	if err := encoder.Encode(v); err != nil {
		buf.Reset()
		return err
	}
	WriteJSONBytes(w, r, bytes.TrimSuffix(buf.Bytes(), []byte("\n")))
	return nil
}

// WriteJSONBytes answers as WriteJSON does with text that is JSON already.
func WriteJSONBytes(w http.ResponseWriter, r *http.Request, text []byte) {
	h := w.Header()
	tag := weakTag(text)
	h["Etag"] = []string{tag}
	if (r.Method == http.MethodGet || r.Method == http.MethodHead) && matchesTag(r.Header["If-None-Match"], tag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h["Content-Type"] = []string{"application/json; charset=utf-8"}
	h["Content-Length"] = []string{strconv.Itoa(len(text))}
	w.WriteHeader(http.StatusOK)
	_, _ = w.Write(text) // a client that has gone is nobody's error
}

// weakTag is the ETag of content: the same on every node and after a restart.
func weakTag(content []byte) string {
	sum := sha256.Sum256(content)
	const prefix = `W/"`
	tag := make([]byte, 0, 48)
	tag = append(tag, prefix...)
	tag = strconv.AppendInt(tag, int64(len(content)), 16)
	tag = append(tag, '-')
	tag = base64.RawURLEncoding.AppendEncode(tag, sum[:15])
	return string(append(tag, '"'))
}

// matchesTag compares as If-None-Match does: weakly (RFC 9110, 13.1.2).
func matchesTag(headers []string, tag string) bool {
	tag = strings.TrimPrefix(tag, "W/")
	for _, header := range headers {
		for one := range strings.SplitSeq(header, ",") {
			one = strings.TrimSpace(one)
			if one == "*" || strings.TrimPrefix(one, "W/") == tag {
				return true
			}
		}
	}
	return false
}
