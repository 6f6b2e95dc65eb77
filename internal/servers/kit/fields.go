package kit

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/wecos-go/wecos/internal/servers/kit/conn"
)

// DefaultMaxFields is the largest body that ReadFields takes when it is not
// told another, in bytes.
const DefaultMaxFields = 100 << 10

// maxFormFields bounds the values of a form.
const maxFormFields = 1000

// Fields are the top-level members of a body, as JSON.
type Fields map[string]json.RawMessage

var (
	errMalformed = errors.New("malformed")
	errEncoding  = errors.New("an encoding that is not understood")
	errTooLarge  = errors.New("too large")
)

// ReadFields reads a JSON object, or a form, of at most max bytes; 0 is
// DefaultMaxFields. The values of a form become JSON strings, repeated ones a
// list. A body that is neither, a list, and no body at all have no fields.
// The error is a *BodyError, which Routes answers by itself: 400 for malformed
// text, 408 for a body that stalls, 413 for one that is too large, 415 for a
// compressed one or another charset than UTF-8.
func ReadFields(w http.ResponseWriter, r *http.Request, max int64) (Fields, error) {
	if max <= 0 {
		max = DefaultMaxFields
	}
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	isJSON := kind == "application/json" || strings.HasSuffix(kind, "+json")
	if err != nil || !isJSON && kind != "application/x-www-form-urlencoded" {
		return Fields{}, nil
	}
	charset := strings.ToLower(params["charset"])
	if charset != "" && charset != "utf-8" && charset != "utf8" && charset != "us-ascii" {
		return nil, &BodyError{http.StatusUnsupportedMediaType, errEncoding}
	}
	if e := r.Header.Get("Content-Encoding"); e != "" && !strings.EqualFold(e, "identity") {
		return nil, &BodyError{http.StatusUnsupportedMediaType, errEncoding}
	}
	data, err := readBody(w, r, max)
	switch {
	case err != nil:
		return nil, err
	case len(bytes.TrimSpace(data)) == 0:
		return Fields{}, nil
	case isJSON:
		return jsonFields(data)
	}
	return formFields(string(data))
}

func readBody(w http.ResponseWriter, r *http.Request, max int64) ([]byte, error) {
	if r.ContentLength > max {
		w.Header().Set("Connection", "close") // what is left of it is not worth reading
		return nil, &BodyError{http.StatusRequestEntityTooLarge, errTooLarge}
	}
	data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, max))
	if err != nil {
		w.Header().Set("Connection", "close")
		return nil, bodyError(err)
	}
	return data, nil
}

// bodyError says what it means for the client that its body could not be read.
func bodyError(err error) *BodyError {
	if known, ok := errors.AsType[*BodyError](err); ok {
		return known
	}
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return &BodyError{http.StatusRequestEntityTooLarge, errTooLarge}
	}
	if errors.Is(err, conn.ErrStalled) {
		return &BodyError{http.StatusRequestTimeout, err}
	}
	return &BodyError{http.StatusBadRequest, err}
}

func jsonFields(data []byte) (Fields, error) {
	data = bytes.TrimPrefix(data, []byte("\uFEFF"))
	if text := bytes.TrimSpace(data); len(text) > 0 && text[0] == '[' && json.Valid(text) {
		return Fields{}, nil
	}
	var f Fields
	if err := json.Unmarshal(data, &f); err != nil || f == nil {
		return nil, &BodyError{http.StatusBadRequest, errMalformed}
	}
	return f, nil
}

func formFields(text string) (Fields, error) {
	if strings.Count(text, "&") >= maxFormFields {
		return nil, &BodyError{http.StatusRequestEntityTooLarge, errTooLarge}
	}
	values, err := url.ParseQuery(text)
	if err != nil {
		return nil, &BodyError{http.StatusBadRequest, errMalformed}
	}
	f := make(Fields, len(values))
	for name, list := range values {
		var v any = list
		if len(list) == 1 {
			v = list[0]
		}
		if f[name], err = json.Marshal(v); err != nil {
			return nil, &BodyError{http.StatusBadRequest, errMalformed}
		}
	}
	return f, nil
}

// Has reports whether there is a field with this name that is not null.
func (f Fields) Has(name string) bool {
	v, ok := f[name]
	return ok && string(v) != "null"
}

// String returns a field that is a string.
func (f Fields) String(name string) (string, bool) {
	raw := f[name]
	if len(raw) == 0 || raw[0] != '"' {
		return "", false
	}
	var s string
	err := json.Unmarshal(raw, &s)
	return s, err == nil
}

// Text returns a field that is a string, or a number as it was written.
func (f Fields) Text(name string) (string, bool) {
	raw := f[name]
	if len(raw) > 0 && (raw[0] == '-' || raw[0] >= '0' && raw[0] <= '9') {
		return string(raw), true
	}
	return f.String(name)
}

// Int returns a field that is a whole number, or a string of its digits.
func (f Fields) Int(name string) (int64, bool) {
	text, ok := f.Text(name)
	if !ok {
		return 0, false
	}
	n, err := strconv.ParseInt(text, 10, 64)
	return n, err == nil
}
