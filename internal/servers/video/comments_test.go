package video_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/wecos-go/wecos/internal/servers/video"
)

// written is a body for a comment with some fields changed; nil leaves one out.
func written(t *testing.T, changes map[string]any) string {
	t.Helper()
	body := map[string]any{"vid": 1, "nick": "小明", "avatar": "https://a.example/a.png", "content": "好"}
	for name, v := range changes {
		body[name] = v
		if v == nil {
			delete(body, name)
		}
	}
	text, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// Rows {id,vid,nick,avatar,content}, the newest first.
func TestCommentList(t *testing.T) {
	w := newWorld(t, video.Options{}, "film1", "film2")
	w.get("/video/commentList?vid=1").is(t, "none yet", noComments)
	for n := 1; n <= 3; n++ {
		w.post(written(t, map[string]any{"nick": fmt.Sprint("n", n), "content": fmt.Sprint("c", n)})).is(t, "a comment", okShort)
	}
	w.post(written(t, map[string]any{"vid": 2, "avatar": "", "content": "other"})).is(t, "another film", okShort)
	row := func(n int) string {
		return fmt.Sprintf(`{"id":%d,"vid":1,"nick":"n%[1]d","avatar":"https://a.example/a.png","content":"c%[1]d"}`, n)
	}
	rows := func(n ...int) string {
		var all []string
		for _, n := range n {
			all = append(all, row(n))
		}
		return `{"code":0,"msg":"ok","data":[` + strings.Join(all, ",") + `]}`
	}
	w.get("/video/commentList?vid=1").is(t, "all", rows(3, 2, 1))
	w.get("/video/commentList?vid=2").is(t, "of the other", `{"code":0,"msg":"ok","data":[{"id":4,"vid":2,"nick":"小明","avatar":"","content":"other"}]}`)
	w.get("/video/commentList?vid=3").is(t, "of no film", noComments)

	w.get("/video/commentList?vid=1&limit=2").is(t, "limit", rows(3, 2))
	w.get("/video/commentList?vid=1&limit=2&before=3").is(t, "before", rows(2, 1))
	w.get("/video/commentList?vid=1&before=2").is(t, "before alone", rows(1))
	w.get("/video/commentList?vid=1&before=1").is(t, "before the first", noComments)
	w.get("/video/commentList?vid=1&limit=99999999999999999999").is(t, "a large limit", rows(3, 2, 1))
	for _, bad := range []string{"limit=0", "limit=-1", "limit=x", "limit=", "limit=1&limit=1", "before=0", "before=x", "before=1&before=2", "before=1%20OR%201=1"} {
		w.get("/video/commentList?vid=1&"+bad).is(t, bad, failed)
	}
}

// Missing or repeated: -1. Not a number: none. "7 OR 1=1" is not 7.
func TestVidOfCommentList(t *testing.T) {
	w := newWorld(t, video.Options{}, titles(1, 7)...)
	w.post(written(t, map[string]any{"vid": 7})).is(t, "a comment", okShort)
	for _, bad := range []string{"", "?vid", "?vid=", "?vid=7&vid=7", "?vid=7&vid=8", "?VID=7", "?vid[]=7", "?vid=%zz"} {
		w.get("/video/commentList"+bad).is(t, bad, failed)
	}
	for _, none := range []string{"7 OR 1=1", "7;", "7--", "abc", "7.0", "7e0", "+7", "-7", " 7", "7 ", "0x7", "'7'", "null", "NaN", "７", "0", "99999999999999999999"} {
		w.get("/video/commentList?vid="+url.QueryEscape(none)).is(t, none, noComments)
	}
}

// The newest thousand come without limit; before reaches the others.
func TestManyComments(t *testing.T) {
	w := newWorld(t, video.Options{}, "film1")
	in := video.Import{}
	for n := range video.MaxComments + 10 {
		in.Comments = append(in.Comments, video.Comment{ID: int64(n + 1), Film: 1, Nick: "n", Content: "c"})
	}
	if _, err := w.store.Import(t.Context(), in); err != nil {
		t.Fatal(err)
	}
	count := func(path string) (n int, last int64) {
		var answer struct{ Data []video.Comment }
		if err := json.Unmarshal([]byte(w.get(path).body), &answer); err != nil {
			t.Fatal(err)
		}
		return len(answer.Data), answer.Data[len(answer.Data)-1].ID
	}
	if n, last := count("/video/commentList?vid=1"); n != video.MaxComments || last != 11 {
		t.Errorf("%d comments down to %d", n, last)
	}
	if n, last := count("/video/commentList?vid=1&before=11"); n != 10 || last != 1 {
		t.Errorf("then %d comments down to %d", n, last)
	}
}

func TestCommentIsTaken(t *testing.T) {
	long := func(n int) string { return strings.Repeat("好", n) }
	for name, changes := range map[string]map[string]any{
		"a nick of many":   {"nick": "👩‍💻 \u200fאב"},
		"emoji":            {"nick": "😀", "content": "👨‍👩‍👧 ok"},
		"a number in text": {"vid": "1"},
		"255 characters":   {"nick": long(255)},
		"1,000 characters": {"content": long(1000)},
		"1,000 emoji":      {"content": strings.Repeat("😀", 1000)},
		"no picture":       {"avatar": ""},
		"HTTPS":            {"avatar": "HTTPS://A.example/x?y=z"},
		"lines":            {"content": "a\n\tb"},
		"quotes":           {"content": `'"; DROP TABLE comment; -- \`},
		"markup":           {"content": `<script>&amp;</script>`},
		"more fields":      {"id": 77, "extra": []int{1}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, video.Options{}, "film1")
			body := written(t, changes)
			w.post(body).is(t, body, okShort)
			var want video.Comment
			changes["vid"] = 1
			if err := json.Unmarshal([]byte(written(t, changes)), &want); err != nil {
				t.Fatal(err)
			}
			want.ID = 1
			var got struct{ Data []video.Comment }
			if err := json.Unmarshal([]byte(w.get("/video/commentList?vid=1").body), &got); err != nil {
				t.Fatal(err)
			}
			if len(got.Data) != 1 || got.Data[0] != want {
				t.Errorf("%v, want %v", got.Data, want)
			}
		})
	}
}

func TestCommentIsRefused(t *testing.T) {
	w := newWorld(t, video.Options{}, titles(1, 7)...)
	long := func(n int) string { return strings.Repeat("好", n) }
	object := map[string]any{"a": 1}
	for name, changes := range map[string]map[string]any{
		"no vid": {"vid": nil}, "no nick": {"nick": nil}, "no avatar": {"avatar": nil}, "no content": {"content": nil},
		"a film that does not exist": {"vid": 8}, "film 0": {"vid": 0}, "film -1": {"vid": -1}, "half a film": {"vid": 1.5},
		"7 OR 1=1": {"vid": "7 OR 1=1"}, "no number": {"vid": "abc"}, "empty vid": {"vid": ""}, "a large film": {"vid": "99999999999999999999"},
		"vid is an object": {"vid": object}, "vid is a list": {"vid": []int{1}}, "vid is true": {"vid": true},
		"nick is an object": {"nick": object}, "nick is a number": {"nick": 1}, "nick is a list": {"nick": []string{"a"}},
		"avatar is an object": {"avatar": object}, "content is an object": {"content": object}, "content is a list": {"content": []string{"a"}},
		"empty nick": {"nick": ""}, "blank nick": {"nick": " \u3000"}, "empty content": {"content": ""}, "blank content": {"content": "\n\t "},
		"256 characters": {"nick": long(256)}, "1,001 characters": {"content": long(1001)}, "a long address": {"avatar": "https://" + long(1017)},
		"http": {"avatar": "http://a.example/a.png"}, "a script": {"avatar": "javascript:alert(1)"}, "data": {"avatar": "data:image/png;base64,x"},
		"no host": {"avatar": "https:///a.png"}, "no address": {"avatar": "a.png"}, "without a scheme": {"avatar": "//a.example/a.png"},
		"a user in the address": {"avatar": "https://a:b@a.example/a.png"}, "an empty user": {"avatar": "https://@a.example/a.png"},
		"a space in the address": {"avatar": "https://a.example/a b.png"}, "one in front": {"avatar": " https://a.example/a.png"},
		"one behind": {"avatar": "https://a.example/a.png\u3000"}, "a line in the address": {"avatar": "https://a.example/a.png\n"},
		"a turned address": {"avatar": "https://a.example/\u202egnp.exe"}, "no name": {"avatar": "https://:443/a.png"},
		"opaque": {"avatar": "https:a.example/a.png"}, "a bad escape": {"avatar": "https://a.example%zz/a.png"},
		"text that turns": {"nick": "a\u202eb"}, "an embedding": {"nick": "\u202ab"}, "an isolate": {"nick": "a\u2066"}, "its end": {"nick": "a\u2069"},
		"what was no UTF-8": {"content": "a\ufffd"},
		"NUL":               {"content": "a\x00b"}, "escape": {"nick": "a\x1b[31m"},
	} {
		w.post(written(t, changes)).is(t, name, shortFail)
	}
	for _, body := range []string{`[]`, `{}`, ``, `[{"vid":1}]`} {
		w.post(body).is(t, body, shortFail)
	}
	// Bytes that are no UTF-8, and halves of surrogate pairs.
	for _, name := range []string{"nick", "content"} {
		for _, bad := range []string{"\xff", "a\xe5\xa5", `\ud83d`, `\ude00\ud83d`, `\ud83d\u0041`} {
			body := strings.Replace(written(t, map[string]any{name: "HERE"}), "HERE", bad, 1)
			w.post(body).is(t, fmt.Sprintf("%q", body), shortFail)
		}
		fields := url.Values{"vid": {"1"}, "nick": {"n"}, "avatar": {""}, "content": {"c"}}
		fields.Set(name, "a\xff")
		w.form(fields).is(t, "a form with "+name+" of no UTF-8", shortFail)
	}
	for n := range 9 {
		w.get(fmt.Sprint("/video/commentList?vid=", n)).is(t, "nothing was stored", noComments)
	}
}

func TestCommentAsForm(t *testing.T) {
	w := newWorld(t, video.Options{}, "film1")
	fields := url.Values{"vid": {"1"}, "nick": {"小明 😀"}, "avatar": {"https://a.example/a"}, "content": {"a&b=c"}}
	w.form(fields).is(t, "a form", okShort)
	w.get("/video/commentList?vid=1").is(t, "stored", `{"code":0,"msg":"ok","data":[{"id":1,"vid":1,"nick":"小明 😀","avatar":"https://a.example/a","content":"a&b=c"}]}`)
	fields["nick"] = []string{"a", "b"}
	w.form(fields).is(t, "a field twice", shortFail)
	fields["nick"] = []string{"\xff\xfe"}
	w.ask("POST", w.base+"/video/comment", fields.Encode(), "Content-Type", "text/plain").is(t, "neither JSON nor a form", shortFail)
}

// Malformed JSON is 400 and a body over 100 KB 413, in the same words.
func TestBadBody(t *testing.T) {
	w := newWorld(t, video.Options{}, "film1")
	for _, body := range []string{`{"vid":1,`, `x`, `"text"`, `{"vid":1}{}`} {
		if r := w.post(body); r.status != http.StatusBadRequest || r.body != shortFail {
			t.Errorf("%s: %d %s", body, r.status, r.body)
		}
	}
	if r := w.post(`{"x":"` + strings.Repeat("a", 100<<10) + `"}`); r.status != http.StatusRequestEntityTooLarge || r.body != shortFail {
		t.Errorf("over 100 KB: %d %s", r.status, r.body)
	}
	w.post(written(t, map[string]any{"extra": strings.Repeat("a", 100<<10-200)})).is(t, "just below", okShort)
}

// A client may write only so many comments; others are not held back.
func TestCommentsAreLimited(t *testing.T) {
	w := newWorld(t, video.Options{CommentsPerMinute: 2}, "film1")
	w.post(written(t, map[string]any{"content": ""})).is(t, "refused ones do not count", shortFail)
	for range 2 {
		w.post(written(t, nil)).is(t, "within the limit", okShort)
	}
	r := w.post(written(t, nil))
	if r.status != http.StatusTooManyRequests || r.body != shortFail || r.header.Get("Retry-After") == "" {
		t.Errorf("beyond it: %d %s %v", r.status, r.body, r.header)
	}
	w.get("/video/commentList?vid=1&limit=1").is(t, "reading goes on", `{"code":0,"msg":"ok","data":[{"id":2,"vid":1,"nick":"小明","avatar":"https://a.example/a.png","content":"好"}]}`)
}
