package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/wecos-go/wecos/internal/servers/video"
)

// dump is what an import of the tests has: films 3 and 7 with comments.
func dump() video.Import {
	return video.Import{
		Films: []video.Film{{ID: 7, Title: "seven", Image: "i7", URL: "u7"}, {ID: 3, Title: "three", Image: "i3", URL: "u3"}},
		Comments: []video.Comment{
			{ID: 12, Film: 7, Nick: "b", Avatar: "https://b", Content: "😀"},
			{ID: 10, Film: 3, Nick: "a", Avatar: "", Content: "ok"},
			{ID: 11, Film: 3, Nick: "a", Avatar: "", Content: "fine"},
			{ID: 13, Film: 99, Nick: "x", Avatar: "", Content: "of no film"},
		},
	}
}

// take imports and checks what came of it.
func take(t *testing.T, s video.Store, in video.Import, want video.Imported) {
	t.Helper()
	got, err := s.Import(t.Context(), in)
	if err != nil || got != want {
		t.Errorf("imported %+v, %v, want %+v", got, err, want)
	}
}

func importKeeps(t *testing.T, s video.Store) {
	in := dump()
	take(t, s, in, video.Imported{Films: 2, Comments: 3, OrphanComments: 1})
	sameFilms(t, s, 0, 6, []video.Film{in.Films[1], in.Films[0]}, 2)
	sameComments(t, s, 3, 0, 10, in.Comments[2], in.Comments[1])
	sameComments(t, s, 7, 0, 10, in.Comments[0])
	if f := film(t, s, 1); f.ID <= 7 {
		t.Errorf("a new film has id %d", f.ID)
	}
	if c := comment(t, s, video.Comment{Film: 3, Nick: "n", Content: "c"}); c.ID <= 12 {
		t.Errorf("a new comment has id %d", c.ID)
	}
}

func importAgain(t *testing.T, s video.Store) {
	take(t, s, dump(), video.Imported{Films: 2, Comments: 3, OrphanComments: 1})
	take(t, s, dump(), video.Imported{KnownFilms: 2, KnownComments: 3, OrphanComments: 1})
	more := dump()
	more.Films = nil // of films that the store has
	more.Comments = []video.Comment{{ID: 11, Film: 3, Nick: "A", Content: "Fine"}, {ID: 5, Film: 3, Nick: "early", Content: "bird"}, {Film: 7, Nick: "no id", Content: "x"}}
	take(t, s, more, video.Imported{Comments: 3})
	got, err := s.Comments(t.Context(), 3, 0, 10)
	if err != nil || len(got) != 4 || got[0].Content != "Fine" || got[0].ID <= 12 || got[3].ID != 5 {
		t.Errorf("comments %v, %v: another case is another comment, an id that is free is kept", got, err)
	}
}

func importBeside(t *testing.T, s video.Store) {
	var mine []video.Film
	for n := range 3 {
		mine = append(mine, film(t, s, n))
	}
	own := comment(t, s, video.Comment{Film: mine[2].ID, Nick: "own", Content: "own"})
	in := video.Import{
		Films: []video.Film{
			{ID: mine[2].ID, Title: "other", Image: "i", URL: "u"},
			{ID: 40, Title: mine[0].Title, Image: mine[0].Image, URL: mine[0].URL},
			{Title: "without id", Image: "i", URL: "u2"},
		},
		Comments: []video.Comment{
			{ID: own.ID, Film: mine[2].ID, Nick: "n", Content: "to the other"},
			{ID: 500, Film: 40, Nick: "n", Content: "to the first"},
			{ID: 500, Film: 40, Nick: "n", Content: "with an id for the second time"},
		},
	}
	take(t, s, in, video.Imported{Films: 2, RenumberedFilms: 1, KnownFilms: 1, Comments: 3})
	films, total, err := s.Films(t.Context(), 0, 100)
	if err != nil || total != 5 || !slices.Equal(films[:3], mine) {
		t.Fatalf("films %v of %d, %v", films, total, err)
	}
	sameComments(t, s, mine[2].ID, 0, 10, own)
	for _, f := range films[3:] {
		got, err := s.Comments(t.Context(), f.ID, 0, 10)
		if err != nil || f.Title == "other" && (len(got) != 1 || got[0].Content != "to the other") || f.Title != "other" && len(got) > 0 {
			t.Errorf("comments of %s: %v, %v", f.Title, got, err)
		}
	}
	got, err := s.Comments(t.Context(), mine[0].ID, 0, 10)
	if err != nil || len(got) != 2 || got[1].ID != 500 || got[0].ID <= 500 {
		t.Errorf("comments of the film that was known: %v, %v", got, err)
	}
}

func importReplaces(t *testing.T, s video.Store) {
	f := film(t, s, 1)
	comment(t, s, video.Comment{Film: f.ID, Nick: "n", Content: "gone"})
	in := dump()
	in.Replace = true
	take(t, s, in, video.Imported{Films: 2, Comments: 3, OrphanComments: 1})
	sameFilms(t, s, 0, 6, []video.Film{in.Films[1], in.Films[0]}, 2)
	sameComments(t, s, f.ID, 0, 10)
}

// patience is a context that ends when it has been asked often enough.
type patience struct {
	context.Context
	left atomic.Int64
	end  context.CancelFunc
}

func (p *patience) Done() <-chan struct{} {
	if p.left.Add(-1) <= 0 {
		p.end()
	}
	return p.Context.Done()
}

func importWhole(t *testing.T, s video.Store) {
	f := film(t, s, 1)
	own := comment(t, s, video.Comment{Film: f.ID, Nick: "n", Content: "stays"})
	in := dump()
	in.Replace = true
	whole := false
	for asked := int64(1); !whole; asked++ {
		ctx, cancel := context.WithCancel(t.Context())
		p := &patience{Context: ctx, end: cancel}
		p.left.Store(asked)
		_, err := s.Import(p, in)
		cancel()
		if whole = err == nil; whole {
			break
		}
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("after %d: %v", asked, err)
		}
		sameFilms(t, s, 0, 6, []video.Film{f}, 1)
		sameComments(t, s, f.ID, 0, 10, own)
		if asked == 1000 {
			t.Fatal("the import never ends")
		}
	}
	sameFilms(t, s, 0, 6, []video.Film{in.Films[1], in.Films[0]}, 2)
}

func importMany(t *testing.T, s video.Store) {
	in := video.Import{Films: []video.Film{{ID: 1, Title: "t", Image: "i", URL: "u"}}}
	for n := range 1234 {
		in.Comments = append(in.Comments, video.Comment{ID: int64(2*n + 1), Film: 1, Nick: "n", Content: fmt.Sprint(n)})
	}
	take(t, s, in, video.Imported{Films: 1, Comments: 1234})
	slices.Reverse(in.Comments)
	sameComments(t, s, 1, 0, 2000, in.Comments...)
}
