package sio

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
)

func TestParseHead(t *testing.T) {
	for in, want := range map[string]head{
		"0":                           {kind: kindConnect, namespace: "/", id: noID},
		`0{"token":"123"}`:            {kind: kindConnect, namespace: "/", id: noID, data: []byte(`{"token":"123"}`)},
		"0/admin,":                    {kind: kindConnect, namespace: "/admin", id: noID},
		"0/admin":                     {kind: kindConnect, namespace: "/admin", id: noID},
		"0/admin?token=1234&uid=abcd": {kind: kindConnect, namespace: "/admin", query: "token=1234&uid=abcd", id: noID},
		"0/?token=1":                  {kind: kindConnect, namespace: "/", query: "token=1", id: noID},
		"1/admin,":                    {kind: kindDisconnect, namespace: "/admin", id: noID},
		`2["foo"]`:                    {kind: kindEvent, namespace: "/", id: noID, data: []byte(`["foo"]`)},
		`2/admin,456["x",123]`:        {kind: kindEvent, namespace: "/admin", id: 456, data: []byte(`["x",123]`)},
		`212["foo"]`:                  {kind: kindEvent, namespace: "/", id: 12, data: []byte(`["foo"]`)},
		`3/admin,13["bar"]`:           {kind: kindAck, namespace: "/admin", id: 13, data: []byte(`["bar"]`)},
		`51-["baz",{}]`:               {kind: kindEvent, attachments: 1, namespace: "/", id: noID, data: []byte(`["baz",{}]`)},
		`52-/admin,["baz"]`:           {kind: kindEvent, attachments: 2, namespace: "/admin", id: noID, data: []byte(`["baz"]`)},
		`61-15["bar"]`:                {kind: kindAck, attachments: 1, namespace: "/", id: 15, data: []byte(`["bar"]`)},
	} {
		got, err := parseHead([]byte(in))
		if len(got.data) == 0 {
			got.data = nil
		}
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v %v, want %+v", in, got, err, want)
		}
		if err == nil && got.query == "" && in != "0/admin" {
			back := appendHead(nil, got.kind, got.attachments, got.namespace, got.id)
			if back = append(back, got.data...); string(back) != in {
				t.Errorf("%s is written as %s", in, back)
			}
		}
	}
	for _, in := range []string{"", "7", "x", "2", "2{}", `2"x"`, "2[", "3", "3{}", `4"x"`, `4{}`, "5", "5[]", "5-[]", "5x-[]", "0[]", `0"x"`, `1[]`, "2/" + strings.Repeat("x", 600) + ",[]", "2/\xff,[]"} {
		if h, err := parseHead([]byte(in)); !errors.Is(err, errPacket) {
			t.Errorf("%q: %+v %v", in, h, err)
		}
	}
}

