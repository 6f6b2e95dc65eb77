package nodeconfig

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/tailscale/hujson"

	"github.com/wecos-go/wecos/internal/rewrite/js"
)

// value reads one value, which is depth brackets deep.
func (p *parser) value(depth int) (hujson.Value, error) {
	v := hujson.Value{StartOffset: p.offset()}
	if depth > maxDepth {
		return v, p.fail(v.StartOffset, "", "more than %d brackets within each other", maxDepth)
	}
	if p.i >= len(p.f.Tokens) {
		return v, p.fail(v.StartOffset, "", "a value is missing")
	}
	var err error
	switch t := p.f.Tokens[p.i]; {
	case t.Type == js.String || t.Type == js.Template:
		v.Value, err = p.text()
	case t.Type == js.Number, (p.f.Is(p.i, "-") || p.f.Is(p.i, "+")) && p.f.IsType(p.i+1, js.Number):
		v.Value, err = p.number()
	case p.f.Is(p.i, "{"):
		v.Value, err = p.object(depth)
	case p.f.Is(p.i, "["):
		v.Value, err = p.list(depth)
	case p.f.Is(p.i, "true") || p.f.Is(p.i, "false") || p.f.Is(p.i, "null"):
		v.Value = hujson.Literal(p.f.Text(p.i))
		p.i++
	default:
		return v, p.computed(v.StartOffset)
	}
	v.EndOffset = p.offset()
	return v, err
}

// computed refuses a value that is not written out.
func (p *parser) computed(at int) error {
	switch {
	case p.f.Is(p.i, "process"):
		return p.fail(at, fixValue, "variables of the environment are not looked up here")
	case p.f.Is(p.i, "require"):
		return p.fail(at, "put what it reads into this file", "other files are not read")
	case p.f.IsType(p.i, js.TemplateHead):
		return p.fail(at, fixValue, "a template string with ${…} would have to be worked out")
	case p.f.IsType(p.i, js.Ident):
		return p.fail(at, fixValue, "this is not a plain value: a name, a call or a function")
	}
	return p.fail(at, fixValue, "this is not a plain value")
}

// text reads a string in any quotes.
func (p *parser) text() (hujson.Literal, error) {
	t := p.f.Tokens[p.i]
	inner := t.Inner()
	raw := p.f.Data[inner.Start:inner.End]
	p.i++
	encoded, err := json.Marshal(js.Decode(raw))
	if err != nil {
		return nil, p.fail(t.Span().Start, "", "this is not a string")
	}
	return hujson.Literal(encoded), nil
}

// number reads a number, which JSON knows in decimal digits only.
func (p *parser) number() (hujson.Literal, error) {
	start, sign := p.offset(), ""
	if p.f.Is(p.i, "-") {
		sign = "-"
	}
	if !p.f.IsType(p.i, js.Number) {
		p.i++
	}
	text := p.f.Text(p.i)
	p.i++
	if n, err := strconv.ParseUint(text, 0, 53); err == nil && (text == "0" || text[0] != '0' || len(text) > 1 && text[1]|0x20 == 'x') {
		return hujson.Literal(sign + strconv.FormatUint(n, 10)), nil
	}
	if literal := sign + text; strings.Trim(text, "0123456789.eE+-") == "" && json.Valid([]byte(literal)) {
		return hujson.Literal(literal), nil
	}
	return nil, p.fail(start, "write it in plain digits", "this number is not understood")
}

// object reads {…}.
func (p *parser) object(depth int) (*hujson.Object, error) {
	o := &hujson.Object{}
	p.i++
	for !p.skip("}") {
		var m hujson.ObjectMember
		m.Name.StartOffset = p.offset()
		name, err := p.key()
		if err != nil {
			return nil, err
		}
		m.Name.Value = name
		m.Name.EndOffset = p.offset()
		if !p.skip(":") {
			return nil, p.fail(m.Name.StartOffset, fixValue, "this key has no plain value")
		}
		if m.Value, err = p.value(depth + 1); err != nil {
			return nil, err
		}
		o.Members = append(o.Members, m)
		if err := p.separator("}", m.Value.StartOffset); err != nil {
			return nil, err
		}
	}
	return o, nil
}

// key reads the name of a member.
func (p *parser) key() (hujson.Literal, error) {
	switch {
	case p.f.IsType(p.i, js.String):
		return p.text()
	case p.f.IsType(p.i, js.Ident), p.f.IsType(p.i, js.Number):
		name, err := json.Marshal(p.f.Text(p.i))
		p.i++
		return hujson.Literal(name), err
	case p.f.Is(p.i, "..."):
		return nil, p.fail(p.offset(), "put its keys here", "another object cannot be spread here")
	}
	return nil, p.fail(p.offset(), "", "a key is missing here")
}

// list reads […].
func (p *parser) list(depth int) (*hujson.Array, error) {
	a := &hujson.Array{}
	p.i++
	for !p.skip("]") {
		v, err := p.value(depth + 1)
		if err != nil {
			return nil, err
		}
		a.Elements = append(a.Elements, v)
		if err := p.separator("]", v.StartOffset); err != nil {
			return nil, err
		}
	}
	return a, nil
}

// separator expects a comma or the closing bracket behind the value that began
// at.
func (p *parser) separator(closing string, at int) error {
	switch {
	case p.skip(","), p.f.Is(p.i, closing):
		return nil
	case p.i < len(p.f.Tokens) && p.f.IsType(p.i, js.Punct) && !p.f.Is(p.i, ":") && !p.f.Is(p.i, ";"):
		return p.fail(at, fixValue, "this is an expression, and only data is read")
	}
	return p.fail(p.offset(), "", "a comma is missing before this")
}
