package sio

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// A Value is one argument of an event or an acknowledgement, as it came. Its
// bytes are the receiver's to keep, and not to change.
type Value struct {
	json  []byte
	parts [][]byte // the packet's attachments
}

// ErrArgument says that an argument is not what a handler wants.
var ErrArgument = errors.New("sio: not such an argument")

// JSON returns the value as it came: a placeholder stands for each binary part.
func (v Value) JSON() []byte { return v.json }

// Binary returns the value's bytes if it is binary as a whole.
func (v Value) Binary() ([]byte, bool) {
	n, ok := v.attachment(v.json)
	if !ok {
		return nil, false
	}
	return v.parts[n], true
}

// Decode is json.Unmarshal, with binary parts as []byte.
func (v Value) Decode(into any) error {
	text := v.json
	if len(v.parts) > 0 {
		var err error
		if text, err = v.inline(); err != nil {
			return err
		}
	}
	if err := json.Unmarshal(text, into); err != nil {
		return fmt.Errorf("%w: %w", ErrArgument, err)
	}
	return nil
}

// mark is what stands in JSON where an attachment belongs.
type mark struct {
	Placeholder bool `json:"_placeholder"`
	Num         *int `json:"num"`
}

// attachment tells whether a JSON value is a mark, of an attachment that is
// there.
func (v Value) attachment(value []byte) (n int, ok bool) {
	if len(v.parts) == 0 || len(value) == 0 || value[0] != '{' || !bytes.Contains(value, []byte(placeholder)) {
		return 0, false
	}
	var m mark
	if json.Unmarshal(value, &m) != nil || !m.Placeholder || m.Num == nil || *m.Num < 0 || *m.Num >= len(v.parts) {
		return 0, false
	}
	return *m.Num, true
}

// inline returns the JSON with binary parts as base64, which is how
// encoding/json reads []byte.
func (v Value) inline() ([]byte, error) {
	tree, err := v.replace(func(n int) any { return base64.StdEncoding.EncodeToString(v.parts[n]) })
	if err != nil {
		return nil, err
	}
	return json.Marshal(tree)
}

// replace decodes the value and puts what of returns in the place of each
// mark. A mark of an attachment that is not there is an error.
func (v Value) replace(of func(n int) any) (any, error) {
	var tree any
	d := json.NewDecoder(bytes.NewReader(v.json))
	d.UseNumber()
	if err := d.Decode(&tree); err != nil && err != io.EOF {
		return nil, errPacket
	}
	return v.walk(tree, of)
}

func (v Value) walk(tree any, of func(n int) any) (_ any, err error) {
	switch t := tree.(type) {
	case []any:
		for i := range t {
			if t[i], err = v.walk(t[i], of); err != nil {
				return nil, err
			}
		}
	case map[string]any:
		if t["_placeholder"] == true {
			number, _ := t["num"].(json.Number)
			n, err := number.Int64()
			if err != nil || n < 0 || n >= int64(len(v.parts)) {
				return nil, errPacket
			}
			return of(int(n)), nil
		}
		for key := range t {
			if t[key], err = v.walk(t[key], of); err != nil {
				return nil, err
			}
		}
	}
	return tree, nil
}

// values makes arguments of the elements of an array. Marks must name
// attachments that are there.
func values(elements [][]byte, parts [][]byte) ([]Value, error) {
	vs := make([]Value, len(elements))
	for i, e := range elements {
		vs[i] = Value{json: e}
		if len(parts) > 0 && bytes.Contains(e, []byte(placeholder)) {
			vs[i].parts = parts
			if _, err := vs[i].replace(func(int) any { return nil }); err != nil {
				return nil, err
			}
		}
	}
	return vs, nil
}
