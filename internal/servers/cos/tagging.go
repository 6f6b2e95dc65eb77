package cos

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"net/http"
	"strconv"
	"unicode/utf8"
)

// tag is a label of a bucket or an object. It is kept and given back.
type tag struct {
	Key   string
	Value string
}

// The limits of tags (documents 436/8281 and 436/42997), in characters.
const (
	maxBucketTags = 50
	maxObjectTags = 10
	maxTagKey     = 128
	maxTagValue   = 256
)

var errInvalidTag = &apiError{400, "InvalidTag", "A tag is empty, too long, twice there, or one too many."}

func checkTags(tags []tag, most int) error {
	if len(tags) > most {
		return errInvalidTag
	}
	seen := make(map[string]bool)
	for _, t := range tags {
		if t.Key == "" || seen[t.Key] || utf8.RuneCountInString(t.Key) > maxTagKey || utf8.RuneCountInString(t.Value) > maxTagValue {
			return errInvalidTag
		}
		seen[t.Key] = true
	}
	return nil
}

func (q *request) tagsFromBody(w http.ResponseWriter, most int) ([]tag, error) {
	var body struct {
		XMLName xml.Name `xml:"Tagging"`
		Tags    []tag    `xml:"TagSet>Tag"`
	}
	if err := q.decodeXML(w, &body, maxSettingXML); err != nil {
		return nil, err
	}
	return body.Tags, checkTags(body.Tags, most)
}

// tagsFromHeader reads x-cos-tagging: a=1&b=2.
func tagsFromHeader(h http.Header) ([]tag, error) {
	var tags []tag
	for _, p := range parseQuery(h.Get("X-Cos-Tagging")) {
		tags = append(tags, tag{p.name, p.value})
	}
	return tags, checkTags(tags, maxObjectTags)
}

func writeTags(w http.ResponseWriter, tags []tag) error {
	b := newXML("Tagging")
	b.WriteString("<TagSet>")
	for _, t := range tags {
		b.WriteString("<Tag>")
		element(b, "Key", t.Key)
		element(b, "Value", t.Value)
		b.WriteString("</Tag>")
	}
	b.WriteString("</TagSet>")
	return endXML(w, b, "Tagging")
}

func (s *Server) bucketTags(w http.ResponseWriter, q *request) error {
	tags := q.bucket.settings().Tags
	if len(tags) == 0 {
		return errNoSuchTagSet
	}
	return writeTags(w, tags)
}

func (s *Server) setBucketTags(w http.ResponseWriter, q *request) error {
	tags, err := q.tagsFromBody(w, maxBucketTags)
	if err != nil {
		return err
	}
	return noContent(w, q.bucket.change(settingTags, tags, func(s *settings) { s.Tags = tags }))
}

func (s *Server) deleteBucketTags(w http.ResponseWriter, q *request) error {
	return noContent(w, q.bucket.change(settingTags, nil, func(s *settings) { s.Tags = nil }))
}

// noContent ends a request that has nothing to say.
func noContent(w http.ResponseWriter, err error) error {
	if err == nil {
		w.WriteHeader(http.StatusNoContent)
	}
	return err
}

const attrTags = "tags"

// tagsAttr is how tags are kept with an object.
func tagsAttr(tags []tag) string {
	if len(tags) == 0 {
		return ""
	}
	text, err := json.Marshal(tags)
	if err != nil {
		return "" // strings always marshal
	}
	return string(text)
}

func tagsOf(attr map[string]string) (tags []tag) {
	if json.NewDecoder(bytes.NewReader([]byte(attr[attrTags]))).Decode(&tags) != nil {
		return nil
	}
	return tags
}

func (s *Server) objectTags(w http.ResponseWriter, q *request) error {
	info, err := q.store.Stat(q.key)
	if err != nil {
		return err
	}
	return writeTags(w, tagsOf(info.Attr))
}

func (s *Server) setObjectTags(w http.ResponseWriter, q *request) error {
	tags, err := q.tagsFromBody(w, maxObjectTags)
	if err != nil {
		return err
	}
	if err := q.store.SetAttr(q.key, attrTags, tagsAttr(tags)); err != nil {
		return err
	}
	w.WriteHeader(http.StatusOK)
	return nil
}

func (s *Server) deleteObjectTags(w http.ResponseWriter, q *request) error {
	return noContent(w, q.store.SetAttr(q.key, attrTags, ""))
}

func tagCount(attr map[string]string) []string {
	if n := len(tagsOf(attr)); n > 0 {
		return []string{strconv.Itoa(n)}
	}
	return nil
}
