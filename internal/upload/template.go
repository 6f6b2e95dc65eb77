package upload

import (
	"encoding/hex"
	"fmt"
	"path"
	"strconv"
	"strings"
)

// DefaultTemplate keeps an image's path as its key.
const DefaultTemplate = "[path][name][ext]"

// Template expands a fileName setting. The zero Template is the default one.
type Template struct {
	source string
	parts  []part
	hashed bool
}

type part struct {
	kind partKind
	text string // literal
	n    int    // digits of a hash
}

type partKind uint8

const (
	literalPart partKind = iota
	pathPart
	namePart
	extPart
	hashPart
)

// ParseTemplate reads a template of literal text and these placeholders:
//
//	[path]    the image's folder relative to the app root, with a trailing slash
//	[name]    the file name without its suffix
//	[ext]     the suffix with its dot
//	[hash]    the SHA-256 of the content in hexadecimal
//	[hash:n]  its first n digits, 1 to 64
//
// An empty template is the default. The error is a *TemplateError.
func ParseTemplate(s string) (Template, error) {
	if s == "" {
		s = DefaultTemplate
	}
	t := Template{source: s}
	for rest := s; rest != ""; {
		open := strings.IndexAny(rest, "[]")
		if open < 0 {
			open = len(rest)
		}
		if open > 0 {
			t.parts = append(t.parts, part{kind: literalPart, text: rest[:open]})
			rest = rest[open:]
			continue
		}
		end := strings.IndexByte(rest, ']')
		if end <= 0 {
			return Template{}, &TemplateError{s, "unbalanced bracket"}
		}
		p, ok := placeholder(rest[1:end])
		if !ok {
			return Template{}, &TemplateError{s, fmt.Sprintf("unknown placeholder %s; known are [path], [name], [ext], [hash] and [hash:n] with n from 1 to 64", rest[:end+1])}
		}
		t.hashed = t.hashed || p.kind == hashPart
		t.parts = append(t.parts, p)
		rest = rest[end+1:]
	}
	// What cannot name an ordinary image, in a folder or in the root, names
	// none.
	for _, rel := range []string{"a/b.png", "b.png"} {
		if err := ValidateKey(strings.TrimLeft(t.Name(rel, [32]byte{}, false), "/")); err != nil {
			return Template{}, &TemplateError{s, "gives a key that " + err.(*KeyError).Reason}
		}
	}
	return t, nil
}

func placeholder(name string) (part, bool) {
	switch name {
	case "path":
		return part{kind: pathPart}, true
	case "name":
		return part{kind: namePart}, true
	case "ext":
		return part{kind: extPart}, true
	case "hash":
		return part{kind: hashPart, n: 64}, true
	}
	if digits, ok := strings.CutPrefix(name, "hash:"); ok {
		n, err := strconv.Atoi(digits)
		return part{kind: hashPart, n: n}, err == nil && 1 <= n && n <= 64
	}
	return part{}, false
}

// Name gives the key, below the folder, of the image at rel (relative to the
// app root, with slashes) whose content has the SHA-256 sum. With plain the
// template is ignored and the key is rel: a dynamic reference knows the path
// only.
func (t Template) Name(rel string, sum [32]byte, plain bool) string {
	if plain || t.parts == nil {
		return rel
	}
	dir, file := path.Split(rel)
	suffix := path.Ext(file)
	var b strings.Builder
	for _, p := range t.parts {
		switch p.kind {
		case literalPart:
			b.WriteString(p.text)
		case pathPart:
			b.WriteString(dir)
		case namePart:
			b.WriteString(strings.TrimSuffix(file, suffix))
		case extPart:
			b.WriteString(suffix)
		case hashPart:
			b.WriteString(hex.EncodeToString(sum[:])[:p.n])
		}
	}
	return b.String()
}

// Hashed reports whether names hold the content's hash, so that equal images
// may share one object and other content never gets the same key.
func (t Template) Hashed() bool { return t.hashed }

func (t Template) String() string {
	if t.parts == nil {
		return DefaultTemplate
	}
	return t.source
}
