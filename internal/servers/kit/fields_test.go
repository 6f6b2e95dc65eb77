package kit

import (
	"encoding/json"
	"errors"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestReadFields(t *testing.T) {
	const form, js = "application/x-www-form-urlencoded", "application/json"
	for _, tt := range []struct {
		name, kind, body string
		want             string // the fields as JSON, or the status
	}{
		{"object", js, `{"a":"x","b":[1,2],"c":{"d":null}}`, `{"a":"x","b":[1,2],"c":{"d":null}}`},
		{"charset", "application/json; charset=UTF-8", `{"a":"图"}`, `{"a":"图"}`},
		{"other JSON", "application/vnd.api+json", `{"a":1}`, `{"a":1}`},
		{"mark", js, "\uFEFF{}", `{}`},
		{"form", form, "a=x&b=1+2&c=%E5%9B%BE", `{"a":"x","b":"1 2","c":"图"}`},
		{"repeated", form, "a=1&a=2", `{"a":["1","2"]}`},
		{"empty", js, " \n", `{}`},
		{"list", js, `[1]`, `{}`},
		{"another type", "text/plain", "a=x", `{}`},
		{"no type", "", `{"a":1}`, `{}`},
		{"twice", js, `{"a":1,"a":2}`, `{"a":2}`},
		{"malformed", js, `{"a":`, "400"},
		{"text", js, `"a"`, "400"},
		{"null", js, `null`, "400"},
		{"half a list", js, `[1`, "400"},
		{"more behind it", js, `{} {}`, "400"},
		{"bad escape", form, "a=%zz", "400"},
		{"semicolon", form, "a=1;b=2", "400"},
		{"deep", js, strings.Repeat(`{"a":`, 20_000), "400"},
		{"other charset", "application/json; charset=gbk", `{}`, "415"},
		{"large", js, `{"a":"` + strings.Repeat("x", DefaultMaxFields) + `"}`, "413"},
		{"many", form, strings.Repeat("a&", maxFormFields), "413"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := httptest.NewRequest("POST", "/", strings.NewReader(tt.body))
			r.Header.Set("Content-Type", tt.kind)
			f, err := ReadFields(httptest.NewRecorder(), r, 0)
			var body *BodyError
			if errors.As(err, &body) {
				if got := map[int]string{400: "400", 413: "413", 415: "415"}[body.StatusCode()]; got != tt.want || body.Error() == "" || body.Unwrap() == nil {
					t.Errorf("got %d %v, want %s", body.Status, err, tt.want)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			got, err := json.Marshal(f)
			if err != nil || string(got) != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
	r := httptest.NewRequest("POST", "/", strings.NewReader("x"))
	r.Header.Set("Content-Type", js)
	r.Header.Set("Content-Encoding", "gzip")
	var body *BodyError
	if _, err := ReadFields(httptest.NewRecorder(), r, 0); !errors.As(err, &body) || body.Status != 415 {
		t.Errorf("compressed: %v", err)
	}
}

func TestFields(t *testing.T) {
	f := Fields{}
	if err := json.Unmarshal([]byte(`{"s":"图","n":-1.5,"i":7,"b":true,"null":null,"o":{},"d":"42","big":99999999999999999999}`), &f); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name               string
		str, text          string
		isStr, isText, has bool
		number             int64
		isNumber           bool
	}{
		{name: "s", str: "图", isStr: true, text: "图", isText: true, has: true},
		{name: "n", text: "-1.5", isText: true, has: true},
		{name: "i", text: "7", isText: true, has: true, number: 7, isNumber: true},
		{name: "d", str: "42", isStr: true, text: "42", isText: true, has: true, number: 42, isNumber: true},
		{name: "big", text: "99999999999999999999", isText: true, has: true},
		{name: "b", has: true},
		{name: "o", has: true},
		{name: "null"},
		{name: "gone"},
	} {
		str, isStr := f.String(tt.name)
		text, isText := f.Text(tt.name)
		number, isNumber := f.Int(tt.name)
		if !isNumber {
			number = 0
		}
		if str != tt.str || isStr != tt.isStr || text != tt.text || isText != tt.isText || f.Has(tt.name) != tt.has || number != tt.number || isNumber != tt.isNumber {
			t.Errorf("%s: %q %v, %q %v, %v, %d %v", tt.name, str, isStr, text, isText, f.Has(tt.name), number, isNumber)
		}
	}
}

func FuzzReadFields(f *testing.F) {
	seeds := []string{`{"a":"x"}`, "a=x&b=%41", "[1]", "{", "", "\uFEFF{}", `{"a":{"b":[1]}}`}
	for _, s := range seeds {
		f.Add(s, true)
		f.Add(s, false)
	}
	f.Fuzz(func(t *testing.T, body string, isJSON bool) {
		r := httptest.NewRequest("POST", "/", strings.NewReader(body))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if isJSON {
			r.Header.Set("Content-Type", "application/json")
		}
		fields, err := ReadFields(httptest.NewRecorder(), r, 1<<16)
		if err != nil {
			var e *BodyError
			if !errors.As(err, &e) || e.Status < 400 || e.Status > 415 {
				t.Fatalf("bad error %v", err)
			}
			return
		}
		for name, raw := range fields {
			if !json.Valid(raw) {
				t.Fatalf("%q is not JSON", raw)
			}
			_, _ = fields.String(name)
			_, _ = fields.Text(name)
			_, _ = fields.Int(name)
		}
	})
}
