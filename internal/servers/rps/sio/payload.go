package sio

import (
	"bytes"
	"encoding/base64"
	"errors"
	"strconv"
	"unicode/utf8"

	"github.com/wecos-go/wecos/internal/servers/rps/sio/websocket"
)

// The types of Engine.IO packets.
const (
	typeOpen    = '0'
	typeClose   = '1'
	typePing    = '2'
	typePong    = '3'
	typeMessage = '4'
	typeUpgrade = '5'
	typeNoop    = '6'
)

// packet is an Engine.IO packet, or a WebSocket control frame on its way out.
type packet struct {
	kind   byte           // typeOpen…
	binary bool           // data are bytes; else they are text
	frame  websocket.Kind // a control frame instead, or 0
	data   []byte
}

// perPacket is what a packet in a queue costs beside its data.
const perPacket = 48

func (p packet) cost() int { return len(p.data) + perPacket }

// separator stands between the packets of a payload of revision 4.
const separator = 0x1e

var (
	errPayload = errors.New("the payload is malformed")
	errType    = errors.New("there is no packet of this type")
)

// parseText reads a packet that came as text: a WebSocket message, or a part
// of a payload. The data alias the text.
func parseText(text []byte) (packet, error) {
	if len(text) == 0 {
		return packet{}, errPayload
	}
	if text[0] < typeOpen || text[0] > typeNoop {
		return packet{}, errType
	}
	return packet{kind: text[0], data: text[1:]}, nil
}

// parseBinary reads a binary WebSocket message. In revision 3 the first byte
// is the type, as a number; in revision 4 everything is data.
func parseBinary(revision int, message []byte) (packet, error) {
	if revision >= 4 {
		return packet{kind: typeMessage, binary: true, data: message}, nil
	}
	if len(message) == 0 {
		return packet{}, errPayload
	}
	if message[0] != typeMessage-'0' {
		return packet{}, errType
	}
	return packet{kind: typeMessage, binary: true, data: message[1:]}, nil
}

// parsePayload reads the body of a POST request and hands each packet to do.
// It stops at the first that is malformed, or that do returns an error for.
func parsePayload(revision int, octets bool, body []byte, do func(packet) error) error {
	switch {
	case revision >= 4 && octets:
		return errPayload // binary data come as base64
	case revision >= 4:
		return parseSeparated(body, do)
	case octets:
		return parseOctets(body, do)
	}
	return parseCounted(body, do)
}

// parseSeparated reads a payload of revision 4.
func parseSeparated(body []byte, do func(packet) error) error {
	if !utf8.Valid(body) {
		return errPayload
	}
	for {
		part, rest, more := bytes.Cut(body, []byte{separator})
		var p packet
		var err error
		if len(part) > 0 && part[0] == 'b' {
			p, err = parseBase64(packet{kind: typeMessage}, part[1:])
		} else {
			p, err = parseText(part)
		}
		if err == nil {
			err = do(p)
		}
		if err != nil || !more {
			return err
		}
		body = rest
	}
}

func parseBase64(p packet, text []byte) (packet, error) {
	data, err := base64.StdEncoding.AppendDecode(nil, text)
	if err != nil {
		return packet{}, errPayload
	}
	p.binary, p.data = true, data
	return p, nil
}

// parseCounted reads a payload of revision 3 that came as text: packets with
// their lengths, counted as JavaScript counts, in units of UTF-16.
func parseCounted(body []byte, do func(packet) error) error {
	if !utf8.Valid(body) || len(body) == 0 {
		return errPayload
	}
	for len(body) > 0 {
		digits, _, found := bytes.Cut(body[:min(len(body), 12)], []byte{':'})
		units, err := length(digits)
		if !found || err != nil {
			return errPayload
		}
		body = body[len(digits)+1:]
		n, ok := bytesOf(body, units)
		if !ok {
			return errPayload
		}
		p, err := parseCountedPacket(body[:n])
		if err == nil {
			err = do(p)
		}
		if err != nil {
			return err
		}
		body = body[n:]
	}
	return nil
}

func parseCountedPacket(text []byte) (packet, error) {
	if len(text) > 1 && text[0] == 'b' { // base64 of a binary packet, its type before it
		if text[1] != typeMessage {
			return packet{}, errType
		}
		return parseBase64(packet{kind: typeMessage}, text[2:])
	}
	p, err := parseText(text)
	if err == nil {
		p.data = undouble(p.data)
	}
	return p, err
}

// length reads the decimal length of a packet.
func length(digits []byte) (int, error) {
	if len(digits) == 0 || len(digits) > 9 {
		return 0, errPayload
	}
	n := 0
	for _, d := range digits {
		if d < '0' || d > '9' {
			return 0, errPayload
		}
		n = n*10 + int(d-'0')
	}
	return n, nil
}

// bytesOf tells how many bytes of text the given number of UTF-16 units are.
func bytesOf(text []byte, units int) (n int, ok bool) {
	for units > 0 {
		if n == len(text) {
			return 0, false
		}
		r, size := utf8.DecodeRune(text[n:])
		units--
		if r >= 0x10000 {
			units--
		}
		n += size
	}
	return n, units == 0
}

