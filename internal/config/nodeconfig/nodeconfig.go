// Package nodeconfig reads the config.js of a Node.js server where it is
// nothing but data: module.exports = {…} with strings, numbers, lists and
// objects.
//
// It never executes anything. Whatever would have to be worked out is refused by
// its line and column, and no error quotes a value.
package nodeconfig

import (
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/tailscale/hujson"

	"github.com/wecos-go/wecos/internal/config/jsonc"
	"github.com/wecos-go/wecos/internal/rewrite/js"
	"github.com/wecos-go/wecos/internal/rewrite/source"
)

// maxDepth bounds the nesting of objects and lists.
const maxDepth = 200

// Error is a file that is more than data, or no JavaScript.
type Error struct {
	Line, Column int // from 1
	Text         string
	Fix          string // what to do
}

func (e *Error) Error() string { return fmt.Sprintf("%d:%d: %s", e.Line, e.Column, e.Text) }

// Hint says what to do about it.
func (e *Error) Hint() string { return e.Fix }

const (
	fixShape = `it looks like: module.exports = { port: 9993 }`
	fixValue = "write the value itself, or leave the key out and set it in the environment"
)

// Parse returns the object that the file exports. Every error is an *Error.
func Parse(data []byte) (jsonc.Value, error) {
	p := &parser{lines: source.NewLines(data)}
	if !utf8.Valid(data) {
		return jsonc.Value{}, p.fail(0, "save it as UTF-8", "the file is not UTF-8 text")
	}
	f, err := js.Tokenize(string(data), source.Span{End: len(data)})
	defer f.Release()
	if e, ok := errors.AsType[*js.Error](err); ok {
		return jsonc.Value{}, p.fail(e.Offset, "", "%s", e.Text)
	}
	p.f, p.objects = f, map[string]hujson.Value{}
	root, err := p.file()
	if err != nil {
		return jsonc.Value{}, err
	}
	return jsonc.FromTree(data, root), nil
}

// parser walks over the tokens of a file; it stops at the first error.
type parser struct {
	f       *js.File
	lines   *source.Lines
	i       int                     // of the next token
	objects map[string]hujson.Value // that a name stands for
}

func (p *parser) fail(offset int, fix, format string, args ...any) error {
	e := &Error{Text: fmt.Sprintf(format, args...), Fix: fix}
	e.Line, e.Column = p.lines.Position(offset)
	return e
}

// offset is where the next token begins, or the end of the file.
func (p *parser) offset() int {
	if p.i < len(p.f.Tokens) {
		return p.f.Tokens[p.i].Span().Start
	}
	return len(p.f.Data)
}

// skip moves behind the tokens with these texts, if all of them come next.
func (p *parser) skip(texts ...string) bool {
	for n, text := range texts {
		if !p.f.Is(p.i+n, text) {
			return false
		}
	}
	p.i += len(texts)
	return true
}

// file reads declarations of objects, and the export.
func (p *parser) file() (hujson.Value, error) {
	for p.i < len(p.f.Tokens) {
		switch {
		case p.skip(";"):
		case p.f.IsType(p.i, js.String): // 'use strict'
			p.i++
		case p.f.Is(p.i, "const") || p.f.Is(p.i, "let") || p.f.Is(p.i, "var"):
			if err := p.declaration(); err != nil {
				return hujson.Value{}, err
			}
		case p.skip("exports", "=", "module", ".", "exports", "="), p.skip("module", ".", "exports", "="), p.skip("export", "default"):
			return p.export()
		default:
			return hujson.Value{}, p.fail(p.offset(), fixShape, "this would have to be executed, and only data is read")
		}
	}
	return hujson.Value{}, p.fail(p.offset(), fixShape, "the file does not export anything")
}

// declaration reads const NAME = {…}.
func (p *parser) declaration() error {
	start := p.offset()
	p.i++
	if !p.f.IsType(p.i, js.Ident) || !p.f.Is(p.i+1, "=") || !p.f.Is(p.i+2, "{") {
		return p.fail(start, fixShape, "this would have to be executed, and only data is read")
	}
	name := p.f.Text(p.i)
	p.i += 2
	object, err := p.value(0)
	if err != nil {
		return err
	}
	p.objects[name] = object
	return p.endOfStatement()
}

// export reads what follows module.exports =.
func (p *parser) export() (hujson.Value, error) {
	var object hujson.Value
	start := p.offset()
	known, named := p.objects[p.f.Text(p.i)]
	switch {
	case p.f.Is(p.i, "{"):
		var err error
		if object, err = p.value(0); err != nil {
			return object, err
		}
	case named:
		p.i++
		object = known
	default:
		return object, p.fail(start, fixShape, "only an object can be exported here")
	}
	if err := p.endOfStatement(); err != nil {
		return object, err
	}
	for p.skip(";") {
	}
	if p.i < len(p.f.Tokens) {
		return object, p.fail(p.offset(), "end the file with the object", "this would have to be executed, and only data is read")
	}
	return object, nil
}

// endOfStatement refuses an operator behind an object.
func (p *parser) endOfStatement() error {
	if p.i == len(p.f.Tokens) || p.skip(";") || p.f.Tokens[p.i].Newline && p.f.IsType(p.i, js.Ident) {
		return nil
	}
	return p.fail(p.offset(), fixShape, "this would have to be executed, and only data is read")
}
