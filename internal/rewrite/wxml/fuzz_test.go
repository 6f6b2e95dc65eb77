package wxml

import (
	"testing"

	"github.com/wecos-go/wecos/internal/rewrite/source"
)

func span(start, end int) source.Span { return source.Span{Start: start, End: end} }

var seeds = []string{
	`<view class="a {{b}}" wx:if="{{c > d}}"><image src='/a.png'/></view>`,
	`<image src=/a.png mode=x/><image x="y"src="a" b = 'c'>`,
	`<!-- a --><!--><!--->< <a></a ><!-- b`,
	`<wxs module="m">var a = "</b>"</wxs>{{ a<b ? '}}' : "{{" }}`,
	"<?xml?><!DOCTYPE a><![CDATA[<b>]]>\xef\xbb\xbf<中 文='\xff'>",
	`<a b="{{ {c: {d: 1}} }}{{it's}}{{"`,
	`<wxs>`,
	`<a b=c"d"><a ="e">`,
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
			if k.Span.Start < end || k.Span.End <= k.Span.Start || k.Span.End > len(data) {
				t.Fatalf("%v at %v after %d", k.Kind, k.Span, end)
			}
			end = k.Span.End
			if k.Name.Len() > 0 && !k.Span.Contains(k.Name) || k.HasValue && !k.Span.Contains(k.Value) {
				t.Fatalf("%v: name %v, value %v outside of %v", k.Kind, k.Name, k.Value, k.Span)
			}
			checkSegments(t, data, k.Value)
		}
		if s.Err() == nil && end < len(data) && !(end == 0 && len(data) == 3) {
			t.Fatalf("stopped at %d of %d without an error", end, len(data))
		}
		checkSegments(t, data, span(0, len(data)))
		if u := Unescape(string(data)); len(u) > len(data) {
			t.Fatalf("unescaped %q is longer: %q", data, u)
		}
	})
}

func checkSegments(t *testing.T, data []byte, value source.Span) {
	end := value.Start
	for _, s := range Mustache(data, value) {
		if s.Span.Start < end || s.Span.End < s.Span.Start || s.Span.End > value.End || !s.Expr && s.Span.Len() == 0 {
			t.Fatalf("segment %v of %v after %d", s, value, end)
		}
		end = s.Span.End
	}
}
