package video

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"github.com/wecos-go/wecos/internal/servers/kit"
)

// maxPage is beyond every last page, and its offset no database refuses.
const maxPage = 1 << 40

// filmPage is the data of a page of the list.
type filmPage struct {
	List  []Film `json:"list"`
	Total int    `json:"totalPage"`
}

// list answers GET /video/list?pageNo=n.
func (s *server) list(w http.ResponseWriter, r *http.Request) error {
	text, ok := single(r.URL.Query(), "pageNo")
	page, isNumber := digits(text)
	if !ok || !isNumber || page < 1 {
		return errRefused("pageNo")
	}
	page = min(page, maxPage)
	k := key{kind: 'f', id: page}
	if len(s.samples) > 0 {
		if k.origin = s.public; k.origin == "" {
			k.origin = kit.Scheme(r) + "://" + kit.Host(r)
		}
	}
	return s.cache.answer(w, r, k, func(ctx context.Context) (any, error) {
		films, total, err := s.store.Films(ctx, int(page-1)*PageSize, PageSize)
		if err != nil {
			return nil, err
		}
		if films == nil {
			films = []Film{}
		}
		for i := range films {
			films[i].Image = s.samples.address(k.origin+s.base, films[i].Image)
			films[i].URL = s.samples.address(k.origin+s.base, films[i].URL)
		}
		return answer{0, "ok", filmPage{films, (total + PageSize - 1) / PageSize}}, nil
	})
}

// single is a value that is there once.
func single(query url.Values, name string) (string, bool) {
	values := query[name]
	if len(values) != 1 || values[0] == "" {
		return "", false
	}
	return values[0], true
}

// digits reads a whole number of nothing but digits. One that is too large is
// still one: the largest.
func digits(s string) (int64, bool) {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
	}
	n, _ := strconv.ParseInt(s, 10, 64) // out of range, it is the largest
	return n, s != ""
}
