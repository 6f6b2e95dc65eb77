package config

import (
	"strings"

	"github.com/wecos-go/wecos/internal/config/jsonc"
)

// The readers of values. None of them quotes a value in an error: it may be a
// secret that stands under the wrong key.

func text(field func(*draft) *string) func(*draft, jsonc.Value) error {
	return func(d *draft, v jsonc.Value) error {
		if v.Kind() != jsonc.String {
			return wrongKind(v, "a string")
		}
		*field(d) = strings.TrimSpace(v.Text())
		return nil
	}
}

// textOrNumber also takes the bare digits that people write for an account.
func textOrNumber(field func(*draft) *string) func(*draft, jsonc.Value) error {
	return func(d *draft, v jsonc.Value) error {
		if v.Kind() != jsonc.String && v.Kind() != jsonc.Number {
			return wrongKind(v, "a string")
		}
		*field(d) = strings.TrimSpace(v.Text())
		return nil
	}
}

// list takes one string or a list of them; empty strings are dropped.
func list(field func(*draft) *[]string) func(*draft, jsonc.Value) error {
	return func(d *draft, v jsonc.Value) error {
		elements := v.Elements()
		switch v.Kind() {
		case jsonc.Array:
		case jsonc.String:
			elements = []jsonc.Value{v}
		default:
			return wrongKind(v, "a string or a list of strings")
		}
		values := []string{}
		for _, e := range elements {
			if e.Kind() != jsonc.String {
				return wrongKind(e, "a string")
			}
			if s := strings.TrimSpace(e.Text()); s != "" {
				values = append(values, s)
			}
		}
		*field(d) = values
		return nil
	}
}

func flag(field func(*draft) *bool) func(*draft, jsonc.Value) error {
	return func(d *draft, v jsonc.Value) error {
		if v.Kind() != jsonc.Bool {
			return wrongKind(v, "true or false")
		}
		*field(d) = v.True()
		return nil
	}
}

func number(field func(*draft) *int) func(*draft, jsonc.Value) error {
	return func(d *draft, v jsonc.Value) error {
		n, ok := v.Int()
		switch {
		case !ok && v.Kind() == jsonc.Number:
			return v.Errorf("must be a whole number")
		case !ok:
			return wrongKind(v, "a whole number")
		}
		*field(d) = n
		return nil
	}
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
