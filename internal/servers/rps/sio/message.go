package sio

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"
	"unicode/utf8"
)

// The types of Socket.IO packets.
const (
	kindConnect      = '0'
	kindDisconnect   = '1'
	kindEvent        = '2'
	kindAck          = '3'
	kindConnectError = '4'
	kindBinaryEvent  = '5'
	kindBinaryAck    = '6'
)

const (
	maxNamespace = 512                 // bytes of a namespace's name with its query
	maxID        = 1<<53 - 1           // acknowledgement ids are numbers of JavaScript
	noID         = int64(-1)           // the packet has none
	placeholder  = `"_placeholder"`    // marks where an attachment belongs
	invalidNS    = "Invalid namespace" // the reference's words for a namespace that is not there
)

// head is a Socket.IO packet without its attachments.
type head struct {
	kind        byte   // kindConnect…, binary ones as their plain twins
	attachments int    // that follow
	namespace   string // "/" for the main one
	query       string // behind the namespace's name, in revision 4
	id          int64  // noID, or the one to acknowledge
	data        []byte // JSON, or empty; aliases the text
}

var errPacket = errors.New("the packet is malformed")

// parseHead reads the text of a Socket.IO packet: type, number of attachments
// and "-", namespace and ",", id, JSON. What each type may have for JSON is
// checked, too.
func parseHead(text []byte) (h head, err error) {
	if len(text) == 0 {
		return h, errPacket
	}
	h.kind, h.id, h.namespace = text[0], noID, "/"
	text = text[1:]
	if h.kind == kindBinaryEvent || h.kind == kindBinaryAck {
		digits, _, found := bytes.Cut(text[:min(len(text), 12)], []byte{'-'})
		if h.attachments, err = length(digits); err != nil || !found {
			return h, errPacket
		}
		text = text[len(digits)+1:]
		h.kind -= kindBinaryEvent - kindEvent
	}
	if len(text) > 0 && text[0] == '/' {
		name, rest, _ := bytes.Cut(text, []byte{','})
		if len(name) > maxNamespace || !utf8.Valid(name) {
			return h, errPacket
		}
		path, query, _ := bytes.Cut(name, []byte{'?'})
		if len(path) > 1 {
			h.namespace = string(path)
		}
		h.query, text = string(query), rest
	}
	if h.id, text, err = parseID(text); err != nil {
		return h, err
	}
	h.data = text
	return h, h.check()
}

func parseID(text []byte) (id int64, rest []byte, err error) {
	n := 0
	for n < len(text) && text[n] >= '0' && text[n] <= '9' {
		n++
	}
	if n == 0 {
		return noID, text, nil
	}
	id, err = strconv.ParseInt(string(text[:n]), 10, 64)
	if err != nil || id > maxID {
		return noID, text, errPacket
	}
	return id, text[n:], nil
}

// check is what the protocol says of a packet's payload.
func (h *head) check() error {
	if len(h.data) > 0 && !json.Valid(h.data) {
		return errPacket
	}
	var first byte // of the JSON, without white space
	if trimmed := bytes.TrimLeft(h.data, " \t\r\n"); len(trimmed) > 0 {
		first = trimmed[0]
	}
	switch h.kind {
	case kindConnect:
		if first == 0 || first == '{' {
			return nil
		}
	case kindDisconnect:
		if first == 0 {
			return nil
		}
	case kindEvent, kindAck:
		if first == '[' {
			return nil
		}
	}
	return errPacket // also for CONNECT_ERROR, which only a server sends
}

// splitArray cuts the elements out of an array, which must be valid JSON.
func splitArray(array []byte) (elements [][]byte) {
	depth, start := 0, 0
	add := func(end int) {
		if element := bytes.Trim(array[start:end], " \t\r\n"); len(element) > 0 {
			elements = append(elements, element)
		}
		start = end + 1
	}
	for i := 0; i < len(array); i++ {
		switch array[i] {
		case '"':
			for i++; array[i] != '"'; i++ {
				if array[i] == '\\' {
					i++
				}
			}
		case '[', '{':
			if depth++; depth == 1 {
				start = i + 1
			}
		case ']', '}':
			if depth--; depth == 0 {
				add(i)
			}
		case ',':
			if depth == 1 {
				add(i)
			}
		}
	}
	return elements
}

// eventName reads an event's name: a string, or a number, which JavaScript
// takes for its digits.
func eventName(element []byte) (string, error) {
	switch c := element[0]; {
	case c == '"' && bytes.IndexByte(element, '\\') < 0:
		return string(element[1 : len(element)-1]), nil
	case c == '"':
		var name string
		err := json.Unmarshal(element, &name)
		return name, err
	case c == '-' || c >= '0' && c <= '9':
		return string(element), nil
	}
	return "", errPacket
}

// appendHead writes what stands before a packet's JSON.
func appendHead(dst []byte, kind byte, attachments int, namespace string, id int64) []byte {
	if attachments > 0 {
		kind += kindBinaryEvent - kindEvent
	}
	dst = append(dst, kind)
	if attachments > 0 {
		dst = append(strconv.AppendInt(dst, int64(attachments), 10), '-')
	}
	if namespace != "/" {
		dst = append(append(dst, namespace...), ',')
	}
	if id != noID {
		dst = strconv.AppendInt(dst, id, 10)
	}
	return dst
}
