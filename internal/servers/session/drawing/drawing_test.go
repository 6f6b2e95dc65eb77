package drawing_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/wecos-go/wecos/internal/servers/session/drawing"
)

func TestCheck(t *testing.T) {
	deep := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	full := `["` + strings.Repeat("x", drawing.MaxActions-4) + `"]`
	for _, tt := range []struct {
		name, id, actions string
		want              error
	}{
		{"empty", "1", `[]`, nil},
		{"spaces", "1", " \t\r\n[1, {\"a\": [2]}] ", nil},
		{"Chinese id", "画-1", `["茶"]`, nil},
		{"longest id", strings.Repeat("i", drawing.MaxID), `[]`, nil},
		{"too long id", strings.Repeat("i", drawing.MaxID+1), `[]`, drawing.ErrID},
		{"no id", "", `[]`, drawing.ErrID},
		{"id that is no text", "\xff", `[]`, drawing.ErrID},
		{"id with a zero", "a\x00b", `[]`, drawing.ErrID},
		{"largest", "1", full, nil},
		{"too large", "1", full + " ", drawing.ErrSize},
		{"an object", "1", `{}`, drawing.ErrActions},
		{"a string", "1", `"[]"`, drawing.ErrActions},
		{"nothing", "1", ``, drawing.ErrActions},
		{"half", "1", `[1`, drawing.ErrActions},
		{"two", "1", `[][]`, drawing.ErrActions},
		{"no JSON", "1", `[object Object]`, drawing.ErrActions},
		{"no text", "1", "[\"\xff\"]", drawing.ErrActions},
		{"deepest", "1", deep(drawing.MaxDepth), nil},
		{"too deep", "1", deep(drawing.MaxDepth + 1), drawing.ErrDepth},
		{"too deep, and broken", "1", strings.Repeat("[", 100_000), drawing.ErrDepth},
		{"brackets in strings", "1", `["` + strings.Repeat(`[\"{`, 100) + `\\", 1]`, nil},
	} {
		got := drawing.Drawing{ID: tt.id, Actions: tt.actions}.Check()
		if !errors.Is(got, tt.want) || (got == nil) != (tt.want == nil) {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}
