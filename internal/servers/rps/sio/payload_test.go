package sio

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"
)

func text(kind byte, data string) packet { return packet{kind: kind, data: []byte(data)} }
func octet(data ...byte) packet          { return packet{kind: typeMessage, binary: true, data: data} }
func same(a, b packet) bool {
	return a.kind == b.kind && a.binary == b.binary && bytes.Equal(a.data, b.data)
}
func show(ps []packet) string { b, _ := json.Marshal(shown(ps)); return string(b) }
func shown(ps []packet) (texts []string) {
	for _, p := range ps {
		texts = append(texts, string(p.kind)+string(p.data))
	}
	return texts
}
func parseAll(revision int, octets bool, body string) (ps []packet, err error) {
	err = parsePayload(revision, octets, []byte(body), func(p packet) error {
		p.data = bytes.Clone(p.data)
		ps = append(ps, p)
		return nil
	})
	return ps, err
}

// The specifications' own examples, and what both directions have to agree on.
func TestPayloads(t *testing.T) {
	for _, c := range []struct {
		name     string
		revision int
		noBinary bool
		packets  []packet
		want     string
		octets   bool
	}{
		{"4: text", 4, false, []packet{text('4', "hello"), text('2', ""), text('4', "world")}, "4hello\x1e2\x1e4world", false},
		{"4: binary", 4, false, []packet{text('4', "hello"), octet(1, 2, 3, 4)}, "4hello\x1ebAQIDBA==", false},
		{"4: empty binary", 4, false, []packet{octet()}, "b", false},
		{"3: text", 3, false, []packet{text('4', "hello"), text('4', `"\u20ac"`)}, `6:4hello9:4"\u20ac"`, false},
		{"3: binary", 3, false, []packet{text('4', "x"), octet(1, 2, 3, 4)}, "\x00\x02\xff4x\x01\x05\xff\x04\x01\x02\x03\x04", true},
		{"3: base64", 3, true, []packet{text('4', "x"), octet(1, 2, 3, 4)}, "2:4x10:b4AQIDBA==", false},
		{"3: long", 3, false, []packet{octet(make([]byte, 1233)...)}, "\x01\x01\x02\x03\x04\xff\x04" + strings.Repeat("\x00", 1233), true},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, octets := appendPayload(nil, c.revision, c.noBinary, c.packets)
			if string(got) != c.want || octets != c.octets {
				t.Fatalf("%q %v, want %q", got, octets, c.want)
			}
			back, err := parseAll(c.revision, octets, c.want)
			if err != nil || len(back) != len(c.packets) {
				t.Fatalf("%v %v", back, err)
			}
			for i := range back {
				if !same(back[i], c.packets[i]) {
					t.Errorf("packet %d: %v, want %v", i, back[i], c.packets[i])
				}
			}
		})
	}
}

