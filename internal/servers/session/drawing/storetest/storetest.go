// Package storetest says what a drawing.Store does, as tests that every
// implementation runs. It is never part of a program.
package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/wecos-go/wecos/internal/servers/session/drawing"
)

// Limits are those that a store under test must have.
var Limits = drawing.Limits{Drawings: 12, Bytes: 3 << 20}

// Run tests a store that has Limits. Owners are its own.
func Run(t *testing.T, s drawing.Store) {
	for _, tt := range []struct {
		name string
		test func(*testing.T, drawing.Store)
	}{
		{"list, save, delete", keeps},
		{"bytes stay as they are", bytesStay},
		{"owners are apart", apart},
		{"limits", limits},
		{"racing saves", racing},
		{"racing at the limit", racingAtLimit},
		{"context", ended},
	} {
		t.Run(tt.name, func(t *testing.T) { tt.test(t, s) })
	}
}

func draw(id, actions string) drawing.Drawing { return drawing.Drawing{ID: id, Actions: actions} }

func save(t *testing.T, s drawing.Store, owner string, list ...drawing.Drawing) {
	t.Helper()
	for _, d := range list {
		if err := s.Save(t.Context(), owner, d); err != nil {
			t.Fatalf("saving %s of %s: %v", d.ID, owner, err)
		}
	}
}

func remove(t *testing.T, s drawing.Store, owner, id string) {
	t.Helper()
	if err := s.Delete(t.Context(), owner, id); err != nil {
		t.Fatalf("deleting %s of %s: %v", id, owner, err)
	}
}

// Has fails unless the owner has just these drawings, in this order.
func Has(t *testing.T, s drawing.Store, owner string, want ...drawing.Drawing) {
	t.Helper()
	got, err := s.List(t.Context(), owner)
	if err != nil || got == nil || !slices.Equal(got, want) {
		t.Errorf("%s has %v, %v, want %v", owner, got, err, want)
	}
}

func keeps(t *testing.T, s drawing.Store) {
	if err := s.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	Has(t, s, "kate")
	a, b, c := draw("a", `[1]`), draw("b", `[2]`), draw("c", `[3]`)
	save(t, s, "kate", a, b, c)
	Has(t, s, "kate", c, b, a)
	b.Actions = `[22]`
	save(t, s, "kate", b) // keeps its place
	save(t, s, "kate", b)
	Has(t, s, "kate", c, b, a)
	remove(t, s, "kate", "b")
	remove(t, s, "kate", "b")
	remove(t, s, "kate", "missing")
	Has(t, s, "kate", c, a)
	save(t, s, "kate", b)
	Has(t, s, "kate", b, c, a)
	remove(t, s, "kate", "a")
	remove(t, s, "kate", "b")
	remove(t, s, "kate", "c")
	Has(t, s, "kate")
}

func bytesStay(t *testing.T, s drawing.Store) {
	odd := []drawing.Drawing{
		draw(`$set`, `[]`), draw(`a.b`, `[]`), draw(`画 '";--`, `[]`), draw(`{"$gt":""}`, `[]`),
		draw("1", " [ 1.0 , 1e400, \"\\u0000 \\ud83c\\udf75 茶🍵\\/\", {\"a\":1,\"a\":2} ]\r\n\t"),
		draw("large", `["`+strings.Repeat("茶", (drawing.MaxActions-4)/3)+`"]`),
	}
	for _, d := range odd {
		if err := d.Check(); err != nil {
			t.Fatalf("%q: %v", d.ID, err)
		}
	}
	save(t, s, "odd", odd...)
	slices.Reverse(odd)
	Has(t, s, "odd", odd...)
	for _, d := range odd {
		remove(t, s, "odd", d.ID)
	}
	Has(t, s, "odd")
}

// A user can neither see, change nor delete what is another's, whatever the names.
func apart(t *testing.T, s drawing.Store) {
	mine := draw("same", `["mine"]`)
	save(t, s, "ann", mine)
	for _, other := range []string{"bob", "an", "annn", "ANN", "", `{"$ne":""}`, "%", "ann\x00"} {
		Has(t, s, other)
		theirs := draw("same", `["theirs"]`)
		save(t, s, other, theirs)
		Has(t, s, "ann", mine)
		Has(t, s, other, theirs)
		remove(t, s, other, "same")
		remove(t, s, other, "same")
		Has(t, s, other)
		Has(t, s, "ann", mine)
	}
}

func limits(t *testing.T, s drawing.Store) {
	refused := func(what string, d drawing.Drawing) {
		t.Helper()
		err := s.Save(t.Context(), "lim", d)
		if limit, ok := errors.AsType[*drawing.LimitError](err); !ok || limit.Limits != Limits {
			t.Errorf("%s: %v", what, err)
		}
	}
	for i := range Limits.Drawings {
		save(t, s, "lim", draw(fmt.Sprint(i), `[]`))
	}
	refused("one too many", draw("more", `[]`))
	save(t, s, "lim", draw("0", `[1]`)) // a change is none
	save(t, s, "limit", draw("0", `[]`))
	remove(t, s, "lim", "3")
	save(t, s, "lim", draw("more", `[]`))

	large := `["` + strings.Repeat("x", drawing.MaxActions-4) + `"]`
	save(t, s, "lim", draw("0", large), draw("1", large))
	refused("too many bytes", draw("2", large))
	save(t, s, "lim", draw("1", `[]`), draw("2", large))
	list, err := s.List(t.Context(), "lim")
	if err != nil || len(list) != Limits.Drawings {
		t.Errorf("%d drawings, %v", len(list), err)
	}
	for _, d := range list { // some servers read them all in each of the next tests
		remove(t, s, "lim", d.ID)
	}
	Has(t, s, "lim")
}

// However many save the same drawing at once, there is one, and it is whole.
func racing(t *testing.T, s drawing.Store) {
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			d := draw("raced", fmt.Sprintf(`["%s"]`, strings.Repeat(string(rune('a'+i)), 1000)))
			if err := s.Save(t.Context(), "race", d); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	list, err := s.List(t.Context(), "race")
	if err != nil || len(list) != 1 {
		t.Fatalf("%d rows, %v", len(list), err)
	}
	if a := list[0].Actions; len(a) != 1004 || strings.Count(a, a[2:3]) != 1000 {
		t.Errorf("a mixed drawing: %.60s…", a)
	}
}

func racingAtLimit(t *testing.T, s drawing.Store) {
	var wg sync.WaitGroup
	var saved atomic.Int32
	for i := range Limits.Drawings + 6 {
		wg.Go(func() {
			err := s.Save(t.Context(), "crowd", draw(fmt.Sprint(i), `[]`))
			if err == nil {
				saved.Add(1)
			} else if _, ok := errors.AsType[*drawing.LimitError](err); !ok {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	list, err := s.List(t.Context(), "crowd")
	if err != nil || len(list) > Limits.Drawings || len(list) != int(saved.Load()) {
		t.Errorf("%d drawings, %d of them said to be saved, %v", len(list), saved.Load(), err)
	}
}

func ended(t *testing.T, s drawing.Store) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := s.List(ctx, "nobody")
	for name, err := range map[string]error{
		"List": err, "Save": s.Save(ctx, "nobody", draw("1", `[]`)),
		"Delete": s.Delete(ctx, "nobody", "1"), "Ping": s.Ping(ctx),
	} {
		if err == nil {
			t.Errorf("%s: no error after the end of its context", name)
		}
	}
	Has(t, s, "nobody")
}
