package jsonc

import (
	"strconv"

	"github.com/tailscale/hujson"

	"github.com/wecos-go/wecos/internal/rewrite/source"
)

// Kind is the type of a value.
type Kind string

// The types that JSON knows, as a person calls them.
const (
	Object Kind = "an object"
	Array  Kind = "a list"
	String Kind = "a string"
	Number Kind = "a number"
	Bool   Kind = "true or false"
	Null   Kind = "null"
)

// Value is a JSON value and its place in the file. The zero Value, which Get
// returns for a key that is missing, has no kind and no text.
type Value struct {
	doc *document
	v   hujson.Value
}

// Member is one key of an object. Key is itself a String.
type Member struct{ Key, Value Value }

// Kind returns the type of v.
func (v Value) Kind() Kind {
	if v.v.Value == nil {
		return ""
	}
	switch v.v.Value.Kind() {
	case '{':
		return Object
	case '[':
		return Array
	case '"':
		return String
	case 't', 'f':
		return Bool
	case 'n':
		return Null
	default:
		return Number
	}
}

// Position returns the 1-based line and column at which v begins.
func (v Value) Position() (line, column int) { return v.doc.lines.Position(v.v.StartOffset) }

// Errorf makes an *Error that points at v.
func (v Value) Errorf(format string, args ...any) *Error {
	return v.doc.errorf(v.v.StartOffset, format, args...)
}

// Members returns the keys of an object in the order of the file, or nil for
// any other value. A key may stand there twice.
func (v Value) Members() []Member {
	o, ok := v.v.Value.(*hujson.Object)
	if !ok {
		return nil
	}
	members := make([]Member, len(o.Members))
	for i, m := range o.Members {
		members[i] = Member{Value{v.doc, m.Name}, Value{v.doc, m.Value}}
	}
	return members
}

// Get returns the last value of key in an object, which is the one that counts
// for JavaScript, and whether there is one.
func (v Value) Get(key string) (Value, bool) {
	found, ok := Value{}, false
	for _, m := range v.Members() {
		if m.Key.Text() == key {
			found, ok = m.Value, true
		}
	}
	return found, ok
}

// Elements returns the elements of an array, or nil for any other value.
func (v Value) Elements() []Value {
	a, ok := v.v.Value.(*hujson.Array)
	if !ok {
		return nil
	}
	elements := make([]Value, len(a.Elements))
	for i, e := range a.Elements {
		elements[i] = Value{v.doc, e}
	}
	return elements
}

// Text returns the decoded text of a string, the digits of a number, and ""
// for any other value.
func (v Value) Text() string {
	l, ok := v.v.Value.(hujson.Literal)
	switch {
	case !ok:
		return ""
	case v.Kind() == String:
		return l.String()
	case v.Kind() == Number:
		return string(l)
	}
	return ""
}

// True reports whether v is the literal true.
func (v Value) True() bool {
	l, ok := v.v.Value.(hujson.Literal)
	return ok && string(l) == "true"
}

// Int returns a number without fraction that fits an int, and whether v is
// one.
func (v Value) Int() (int, bool) {
	if v.Kind() != Number {
		return 0, false
	}
	n, err := strconv.Atoi(v.Text())
	return n, err == nil
}

// FromTree makes a value of a tree that another reader built: the offsets in
// root are those of text, which is what positions name.
func FromTree(text []byte, root hujson.Value) Value {
	return Value{doc: &document{lines: source.NewLines(text)}, v: root}
}
