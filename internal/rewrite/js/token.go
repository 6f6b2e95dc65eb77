// Package js splits JavaScript, TypeScript and WXS into tokens and pairs their
// brackets, so that callers can walk expressions without a grammar of every
// dialect. It tells strings, templates, regular expressions and comments apart
// and never builds a syntax tree, never copies source text and never knows
// what an image is.
package js

import "github.com/wecos-go/wecos/internal/rewrite/source"

// Type is the type of a token.
type Type uint8

// The types of tokens. Comments and white space are not tokens.
const (
	Ident    Type = iota // identifiers, keywords and private names
	Punct                // one operator or bracket
	String               // '…' or "…", span with the quotes
	Template             // a template without substitutions, span with the back quotes
	Number
	Regex
	TemplateHead   // `…${
	TemplateMiddle // }…${
	TemplateTail   // }…`
)

// Token is one token. It is small: big bundles have a third of a million.
type Token struct {
	start, end    int32
	match, parent int32
	Type          Type
	// Newline says that a line break stands before the token.
	Newline bool
	first   byte // of its text: tells most tokens apart
}

// Span returns the bytes of the token in the file.
func (t Token) Span() source.Span { return source.Span{Start: int(t.start), End: int(t.end)} }

// Match returns the index of the bracket that pairs with this one: the closing
// for an opening, the opening for a closing; the tail for a template's head
// and the head for its tail and middles; else -1.
func (t Token) Match() int { return int(t.match) }

// Parent returns the index of the bracket or template head around the token, or
// -1. A closing bracket has the parent of its opening one.
func (t Token) Parent() int { return int(t.parent) }

// File is a tokenized source. Tokens and Comments are ordered by position.
type File struct {
	Data     string
	Tokens   []Token
	spare    *[]Token // where Tokens came from
	Comments []source.Span
}

// Error is a source that cannot be tokenized.
type Error struct {
	Offset int
	Text   string
}

func (e *Error) Error() string { return e.Text }

// Text returns the bytes of token i; "" when i is out of range.
func (f *File) Text(i int) string {
	if i < 0 || i >= len(f.Tokens) {
		return ""
	}
	t := &f.Tokens[i]
	return f.Data[t.start:t.end]
}

// Is reports whether token i is the operator, bracket or word text. A string
// with that content is not.
func (f *File) Is(i int, text string) bool {
	if i < 0 || i >= len(f.Tokens) || text == "" {
		return false
	}
	t := &f.Tokens[i]
	return t.first == text[0] && t.Type <= Punct && int(t.end-t.start) == len(text) &&
		(len(text) == 1 || f.Data[t.start:t.end] == text)
}

// IsType reports whether token i exists and has type t.
func (f *File) IsType(i int, t Type) bool {
	return i >= 0 && i < len(f.Tokens) && f.Tokens[i].Type == t
}

// Inner returns the bytes between the quotes of a String or Template token.
func (t Token) Inner() source.Span {
	return source.Span{Start: int(t.start) + 1, End: int(t.end) - 1}
}

// Chunk returns the literal bytes of a part of a template with substitutions.
func (t Token) Chunk() source.Span {
	s := t.Inner()
	if t.Type == TemplateHead || t.Type == TemplateMiddle {
		s.End-- // the ${ has two bytes
	}
	return s
}
