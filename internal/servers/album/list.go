package album

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
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

// readQuestion refuses what it cannot read, and a parameter that is there twice:
// a client that pages would begin anew and never end.
func readQuestion(query string) (q question, err error) {
	values, err := url.ParseQuery(query)
	if err != nil {
		return q, errQuestion
	}
	for _, name := range []string{"limit", "marker", "order", "w"} {
		if len(values[name]) > 1 {
			return q, errQuestion
		}
	}
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

// list answers with the addresses of all pictures, or of a page of them.
func (s *Server) list(w http.ResponseWriter, r *http.Request) error {
	var q question
	if r.URL.RawQuery != "" {
		var err error
		if q, err = readQuestion(r.URL.RawQuery); err != nil {
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

// render writes the reply to a question: code, msg, data, and thumbs and next
// where they were asked for and there are some. It is most of the work of a
// listing, and an encoder would make it twice as much.
func (s *Server) render(at string, all *snapshot, q question) ([]byte, error) {
	items, next := q.pick(all)
	text := make([]byte, 0, 64+len(items)*(len(at)+96))
	text = append(text, `{"code":0,"msg":"`+msgOK+`","data":`...)
	text, err := s.appendAddresses(text, at, items, 0)
	if err == nil && q.width > 0 && len(items) > 0 {
		text = append(text, `,"thumbs":`...)
		text, err = s.appendAddresses(text, at, items, q.width)
	}
	if err == nil && next != "" {
		text = append(text, `,"next":`...)
		text, err = appendString(text, next)
	}
	return append(text, '}'), err
}

func (s *Server) appendAddresses(text []byte, at string, items []Item, width int) ([]byte, error) {
	before, after, err := s.around(at, width)
	if err != nil {
		return nil, err
	}
	text = append(text, '[')
	for i, item := range items {
		if i > 0 {
			text = append(text, ',')
		}
		if s.public != nil {
			if text, err = appendString(text, s.public.URL(item.Key, width)); err != nil {
				return nil, err
			}
			continue
		}
		text = append(text, before...)
		text = append(text, EscapeKey(item.Key)...) // nothing in it needs an escape of JSON
		text = append(text, after...)
	}
	return append(text, ']'), nil
}

// around is what stands before and after the key in addresses of this server, as
// JSON.
func (s *Server) around(at string, width int) (before, after []byte, err error) {
	before, err = appendString(nil, at+s.base+picturePath)
	if err != nil {
		return nil, nil, err
	}
	before, after = before[:len(before)-1], []byte{'"'}
	if width > 0 {
		after = append([]byte(widthQuery(width)), '"')
	}
	return before, after, nil
}

// appendString appends a JSON string. Addresses need no escapes, as a rule.
func appendString(text []byte, s string) ([]byte, error) {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			quoted, err := json.Marshal(s)
			return append(text, quoted...), err
		}
	}
	text = append(text, '"')
	text = append(text, s...)
	return append(text, '"'), nil
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
	return kit.Scheme(r) + "://" + kit.Host(r)
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
		address += widthQuery(width)
	}
	return address
}

func widthQuery(width int) string { return "?w=" + strconv.Itoa(width) }

// EscapeKey percent-encodes a key as the path of an address; slashes stay. What
// encodeURIComponent of JavaScript leaves alone stays as well.
func EscapeKey(key string) string {
	first := 0
	for first < len(key) && isPlain(key[first]) {
		first++
	}
	if first == len(key) {
		return key
	}
	const digits = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(key) {
		if c := key[i]; isPlain(c) {
			b.WriteByte(c)
		} else {
			b.Write([]byte{'%', digits[c>>4], digits[c&15]})
		}
	}
	return b.String()
}

func isPlain(c byte) bool {
	switch {
	case c|0x20 >= 'a' && c|0x20 <= 'z', c >= '0' && c <= '9':
		return true
	}
	return strings.IndexByte("/-_.~!*'()", c) >= 0
}
