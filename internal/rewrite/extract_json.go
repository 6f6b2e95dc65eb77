package rewrite

import (
	"errors"
	"strings"

	"github.com/wecos-go/wecos/internal/rewrite/json"
)

// extractJSON finds the strings of a JSON file that may name an image. None is
// ever rewritten.
func extractJSON(f *Facts, data []byte, _ ExtractOptions) {
	s := json.NewScanner(data)
	for {
		t, ok := s.Next()
		if !ok || f.crowded(t.Span.Start) {
			break
		}
		if t.Kind == json.Comment {
			f.comments = append(f.comments, t.Span)
			continue
		}
		text := json.Unescape(f.text(t.Value))
		path := ""
		if t.Kind == json.String && s.Depth() <= 3 {
			path = s.Path()
			f.component(path, text)
		}
		if !strings.Contains(text, "/") && !containsSuffixFold(text, f.opt.Suffixes) {
			continue
		}
		if path == "" {
			path = s.Path()
		}
		f.Refs = append(f.Refs, Ref{
			Span: t.Value, Whole: t.Value, Form: JSONText, Quote: t.Quote,
			Pos: LocalOnly, Base: InJSONFile, API: path, Value: text, Frozen: true,
		})
	}
	var bad *json.SyntaxError
	if errors.As(s.Err(), &bad) {
		f.Err = &ParseError{Offset: bad.Offset, Text: bad.Text}
	}
}

// component notes the folder of a custom component, or the default of a
// generic one. A component that the file uses comes before a default of the
// same name.
func (f *Facts) component(path, value string) {
	name, used := strings.CutPrefix(path, "usingComponents.")
	if !used {
		var ok bool
		if name, ok = strings.CutPrefix(path, "componentGenerics."); !ok {
			return
		}
		if name, ok = strings.CutSuffix(name, ".default"); !ok {
			return
		}
	}
	if _, known := f.Components[name]; known && !used {
		return
	}
	if f.Components == nil {
		f.Components = map[string]string{}
	}
	f.Components[name] = value
}

// containsSuffixFold reports whether an image suffix stands anywhere in v.
func containsSuffixFold(v string, suffixes []string) bool {
	lower := strings.ToLower(v)
	for _, s := range suffixes {
		if strings.Contains(lower, s) {
			return true
		}
	}
	return false
}