// unitsOf counts UTF-16 units.
func unitsOf(text []byte) (units int) {
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		units++
		if r >= 0x10000 {
			units++
		}
		i += size
	}
	return units
}

// undouble takes one encoding away from text that has two: engine.io-client
// before 2.0 encodes text as UTF-8 and sends each byte as a character, which
// is encoded once more on the way. Such text has only characters up to 255,
// and these make UTF-8, which practically no other text does.
func undouble(text []byte) []byte {
	plain, high := make([]byte, 0, len(text)), false
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		if r > 0xff {
			return text
		}
		high = high || r >= utf8.RuneSelf
		plain = append(plain, byte(r))
		i += size
	}
	if !high || !utf8.Valid(plain) {
		return text
	}
	return plain
}

// parseOctets reads a payload of revision 3 that came as bytes: for each
// packet 0 for text or 1 for binary, its length as one byte a digit, 255, and
// the packet.
func parseOctets(body []byte, do func(packet) error) error {
	if len(body) == 0 {
		return errPayload
	}
	for len(body) > 0 {
		binary := body[0] == 1
		end := bytes.IndexByte(body[:min(len(body), 12)], 0xff)
		if body[0] > 1 || end < 2 || end > 10 {
			return errPayload
		}
		n := 0
		for _, d := range body[1:end] {
			if d > 9 {
				return errPayload
			}
			n = n*10 + int(d)
		}
		body = body[end+1:]
		if n > len(body) {
			return errPayload
		}
		var p packet
		var err error
		if binary {
			p, err = parseBinary(3, body[:n])
		} else if !utf8.Valid(body[:n]) {
			err = errPayload
		} else {
			p, err = parseText(body[:n])
		}
		if err == nil {
			err = do(p)
		}
		if err != nil {
			return err
		}
		body = body[n:]
	}
	return nil
}

// appendPayload writes the answer to a GET request, and tells whether it is
// bytes and not text. Revision 3 has binary data as they are unless the client
// said that it cannot take them (noBinary).
func appendPayload(dst []byte, revision int, noBinary bool, packets []packet) (payload []byte, octets bool) {
	if revision >= 4 {
		for i, p := range packets {
			if i > 0 {
				dst = append(dst, separator)
			}
			if p.binary {
				dst = append(dst, 'b')
				dst = base64.StdEncoding.AppendEncode(dst, p.data)
			} else {
				dst = append(append(dst, p.kind), p.data...)
			}
		}
		return dst, false
	}
	for _, p := range packets {
		octets = octets || p.binary && !noBinary
	}
	for _, p := range packets {
		if octets {
			dst = appendOctets(dst, p)
		} else {
			dst = appendCounted(dst, p)
		}
	}
	return dst, octets
}

func appendCounted(dst []byte, p packet) []byte {
	if p.binary {
		dst = strconv.AppendInt(dst, int64(2+base64.StdEncoding.EncodedLen(len(p.data))), 10)
		dst = append(dst, ':', 'b', p.kind)
		return base64.StdEncoding.AppendEncode(dst, p.data)
	}
	data := ascii(p.data)
	dst = strconv.AppendInt(dst, int64(1+unitsOf(data)), 10)
	dst = append(dst, ':', p.kind)
	return append(dst, data...)
}

func appendOctets(dst []byte, p packet) []byte {
	data, kind := p.data, p.kind
	if p.binary {
		dst = append(dst, 1)
		kind -= '0'
	} else {
		dst = append(dst, 0)
		data = ascii(data)
	}
	for _, d := range strconv.Itoa(1 + len(data)) {
		dst = append(dst, byte(d-'0'))
	}
	dst = append(dst, 0xff, kind)
	return append(dst, data...)
}

// ascii escapes what is not ASCII in a packet's JSON. Clients of revision 3
// do not agree about the encoding of text in payloads: see undouble.
func ascii(data []byte) []byte {
	start := bytes.IndexAny(data, `[{"`) // a namespace before it has no escapes
	plain := func(b byte) bool { return b < utf8.RuneSelf }
	i := max(start, 0)
	for i < len(data) && plain(data[i]) {
		i++
	}
	if start < 0 || i == len(data) {
		return data
	}
	out := append(make([]byte, 0, 2*len(data)), data[:i]...)
	for i < len(data) {
		r, size := utf8.DecodeRune(data[i:])
		if size == 1 {
			out = append(out, data[i])
		} else {
			out = appendEscape(out, r)
		}
		i += size
	}
	return out
}

// appendEscape appends \u escapes of a character: two for one outside of the
// basic plane.
func appendEscape(dst []byte, r rune) []byte {
	const hex = "0123456789abcdef"
	if r >= 0x10000 {
		r -= 0x10000
		dst = appendEscape(dst, 0xd800+r>>10)
		r = 0xdc00 + r&0x3ff
	}
	return append(dst, '\\', 'u', hex[r>>12&15], hex[r>>8&15], hex[r>>4&15], hex[r&15])
}
