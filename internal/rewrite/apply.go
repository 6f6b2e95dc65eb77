package rewrite

import "strconv"

// EditError is an edit that cannot be applied: it lies outside of the file or
// before the end of the edit ahead of it.
type EditError struct {
	Index int // of the edit in its list
	Edit  Edit
	Text  string
}

func (e *EditError) Error() string {
	return "edit " + strconv.Itoa(e.Index) + " of bytes " + strconv.Itoa(e.Edit.Span.Start) + " to " +
		strconv.Itoa(e.Edit.Span.End) + " " + e.Text
}

// Apply returns a copy of data with every edit's span replaced. The edits must
// be in order and must not overlap, else the error is an *EditError. All bytes
// outside the spans stay as they are.
func Apply(data []byte, edits []Edit) ([]byte, error) {
	size, end := len(data), 0
	for i, e := range edits {
		switch {
		case e.Span.Start < 0 || e.Span.Start > e.Span.End || e.Span.End > len(data):
			return nil, &EditError{Index: i, Edit: e, Text: "lies outside of the file"}
		case e.Span.Start < end:
			return nil, &EditError{Index: i, Edit: e, Text: "overlaps the edit before it"}
		}
		end = e.Span.End
		size += len(e.New) - e.Span.Len()
	}
	out := make([]byte, 0, size)
	end = 0
	for _, e := range edits {
		out = append(out, data[end:e.Span.Start]...)
		out = append(out, e.New...)
		end = e.Span.End
	}
	return append(out, data[end:]...), nil
}
