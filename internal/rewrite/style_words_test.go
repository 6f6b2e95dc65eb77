package rewrite

import (
	"slices"
	"testing"
)

func TestBareWords(t *testing.T) {
	const sheet = `@a: one, "two"; $b: three; .c:four { .m(@x, five); color: six; } /* .m(seven) */ // .m(eight)
@each $n in nine { background: url(ten/eleven.png) url("twelve") } .guard when (@thirteen) {} @import "fourteen"; .m('x', 图)`
	var got []string
	add := func(w []byte) { got = append(got, string(w)) }
	bareWords([]byte(sheet), add)
	want := []string{"a", "one", "b", "three", "x", "five", "each", "n", "in", "nine", "thirteen", "import", "图"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	for i := range sheet { // wherever it ends
		bareWords([]byte(sheet[:i]), func([]byte) {})
	}
}
