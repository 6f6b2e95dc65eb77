package wxss

import (
	"testing"
)

var seeds = []string{
	`.a{background:url("/a.png"),URL( 'b.png' ) url(c\).png)}`,
	"/* a */ // b\n@import 'c', \"d\";@import url(e) f;",
	`a{b:url(data:image/svg+xml,<svg a='b(c)'>);content:"\"\` + "\n" + `"}`,
	"@import (a) b, c\n@use \"d\" as e;",
	`a{b:url($c + "/#{d}.png") url(@{e}/f.png) url("#{g("h")}")}`,
	`url(`,
	`"a`,
	"url(it's)'\xff",
}

func TestSeeds(t *testing.T) {
	if len(seeds) != 8 {
		t.Fatalf("%d seeds", len(seeds))
	}
}

func FuzzScanner(f *testing.F) {
	for i, s := range seeds {
		f.Add([]byte(s), i%2 == 0)
	}
	f.Fuzz(func(t *testing.T, data []byte, preprocessed bool) {
		end := 0
		s := NewScanner(data, preprocessed)
		for {
			k, ok := s.Next()
			if !ok {
				break
			}
			if k.Span.Start < end || k.Span.End <= k.Span.Start || k.Span.End > len(data) || !k.Span.Contains(k.Value) || k.Value.Len() < 0 {
				t.Fatalf("%v at %v, value %v, after %d", k.Kind, k.Span, k.Value, end)
			}
			end = k.Span.End
			at := k.Value.Start
			for _, p := range Parts(data, k) {
				if p.Span.Start < at || p.Span.Len() <= 0 || p.Span.End > k.Value.End {
					t.Fatalf("part %v of %v after %d", p, k.Value, at)
				}
				at = p.Span.End
			}
		}
		Unescape(string(data))
	})
}
