package json

import (
	standard "encoding/json"
	"testing"
)

var seeds = []string{
	`{"tabBar": {"list": [{"iconPath": "a.png"}]}}`,
	"// a\n{'b': \"c\", /* d */ e: -1.5,}",
	`["\"\/\u4e2d\ud83d\ude00\\", 'it"s']`,
	`[[[{}]], {"a": null}]`,
	"\xef\xbb\xbf{\"\xff\": 1}",
	`{"a" "b"}`,
	`"a`,
	`[}`,
}

func TestSeeds(t *testing.T) {
	if len(seeds) != 8 {
		t.Fatalf("%d seeds", len(seeds))
	}
}

func FuzzScanner(f *testing.F) {
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		end := 0
		s := NewScanner(data)
		for {
			k, ok := s.Next()
			if !ok {
				break
			}
			if k.Span.Start < end || k.Span.End <= k.Span.Start || k.Span.End > len(data) || !k.Span.Contains(k.Value) && k.Kind != Comment {
				t.Fatalf("%v at %v, value %v, after %d", k.Kind, k.Span, k.Value, end)
			}
			end = k.Span.End
			s.Path()
			if k.Quote != '"' {
				continue
			}
			var want string
			if standard.Unmarshal(data[k.Span.Start:k.Span.End], &want) == nil {
				if got := Unescape(string([]rune(k.Value.Text(data)))); got != want {
					t.Fatalf("%q: got %q, want %q", k.Span.Text(data), got, want)
				}
			}
		}
		if standard.Valid(data) && s.Err() != nil && s.Err().(*SyntaxError).Text[:6] != "nested" {
			t.Fatalf("valid, but: %v", s.Err())
		}
	})
}
