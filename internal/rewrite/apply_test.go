package rewrite

import (
	"errors"
	"testing"

	"github.com/wecos-go/wecos/internal/rewrite/source"
)

func edit(start, end int, text string) Edit {
	return Edit{Span: source.Span{Start: start, End: end}, New: text}
}

func TestApply(t *testing.T) {
	tests := []struct {
		name  string
		edits []Edit
		want  string
		index int // of the edit at fault
		text  string
	}{
		{name: "nothing", want: "\xef\xbb\xbfabc\r\n\xff"},
		{name: "replace", edits: []Edit{edit(3, 4, "xyz"), edit(5, 6, "")}, want: "\xef\xbb\xbfxyzb\r\n\xff"},
		{name: "touching", edits: []Edit{edit(3, 4, "x"), edit(4, 5, "y")}, want: "\xef\xbb\xbfxyc\r\n\xff"},
		{name: "insert", edits: []Edit{edit(0, 0, "<"), edit(9, 9, ">")}, want: "<\xef\xbb\xbfabc\r\n\xff>"},
		{name: "out of order", edits: []Edit{edit(5, 6, ""), edit(3, 4, "")}, index: 1, text: "edit 1 of bytes 3 to 4 overlaps the edit before it"},
		{name: "overlap", edits: []Edit{edit(3, 5, ""), edit(4, 6, "")}, index: 1, text: "edit 1 of bytes 4 to 6 overlaps the edit before it"},
		{name: "beyond the end", edits: []Edit{edit(3, 10, "")}, text: "edit 0 of bytes 3 to 10 lies outside of the file"},
		{name: "before the beginning", edits: []Edit{edit(-1, 1, "")}, text: "edit 0 of bytes -1 to 1 lies outside of the file"},
		{name: "backwards", edits: []Edit{edit(3, 2, "")}, text: "edit 0 of bytes 3 to 2 lies outside of the file"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			data := []byte("\xef\xbb\xbfabc\r\n\xff")
			got, err := Apply(data, tt.edits)
			if string(data) != "\xef\xbb\xbfabc\r\n\xff" {
				t.Fatalf("the input became %q", data)
			}
			if tt.text == "" {
				if err != nil || string(got) != tt.want {
					t.Errorf("got %q, %v, want %q", got, err, tt.want)
				}
				return
			}
			var e *EditError
			if !errors.As(err, &e) || e.Index != tt.index || e.Error() != tt.text {
				t.Errorf("got %v, want %q", err, tt.text)
			}
		})
	}
}
