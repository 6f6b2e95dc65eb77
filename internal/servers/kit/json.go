package kit

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/cespare/xxhash/v2"
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
	tag := `W/"` + contentTag(text) + `"`
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

// contentTag tells the contents of one address apart, the same way on every
// node and after a restart. It need not withstand anybody: who chooses the
// content gains nothing by two that look the same.
func contentTag(content []byte) string {
	tag := make([]byte, 0, 32)
	tag = strconv.AppendInt(tag, int64(len(content)), 16)
	tag = append(tag, '-')
	return string(strconv.AppendUint(tag, xxhash.Sum64(content), 16))
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
