// Package storetest is the suite that every video.Store passes.
//
// It holds no store, and is for tests only.
package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/wecos-go/wecos/internal/servers/video"
)

// Run holds the stores that open makes, each empty, against the suite.
func Run(t *testing.T, open func(t *testing.T) video.Store) {
	for _, tt := range []struct {
		name string
		test func(*testing.T, video.Store)
	}{
		{"empty", empty},
		{"films in pages", pages},
		{"comments newest first", newestFirst},
		{"comments before one", before},
		{"words come back as they were", words},
		{"no comment without its film", noFilm},
		{"many at once", atOnce},
		{"an ended context", ended},
		{"import keeps ids", importKeeps},
		{"import again", importAgain},
		{"import beside others", importBeside},
		{"import replaces", importReplaces},
		{"import is all or nothing", importWhole},
		{"import of many", importMany},
	} {
		t.Run(tt.name, func(t *testing.T) { tt.test(t, open(t)) })
	}
}

func empty(t *testing.T, s video.Store) {
	films, total, err := s.Films(t.Context(), 0, video.PageSize)
	if err != nil || len(films) != 0 || total != 0 {
		t.Errorf("films %v of %d, %v", films, total, err)
	}
	comments, err := s.Comments(t.Context(), 1, 0, 10)
	if err != nil || len(comments) != 0 {
		t.Errorf("comments %v, %v", comments, err)
	}
	if err := s.Ping(t.Context()); err != nil {
		t.Error(err)
	}
}

// film adds the film number n.
func film(t *testing.T, s video.Store, n int) video.Film {
	t.Helper()
	f := video.Film{
		Title: fmt.Sprintf("片 %d 🎬", n), Image: fmt.Sprintf("https://a.example/%d.jpg", n), URL: fmt.Sprintf("https://a.example/%d.mp4?a=1&b='2'", n),
	}
	var err error
	if f.ID, err = s.AddFilm(t.Context(), f); err != nil {
		t.Fatal(err)
	}
	return f
}

// comment adds a comment and returns it as the store should.
func comment(t *testing.T, s video.Store, c video.Comment) video.Comment {
	t.Helper()
	var err error
	if c.ID, err = s.AddComment(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	return c
}

// sameFilms checks a page of the list.
func sameFilms(t *testing.T, s video.Store, offset, limit int, want []video.Film, all int) {
	t.Helper()
	got, total, err := s.Films(t.Context(), offset, limit)
	if err != nil || !slices.Equal(got, want) || total != all {
		t.Errorf("films from %d: %v of %d, %v, want %v of %d", offset, got, total, err, want, all)
	}
}

// sameComments checks the comments of a film.
func sameComments(t *testing.T, s video.Store, film, before int64, limit int, want ...video.Comment) {
	t.Helper()
	got, err := s.Comments(t.Context(), film, before, limit)
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("comments of %d before %d: %v, %v, want %v", film, before, got, err, want)
	}
}

func pages(t *testing.T, s video.Store) {
	var all []video.Film
	for n := range 8 {
		all = append(all, film(t, s, n))
		if n > 0 && all[n].ID <= all[n-1].ID {
			t.Errorf("id %d after %d", all[n].ID, all[n-1].ID)
		}
	}
	sameFilms(t, s, 0, 6, all[:6], 8)
	sameFilms(t, s, 6, 6, all[6:], 8)
	sameFilms(t, s, 8, 6, nil, 8) // the count even past the end
	sameFilms(t, s, 1<<40, 6, nil, 8)
	sameFilms(t, s, 0, 100, all, 8)
}

func newestFirst(t *testing.T, s video.Store) {
	one, two := film(t, s, 1), film(t, s, 2)
	a := comment(t, s, video.Comment{Film: one.ID, Nick: "a", Content: "first"})
	b := comment(t, s, video.Comment{Film: two.ID, Nick: "b", Content: "of another film"})
	c := comment(t, s, video.Comment{Film: one.ID, Nick: "c", Content: "second"})
	d := comment(t, s, video.Comment{Film: one.ID, Nick: "a", Content: "first"}) // the same again is another
	sameComments(t, s, one.ID, 0, 100, d, c, a)
	sameComments(t, s, two.ID, 0, 100, b)
	sameComments(t, s, one.ID, 0, 2, d, c)
	for _, absent := range []int64{0, -1, two.ID + 1, 1 << 62} {
		sameComments(t, s, absent, 0, 100)
	}
}

