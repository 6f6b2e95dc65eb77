package video

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/wecos-go/wecos/internal/servers/kit"
)

// commentList answers GET /video/commentList?vid=n, with limit and before where
// a client reads comments in parts.
func (s *server) commentList(w http.ResponseWriter, r *http.Request) error {
	query := r.URL.Query()
	text, ok := single(query, "vid")
	if !ok {
		return errRefused("vid")
	}
	limit, before := int64(MaxComments), int64(0)
	for _, o := range []struct {
		name string
		p    *int64
	}{{"limit", &limit}, {"before", &before}} {
		if _, given := query[o.name]; !given {
			continue
		}
		one, _ := single(query, o.name)
		if *o.p, ok = digits(one); !ok || *o.p < 1 {
			return errRefused(o.name)
		}
	}
	film, isNumber := digits(text)
	if !isNumber {
		return kit.WriteJSON(w, r, answer{0, "ok", []Comment{}})
	}
	k := key{kind: 'c', id: film, before: before, limit: min(limit, MaxComments)}
	return s.cache.answer(w, r, k, func(ctx context.Context) (any, error) {
		comments, err := s.store.Comments(ctx, k.id, k.before, int(k.limit))
		if err != nil {
			return nil, err
		}
		if comments == nil {
			comments = []Comment{}
		}
		return answer{0, "ok", comments}, nil
	})
}

// comment answers POST /video/comment.
func (s *server) comment(w http.ResponseWriter, r *http.Request) error {
	fields, err := kit.ReadFields(w, r, 0)
	if err != nil {
		return err
	}
	c, err := readComment(fields)
	if err != nil {
		return err
	}
	if err := s.limit.Take(r); err != nil {
		return err
	}
	ctx, cancel := bounded(r.Context())
	defer cancel()
	_, err = s.store.AddComment(ctx, c)
	// Even a store that failed may have stored it.
	s.cache.forget(c.Film)
	if err != nil {
		return err
	}
	return kit.WriteJSON(w, r, short{0, "ok"})
}

// readComment takes a comment from its fields, each of which must be there and
// keep the rules.
func readComment(fields kit.Fields) (c Comment, err error) {
	text, ok := fields.Text("vid")
	if !ok {
		return c, errRefused("vid")
	}
	if c.Film, ok = digits(text); !ok {
		return c, errRefused("vid")
	}
	for _, f := range []struct {
		name   string
		p      *string
		most   int
		filled bool
	}{{"nick", &c.Nick, MaxNick, true}, {"avatar", &c.Avatar, MaxAvatar, false}, {"content", &c.Content, MaxContent, true}} {
		s, ok := fields.String(f.name)
		if !ok || !readable(s) || f.name == "nick" && strings.ContainsFunc(s, turns) || utf8.RuneCountInString(s) > f.most || f.filled && strings.TrimFunc(s, unicode.IsSpace) == "" {
			return c, errRefused(f.name)
		}
		*f.p = s
	}
	if c.Avatar != "" && !isPicture(c.Avatar) {
		return c, errRefused("avatar")
	}
	return c, nil
}

// readable reports whether text is UTF-8 and holds no control characters but
// line ends and tabs. U+FFFD stands for what was not UTF-8, or half of a
// surrogate pair, before the body was read.
func readable(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool {
		return r == utf8.RuneError || unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t'
	})
}

// turns reports whether a character changes the direction of all that comes
// after it, beyond the name that it stands in (Unicode annex 9, 2.1 to 2.4).
func turns(r rune) bool { return r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 }

// isPicture reports whether s is the https address of a picture, without a
// user, and nothing that a page or a log could misread.
func isPicture(s string) bool {
	if strings.ContainsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.Is(unicode.C, r) }) {
		return false
	}
	u, err := url.Parse(s)
	return err == nil && u.Scheme == "https" && u.Hostname() != "" && u.User == nil && u.Opaque == ""
}