// What clients send, beside what this server would.
func TestParsePayload(t *testing.T) {
	for _, c := range []struct {
		name     string
		revision int
		octets   bool
		body     string
		want     string // or "" for an error
	}{
		{"characters are counted, not bytes", 3, false, "6:4hello2:4€", `["4hello","4€"]`},
		{"as JavaScript counts them", 3, false, "3:4😀2:4x", `["4😀","4x"]`},
		{"half a character", 3, false, "2:4😀", ""},
		{"encoded twice, by an old client", 3, false, "4:4\u00e2\u0082\u00ac", `["4€"]`},
		{"Latin letters, encoded once", 3, false, "3:4é!", `["4é!"]`},
		{"text as bytes", 3, true, "\x00\x04\xff4\xe2\x82\xac", `["4€"]`},
		{"no length", 3, false, ":4", ""},
		{"length without packet", 3, false, "5:4x", ""},
		{"no colon", 3, false, "14x", ""},
		{"huge length", 3, false, "99999999999999999999:4", ""},
		{"negative length", 3, false, "-1:4", ""},
		{"empty packet", 3, false, "0:", ""},
		{"empty body", 3, false, "", ""},
		{"empty bytes", 3, true, "", ""},
		{"bytes: no length", 3, true, "\x00\xff4", ""},
		{"bytes: no end of length", 3, true, "\x00\x01", ""},
		{"bytes: length beyond nine", 3, true, "\x00\x0a\xff4", ""},
		{"bytes: long length", 3, true, "\x00\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\xff4", ""},
		{"bytes: too short", 3, true, "\x00\x05\xff4", ""},
		{"bytes: neither text nor binary", 3, true, "\x02\x01\xff4", ""},
		{"bytes: no such type", 3, true, "\x01\x02\xff\x09a", ""},
		{"bytes: text that is not UTF-8", 3, true, "\x00\x02\xff4\xff", ""},
		{"4: bytes", 4, true, "4x", ""},
		{"4: empty", 4, false, "", ""},
		{"4: empty packet", 4, false, "4x\x1e", ""},
		{"4: no such type", 4, false, "7", ""},
		{"4: not base64", 4, false, "b$", ""},
		{"4: not UTF-8", 4, false, "4\xff", ""},
		{"3: base64 that is not", 3, false, "3:b4$", ""},
		{"3: base64 without type", 3, false, "1:b", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := parseAll(c.revision, c.octets, c.body)
			if (err != nil) != (c.want == "") || err == nil && show(got) != c.want {
				t.Errorf("%s %v, want %s", show(got), err, c.want)
			}
		})
	}
}

// Text of revision 3 is ASCII, so that clients which decode it twice agree
// with those that do not.
func TestASCII(t *testing.T) {
	for in, want := range map[string]string{
		`2["石头"]`:        `2["\u77f3\u5934"]`,
		`2/é,["é"]`:      `2/é,["\u00e9"]`,
		`2["😀",{"é":1}]`: `2["\ud83d\ude00",{"\u00e9":1}]`,
		`2["x"]`:         `2["x"]`,
		`0/é,`:           `0/é,`,
		``:               ``,
	} {
		if got := string(ascii([]byte(in))); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}

var payloadSeeds = []struct {
	octets bool
	body   string
}{
	{false, "4hello\x1e2\x1e4world"}, {false, "4hello\x1ebAQIDBA=="}, {false, "6:4hello2:4€"}, {false, "2:4€10:b4AQIDBA=="},
	{false, "3:4😀1:2"}, {true, "\x00\x04\xff4\xe2\x82\xac\x01\x05\xff\x04\x01\x02\x03\x04"}, {false, "4:4\u00e2\u0082\u00ac"}, {false, "1:"},
}

// No body of a request is trouble, and what is understood reads the same when
// it is written and read again.
func FuzzPayload(f *testing.F) {
	if len(payloadSeeds) != 8 {
		f.Fatal("seeds are missing")
	}
	for _, s := range payloadSeeds {
		f.Add(3, s.octets, s.body)
		f.Add(4, s.octets, s.body)
	}
	f.Fuzz(func(t *testing.T, revision int, octets bool, body string) {
		revision = 3 + revision&1
		packets, err := parseAll(revision, octets, body)
		if err != nil {
			if !errors.Is(err, errPayload) && !errors.Is(err, errType) {
				t.Fatal(err)
			}
			return
		}
		for _, p := range packets {
			if !p.binary && !utf8.Valid(p.data) {
				t.Fatalf("%q is not UTF-8", p.data)
			}
		}
		for _, noBinary := range []bool{true, false} {
			out, octets := appendPayload(nil, revision, noBinary, packets)
			back, err := parseAll(revision, octets, string(out))
			if err != nil || len(back) != len(packets) {
				t.Fatalf("%q: %v", out, err)
			}
			for i, p := range packets {
				if revision == 3 && !p.binary {
					p.data = undouble(ascii(p.data)) // the name of a namespace is left as it is
					if octets {
						p.data = ascii(packets[i].data)
					}
				}
				if !same(back[i], p) {
					t.Fatalf("%q: %v, want %v", out, back[i], p)
				}
			}
		}
	})
}
