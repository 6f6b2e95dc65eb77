package rewrite

import (
	"strings"
	"testing"
)

// A source with more references than anybody writes is not followed, and what it
// names stays.
func TestCrowded(t *testing.T) {
	for name, text := range map[string]string{
		"a.js":   "x=[" + strings.Repeat("'/a.png',", maxRefs+1) + "]",
		"a.wxml": strings.Repeat("<image src='/a.png'/>", maxRefs+1),
		"a.wxss": strings.Repeat("a{b:url(/a.png)}", maxRefs+1),
		"a.json": "[" + strings.Repeat(`"/a.png",`, maxRefs) + `"/a.png"]`,
	} {
		f := Extract(name, []byte(text), ExtractOptions{Suffixes: testSuffixes})
		if f.Err == nil || len(f.Refs) > 0 || len(f.Names) == 0 {
			t.Errorf("%s: %v, %d references, %d names", name, f.Err, len(f.Refs), len(f.Names))
		}
	}
}
