package album

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/wecos-go/wecos/internal/servers/kit"
)

// maxPage is the largest page of a listing.
const maxPage = 1000

// question is what a client asks of a listing. The zero question is that of the
// published client: everything, by key.
type question struct {
	limit  int    // pictures; 0 is all
	marker string // where the page before ended
	newest bool   // the last one first
	width  int    // of thumbnails, 0 is none
}

var errQuestion = errors.New("a parameter is not valid")

func readQuestion(values url.Values) (q question, err error) {
	q.marker = values.Get("marker")
	if text := values.Get("limit"); text != "" {
		if q.limit, err = strconv.Atoi(text); err != nil || q.limit < 1 || q.limit > maxPage {
			return q, errQuestion
		}
	}
	if text := values.Get("w"); text != "" {
		if q.width, err = readWidth(text); err != nil {
			return q, err
		}
	}
	switch values.Get("order") {
	case "", "key":
	case "newest":
		q.newest = true
	default:
		return q, errQuestion
	}
	if q.newest && q.marker != "" {
		if _, _, ok := readMarker(q.marker); !ok {
			return q, errQuestion
		}
	}
	return q, nil
}

// page is the reply to a question. Thumbs and Next are there only where they
// were asked for and there are some.
type page struct {
	Code   int      `json:"code"`
	Msg    string   `json:"msg"`
	Data   []string `json:"data"`
	Thumbs []string `json:"thumbs,omitempty"`
	Next   string   `json:"next,omitempty"` // marker of the next page
}

// list answers with the addresses of all pictures, or of a page of them.
func (s *Server) list(w http.ResponseWriter, r *http.Request) error {
	var q question
	if r.URL.RawQuery != "" {
		var err error
		if q, err = readQuestion(r.URL.Query()); err != nil {
			return failure(w, r, msgParameter, nil)
		}
	}
	all, err := s.listing.get(r.Context())
	if err != nil {
		kit.Log(r.Context()).Error("the pictures were not listed", "error", err)
		return failure(w, r, msgFailed, nil)
	}
	at := s.origin(r)
	// Whatever else a client writes into its query asks for nothing.
	asked := strings.Join([]string{at, strconv.Itoa(q.limit), strconv.Itoa(q.width), strconv.FormatBool(q.newest), q.marker}, " ")
	text, err := all.reply(asked, func() ([]byte, error) { return s.render(at, all, q) })
	if err != nil {
		return err
	}
	kit.WriteJSONBytes(w, r, text)
	return nil
}

func (s *Server) render(at string, all *snapshot, q question) ([]byte, error) {
	items, next := q.pick(all)
	p := page{Msg: msgOK, Data: make([]string, len(items)), Next: next}
	for i, item := range items {
		p.Data[i] = s.addressAt(at, item.Key, 0)
	}
	if q.width > 0 {
		p.Thumbs = make([]string, len(items))
		for i, item := range items {
			p.Thumbs[i] = s.addressAt(at, item.Key, q.width)
		}
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(p)
	return bytes.TrimSuffix(text.Bytes(), []byte("\n")), err
}

// pick returns the pictures of the page and the marker of the next one. A marker
// says where a page ended, whether or not that picture is still there.
func (q question) pick(all *snapshot) (items []Item, next string) {
	items = all.items
	mark := func(item Item) string { return item.Key }
	if q.newest {
		items, mark = all.byTime(), writeMarker
	}
	if q.marker != "" {
		after := func(i int) bool { return items[i].Key > q.marker }
		if q.newest {
			at, key, _ := readMarker(q.marker)
			after = func(i int) bool { return newer(at, key, items[i]) < 0 }
		}
		items = items[sort.Search(len(items), after):]
	}
	if q.limit > 0 && len(items) > q.limit {
		items = items[:q.limit]
		next = mark(items[q.limit-1])
	}
	return items, next
}

// writeMarker and readMarker are the marker of a page by time: milliseconds
// since 1970 and the key.
func writeMarker(item Item) string {
	return strconv.FormatInt(item.Time.UnixMilli(), 10) + "/" + item.Key
}

func readMarker(s string) (at time.Time, key string, ok bool) {
	ms, key, ok := strings.Cut(s, "/")
	n, err := strconv.ParseInt(ms, 10, 64)
	return time.UnixMilli(n), key, ok && err == nil && key != ""
}

// origin begins the addresses of pictures that the server hands out.
func (s *Server) origin(r *http.Request) string {
	switch {
	case s.public != nil:
		return ""
	case s.at != "":
		return s.at
	}
	return kit.Scheme(r) + "://" + r.Host
}

// address is where a picture is read, or a version of it with a width.
func (s *Server) address(r *http.Request, key string, width int) string {
	return s.addressAt(s.origin(r), key, width)
}

func (s *Server) addressAt(origin, key string, width int) string {
	if s.public != nil {
		return s.public.URL(key, width)
	}
	address := origin + s.base + picturePath + EscapeKey(key)
	if width > 0 {
		address += "?w=" + strconv.Itoa(width)
	}
	return address
}

// EscapeKey percent-encodes a key as the path of an address; slashes stay. What
// encodeURIComponent of JavaScript leaves alone stays as well.
func EscapeKey(key string) string {
	plain := func(c byte) bool {
		return c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9' || strings.IndexByte("/-_.~!*'()", c) >= 0
	}
	if !slices.ContainsFunc([]byte(key), func(c byte) bool { return !plain(c) }) {
		return key
	}
	const digits = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(key) {
		if c := key[i]; plain(c) {
			b.WriteByte(c)
		} else {
			b.Write([]byte{'%', digits[c>>4], digits[c&15]})
		}
	}
	return b.String()
}