func before(t *testing.T, s video.Store) {
	f := film(t, s, 1)
	var all []video.Comment
	for n := range 5 {
		all = append(all, comment(t, s, video.Comment{Film: f.ID, Nick: "n", Content: fmt.Sprint(n)}))
	}
	slices.Reverse(all)
	sameComments(t, s, f.ID, all[1].ID, 2, all[2], all[3])
	sameComments(t, s, f.ID, all[4].ID, 2)
	sameComments(t, s, f.ID, 1<<62, 100, all...)
}

func words(t *testing.T, s video.Store) {
	f := film(t, s, 1)
	var all []video.Comment
	for _, text := range []string{
		"😀👨‍👩‍👧 好", "'; DROP TABLE comment; -- ", `\'"%_`, "line\nline\ttab", "  blanks  ", "é e\u0301",
		strings.Repeat("😀", video.MaxContent),
	} {
		all = append(all, comment(t, s, video.Comment{Film: f.ID, Nick: text[:min(len(text), 8)/4*4], Avatar: "https://a.example/?" + text[:4], Content: text}))
	}
	all = append(all, comment(t, s, video.Comment{
		Film: f.ID, Nick: strings.Repeat("😀", video.MaxNick), Avatar: "https://" + strings.Repeat("é", video.MaxAvatar-8), Content: "long",
	}))
	slices.Reverse(all)
	sameComments(t, s, f.ID, 0, 100, all...)
}

func noFilm(t *testing.T, s video.Store) {
	f := film(t, s, 1)
	for _, id := range []int64{0, -1, f.ID + 1, 1 << 40} {
		if _, err := s.AddComment(t.Context(), video.Comment{Film: id, Nick: "n", Content: "c"}); !errors.Is(err, video.ErrNoFilm) {
			t.Errorf("film %d: %v, want ErrNoFilm", id, err)
		}
		sameComments(t, s, id, 0, 10)
	}
}

func atOnce(t *testing.T, s video.Store) {
	f := film(t, s, 1)
	const writers, each = 8, 10
	var work sync.WaitGroup
	for w := range writers {
		work.Go(func() {
			for n := range each {
				if _, err := s.AddComment(t.Context(), video.Comment{Film: f.ID, Nick: fmt.Sprint(w), Content: fmt.Sprint(n)}); err != nil {
					t.Error(err)
				}
				if _, err := s.Comments(t.Context(), f.ID, 0, 5); err != nil {
					t.Error(err)
				}
			}
		})
	}
	work.Wait()
	got, err := s.Comments(t.Context(), f.ID, 0, 1000)
	if err != nil || len(got) != writers*each {
		t.Errorf("%d comments, %v, want %d", len(got), err, writers*each)
	}
	if !slices.IsSortedFunc(got, func(a, b video.Comment) int { return int(b.ID - a.ID) }) {
		t.Error("not in the order of their ids")
	}
}

func ended(t *testing.T, s video.Store) {
	f := film(t, s, 1)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := s.Films(ctx, 0, 6); !errors.Is(err, context.Canceled) {
		t.Errorf("films: %v", err)
	}
	if _, err := s.Comments(ctx, f.ID, 0, 6); !errors.Is(err, context.Canceled) {
		t.Errorf("comments: %v", err)
	}
	if _, err := s.AddComment(ctx, video.Comment{Film: f.ID}); !errors.Is(err, context.Canceled) {
		t.Errorf("a comment: %v", err)
	}
	if err := s.Ping(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("ping: %v", err)
	}
	sameComments(t, s, f.ID, 0, 10) // and it goes on
}