func TestSplitArray(t *testing.T) {
	for in, want := range map[string]string{
		`[]`:                                 "",
		` [ ] `:                              "",
		`["a"]`:                              `"a"`,
		` [ "a,]" , [1,[2]] ,{"b":[3]},4 ] `: `"a,]"|[1,[2]]|{"b":[3]}|4`,
		`["\"","\\",""]`:                     `"\""|"\\"|""`,
	} {
		if got := string(bytes.Join(splitArray([]byte(in)), []byte("|"))); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}

func TestEncode(t *testing.T) {
	n := &Namespace{name: "/admin"}
	type point struct {
		X int    `json:"x"`
		S string `json:"s"`
	}
	for _, c := range []struct {
		args  []any
		want  string
		parts int
	}{
		{nil, `2/admin,["e"]`, 0},
		{[]any{1, "<石头>", nil, true, 1.5, point{1, "&"}}, `2/admin,["e",1,"<石头>",null,true,1.5,{"x":1,"s":"&"}]`, 0},
		{[]any{json.RawMessage(`{"a": 1}`), Value{json: []byte(`[2]`)}, Value{}}, `2/admin,["e",{"a": 1},[2],null]`, 0},
		{[]any{[]byte{1}, map[string]any{"b": []any{[]byte{2}, "x"}}}, `52-/admin,["e",{"_placeholder":true,"num":0},{"b":[{"_placeholder":true,"num":1},"x"]}]`, 2},
		{[]any{json.RawMessage(nil), map[string]any{"a": json.RawMessage(nil)}}, `2/admin,["e",null,{"a":null}]`, 0},
		{[]any{map[string]any{}, []any{}, []any{1, 2}}, `2/admin,["e",{},[],[1,2]]`, 0},
	} {
		m, err := n.Encode("e", c.args...)
		if err != nil || string(m.text) != c.want || len(m.parts) != c.parts {
			t.Errorf("%v: %s %v, want %s", c.args, m.text, err, c.want)
		}
	}
	for _, bad := range []any{json.RawMessage("{"), json.RawMessage("\"\xff\""), make(chan int), []any{make(chan int)}, map[string]any{"a": func() {}}} {
		if m, err := n.Encode("e", bad); err == nil {
			t.Errorf("%v: %s", bad, m.text)
		}
	}
}

func TestValue(t *testing.T) {
	parts := [][]byte{{1, 2}, {3}}
	vs, err := values(splitArray([]byte(`["x",{"_placeholder":true,"num":1},{"pic":{"_placeholder":true,"num":0},"n":12345678901234567890}]`)), parts)
	if err != nil {
		t.Fatal(err)
	}
	if b, ok := vs[1].Binary(); !ok || !bytes.Equal(b, parts[1]) {
		t.Errorf("%v %v", b, ok)
	}
	for _, i := range []int{0, 2} {
		if _, ok := vs[i].Binary(); ok {
			t.Errorf("%s is binary", vs[i].JSON())
		}
	}
	var got struct {
		Pic []byte
		N   json.Number
	}
	if err := vs[2].Decode(&got); err != nil || !bytes.Equal(got.Pic, parts[0]) || got.N != "12345678901234567890" {
		t.Errorf("%+v %v", got, err)
	}
	var n int
	if err := vs[0].Decode(&n); !errors.Is(err, ErrArgument) {
		t.Error(err)
	}
	e := &Event{Args: vs}
	var s string
	if err := e.Arg(0, &s); err != nil || s != "x" {
		t.Error(s, err)
	}
	if err := e.Arg(3, &s); !errors.Is(err, ErrArgument) {
		t.Error(err)
	}
}

var headSeeds = []string{"0", `0/admin,{"token":"1"}`, `2["foo"]`, `2/admin,456["x",{"y":[1,"]"]}]`, `52-/a?b=c,1["z",{"_placeholder":true,"num":0}]`, `61-15[]`, "1/x", `2[ "a\"" , 1 ]`}

// No packet is trouble: what is understood has the parts that the protocol
// wants, and its arguments are the JSON that came.
func FuzzHead(f *testing.F) {
	if len(headSeeds) != 8 {
		f.Fatal("seeds are missing")
	}
	for _, s := range headSeeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		h, err := parseHead([]byte(in))
		if err != nil {
			if !errors.Is(err, errPacket) {
				t.Fatal(err)
			}
			return
		}
		if h.kind < kindConnect || h.kind > kindAck || !strings.HasPrefix(h.namespace, "/") || h.id < noID || h.id > maxID {
			t.Fatalf("%+v", h)
		}
		if h.kind < kindEvent {
			return
		}
		var want []json.RawMessage
		if err := json.Unmarshal(h.data, &want); err != nil {
			t.Fatal(err)
		}
		elements := splitArray(h.data)
		if len(elements) != len(want) {
			t.Fatalf("%q has %d elements, want %d", h.data, len(elements), len(want))
		}
		for i := range want {
			if !bytes.Equal(elements[i], want[i]) {
				t.Fatalf("element %d is %q, want %q", i, elements[i], want[i])
			}
		}
		if vs, err := values(elements, [][]byte{{1}}); err == nil {
			for _, v := range vs {
				var into any
				if err := v.Decode(&into); err != nil && json.Valid(v.json) && !strings.Contains(err.Error(), "cannot unmarshal number") {
					t.Fatal(err)
				}
				if _, err := (&Namespace{name: "/"}).Encode("again", v); err != nil && !errors.Is(err, errPacket) {
					t.Fatal(err)
				}
			}
		}
	})
}
