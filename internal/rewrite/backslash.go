package rewrite

import (
	"bytes"
	"slices"
	"strings"

	"github.com/wecos-go/wecos/internal/rewrite/source"
)

const backslashHint = "write this path with slashes: a device knows no other separators"

// slashed is a path with the separators of Windows as it is meant. The developer
// tools, and browsers, take it for the same; a device does not.
func slashed(value string) string { return strings.ReplaceAll(value, `\`, "/") }

// backslashed keeps what a path with the separators of Windows is meant for. It
// does not cover the names in it: what they are part of is only guessed.
func (d *decider) backslashed(f *Facts, r *Ref, value string, at Place) {
	meant := *r
	meant.Value = slashed(value)
	if f.Kind == source.JSON {
		d.json(f, &meant, at)
		return
	}
	first, fallback := d.bases(f, &meant)
	ims := d.hits(first, meant.Value)
	if len(ims) == 0 {
		ims = d.hits(fallback, meant.Value)
	}
	if len(ims) == 0 {
		ims = d.foldHits(append(slices.Clone(first), fallback...), meant.Value)
	}
	if len(ims) == 0 {
		ims = d.gallery.tail(meant.Value)
	}
	d.stayAll(ims, NameInCode, at, backslashHint)
}

// backslashedHead does so for a dynamic path.
func (d *decider) backslashedHead(dy *dynamic) {
	dy.head, dy.tail = slashed(dy.head), slashed(dy.tail)
	first, fallback := d.bases(dy.f, dy.r)
	bases := append(slices.Clone(first), fallback...)
	d.collect(dy, bases)
	d.stayAll(append(dy.candidates, dy.deeper...), DynamicRef, dy.at, backslashHint)
	if len(dy.candidates) == 0 && !d.misspelledHead(dy, bases) {
		d.danglingHead(dy)
	}
}

// plainText reports whether r is written without backslashes, so that what was
// decoded is what stands there.
func plainText(f *Facts, r *Ref) bool {
	return bytes.IndexByte(f.Lines.Data()[r.Whole.Start:r.Whole.End], '\\') < 0
}
