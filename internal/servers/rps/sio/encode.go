package sio

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"sync"
	"unicode/utf8"
)

// A Message is an event that has been encoded once, to be sent to any number
// of sockets of one namespace.
type Message struct {
	namespace string
	text      []byte
	parts     [][]byte
}

// Encode makes a message of an event and its arguments. Arguments are encoded
// as encoding/json does; []byte and [Value] among them, and within []any and
// map[string]any, go as binary. A json.RawMessage goes as it is.
func (n *Namespace) Encode(event string, args ...any) (*Message, error) {
	return encode(n.name, kindEvent, noID, event, args)
}

// encode makes the text and the attachments of a packet. Without an event
// (kindAck) the arguments are all there is.
func encode(namespace string, kind byte, id int64, event string, args []any) (*Message, error) {
	e := encoders.Get().(*encoder)
	defer e.release()
	e.buf.WriteByte('[')
	if kind == kindEvent {
		if err := e.value(event); err != nil {
			return nil, err
		}
	}
	for i, a := range args {
		if i > 0 || kind == kindEvent {
			e.buf.WriteByte(',')
		}
		if err := e.value(a); err != nil {
			return nil, fmt.Errorf("sio: argument %d of %q: %w", i+1, event, err)
		}
	}
	e.buf.WriteByte(']')
	text := make([]byte, 0, len(namespace)+8+e.buf.Len())
	text = appendHead(text, kind, len(e.parts), namespace, id)
	return &Message{namespace: namespace, text: append(text, e.buf.Bytes()...), parts: e.parts}, nil
}

// encoder writes the JSON of arguments and collects what is binary in them.
type encoder struct {
	buf   bytes.Buffer
	json  *json.Encoder
	parts [][]byte
}

var encoders = sync.Pool{New: func() any {
	e := new(encoder)
	e.json = json.NewEncoder(&e.buf)
	e.json.SetEscapeHTML(false)
	return e
}}

const keptBuffer = 16 << 10 // of an encoder; a larger one is left to the collector

func (e *encoder) release() {
	e.parts = nil
	if e.buf.Cap() > keptBuffer {
		return
	}
	e.buf.Reset()
	encoders.Put(e)
}

// value writes one value.
func (e *encoder) value(v any) error {
	switch v := v.(type) {
	case nil:
		e.buf.WriteString("null")
	case bool:
		e.buf.WriteString(strconv.FormatBool(v))
	case int:
		e.buf.WriteString(strconv.Itoa(v))
	case []byte:
		e.binary(v)
	case json.RawMessage:
		if v == nil {
			e.buf.WriteString("null")
			return nil
		}
		if !json.Valid(v) || !utf8.Valid(v) {
			return fmt.Errorf("%w: not JSON", ErrArgument)
		}
		e.buf.Write(v)
	case Value:
		return e.again(v)
	case []any:
		return e.array(v)
	case map[string]any:
		return e.object(v)
	default:
		return e.other(v)
	}
	return nil
}

// binary writes a mark, and keeps the bytes for an attachment.
func (e *encoder) binary(data []byte) {
	e.buf.WriteString(`{` + placeholder + `:true,"num":`)
	e.buf.WriteString(strconv.Itoa(len(e.parts)))
	e.buf.WriteByte('}')
	e.parts = append(e.parts, data)
}

// again writes a value that came from a client.
func (e *encoder) again(v Value) error {
	if len(v.parts) == 0 {
		if len(v.json) == 0 {
			e.buf.WriteString("null")
		}
		e.buf.Write(v.json)
		return nil
	}
	tree, err := v.replace(func(n int) any { return v.parts[n] })
	if err != nil {
		return err
	}
	return e.value(tree)
}

func (e *encoder) array(vs []any) error {
	e.buf.WriteByte('[')
	for i, v := range vs {
		if i > 0 {
			e.buf.WriteByte(',')
		}
		if err := e.value(v); err != nil {
			return err
		}
	}
	e.buf.WriteByte(']')
	return nil
}

func (e *encoder) object(m map[string]any) error {
	e.buf.WriteByte('{')
	first := true
	for key, v := range m {
		if !first {
			e.buf.WriteByte(',')
		}
		first = false
		if err := e.other(key); err != nil {
			return err
		}
		e.buf.WriteByte(':')
		if err := e.value(v); err != nil {
			return err
		}
	}
	e.buf.WriteByte('}')
	return nil
}

// other leaves a value to encoding/json, whose encoder ends it with a new line.
func (e *encoder) other(v any) error {
	if err := e.json.Encode(v); err != nil {
		return err
	}
	e.buf.Truncate(e.buf.Len() - 1)
	return nil
}
