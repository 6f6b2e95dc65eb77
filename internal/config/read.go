package config

import (
	"strings"

	"github.com/wecos-go/wecos/internal/config/jsonc"
)

// The readers of values. None of them quotes a value in an error: it may be a
// secret that stands under the wrong key.

// reader makes a reader of a field of the draft from one of values.
func reader[T any](field func(*draft) *T, read func(jsonc.Value) (T, error)) func(*draft, jsonc.Value) error {
	return func(d *draft, v jsonc.Value) error {
		value, err := read(v)
		if err == nil {
			*field(d) = value
		}
		return err
	}
}

func text(field func(*draft) *string) func(*draft, jsonc.Value) error {
	return reader(field, readText)
}

func textOrNumber(field func(*draft) *string) func(*draft, jsonc.Value) error {
	return reader(field, readTextOrNumber)
}

func list(field func(*draft) *[]string) func(*draft, jsonc.Value) error {
	return reader(field, readList)
}

func flag(field func(*draft) *bool) func(*draft, jsonc.Value) error {
	return reader(field, readBool)
}

func number(field func(*draft) *int) func(*draft, jsonc.Value) error {
	return reader(field, readNumber)
}

func readText(v jsonc.Value) (string, error) {
	if v.Kind() != jsonc.String {
		return "", wrongKind(v, "a string")
	}
	return strings.TrimSpace(v.Text()), nil
}

// readTextOrNumber also takes the bare digits that people write for an account.
func readTextOrNumber(v jsonc.Value) (string, error) {
	if v.Kind() != jsonc.String && v.Kind() != jsonc.Number {
		return "", wrongKind(v, "a string")
	}
	return strings.TrimSpace(v.Text()), nil
}

// readList takes one string or a list of them; empty strings are dropped.
func readList(v jsonc.Value) ([]string, error) {
	elements := v.Elements()
	switch v.Kind() {
	case jsonc.Array:
	case jsonc.String:
		elements = []jsonc.Value{v}
	default:
		return nil, wrongKind(v, "a string or a list of strings")
	}
	values := []string{}
	for _, e := range elements {
		if e.Kind() != jsonc.String {
			return nil, wrongKind(e, "a string")
		}
		if s := strings.TrimSpace(e.Text()); s != "" {
			values = append(values, s)
		}
	}
	return values, nil
}

func readBool(v jsonc.Value) (bool, error) {
	if v.Kind() != jsonc.Bool {
		return false, wrongKind(v, "true or false")
	}
	return v.True(), nil
}

func readNumber(v jsonc.Value) (int, error) {
	n, ok := v.Int()
	switch {
	case !ok && v.Kind() == jsonc.Number:
		return 0, v.Errorf("must be a whole number")
	case !ok:
		return 0, wrongKind(v, "a whole number")
	}
	return n, nil
}

// readCompress takes true, false, or an object with the keys of Compress.
func readCompress(d *draft, v jsonc.Value) error {
	switch v.Kind() {
	case jsonc.Bool:
		d.compress = nil
		if v.True() {
			d.compress = newCompress()
		}
		return nil
	case jsonc.Object:
	default:
		return wrongKind(v, "true, false or an object")
	}
	c := newCompress()
	d.compress = c
	for _, m := range v.Members() {
		switch name := m.Key.Text(); name {
		case "engine":
			c.Engine = strings.TrimSpace(m.Value.Text())
			if c.Engine != EngineLocal && c.Engine != EngineCI {
				return m.Value.Errorf(`compress.engine must be "local" or "ci"`)
			}
		case "quality":
			n, ok := m.Value.Int()
			if !ok || n < 1 || n > 100 {
				return m.Value.Errorf("compress.quality must be a number from 1 to 100")
			}
			c.Quality = n
		case "maxWidth":
			n, ok := m.Value.Int()
			if !ok || n < 0 || n > 100_000 {
				return m.Value.Errorf("compress.maxWidth must be a number of pixels, or 0 for any width")
			}
			c.MaxWidth = n
		default:
			return m.Key.Errorf("compress has no key %q; it knows engine, quality and maxWidth", shorten(name))
		}
	}
	return nil
}

func newCompress() *Compress { return &Compress{Engine: EngineLocal, Quality: 85} }

// wrongKind complains about the type of v; the caller puts the key's name
// before it.
func wrongKind(v jsonc.Value, want string) error {
	return v.Errorf("must be %s, not %s", want, v.Kind())
}

// shorten bounds a name that an error repeats.
func shorten(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}
