package cos

import (
	"encoding/xml"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// corsConfig says which pages of other origins may use a bucket (document
// 436/8279).
type corsConfig struct {
	XMLName      xml.Name   `json:"-" xml:"CORSConfiguration"`
	Rules        []corsRule `json:"rules" xml:"CORSRule"`
	ResponseVary bool       `json:"vary,omitempty" xml:"ResponseVary,omitempty"`
}

type corsRule struct {
	ID      string   `json:"id,omitempty" xml:"ID,omitempty"`
	Origins []string `json:"origins" xml:"AllowedOrigin"`
	Methods []string `json:"methods" xml:"AllowedMethod"`
	Headers []string `json:"headers,omitempty" xml:"AllowedHeader,omitempty"`
	Expose  []string `json:"expose,omitempty" xml:"ExposeHeader,omitempty"`
	MaxAge  int      `json:"maxAge,omitempty" xml:"MaxAgeSeconds,omitempty"`
}

const maxCORSRules = 100

var corsMethods = []string{"GET", "PUT", "POST", "DELETE", "HEAD"}

func (c *corsConfig) check() error {
	if len(c.Rules) == 0 || len(c.Rules) > maxCORSRules {
		return errMalformedXML
	}
	for _, r := range c.Rules {
		if len(r.Origins) == 0 || len(r.Methods) == 0 || r.MaxAge < 0 {
			return errMalformedXML
		}
		for _, o := range r.Origins {
			// A line feed in what is sent back would be a header of its own.
			if strings.Count(o, "*") > 1 || strings.ContainsFunc(o, func(c rune) bool { return c <= ' ' }) {
				return invalidArgument("An AllowedOrigin holds more than one *, or white space.")
			}
		}
		for _, m := range r.Methods {
			if !slices.Contains(corsMethods, m) {
				return invalidArgument("An AllowedMethod is none of " + strings.Join(corsMethods, ", ") + ".")
			}
		}
	}
	return nil
}

// find returns the first rule for a request.
func (c *corsConfig) find(origin, method string, headers []string) *corsRule {
	if c == nil || origin == "" {
		return nil
	}
	for i, r := range c.Rules {
		if r.allows(origin, method, headers) {
			return &c.Rules[i]
		}
	}
	return nil
}

func (r corsRule) allows(origin, method string, headers []string) bool {
	if !slices.Contains(r.Methods, method) || !matchesAny(r.Origins, origin) {
		return false
	}
	for _, h := range headers {
		if !matchesAny(r.Headers, h) {
			return false
		}
	}
	return true
}

// matchesAny compares without regard to case; one * stands for anything.
func matchesAny(patterns []string, s string) bool {
	s = strings.ToLower(s)
	return slices.ContainsFunc(patterns, func(p string) bool {
		before, after, star := strings.Cut(strings.ToLower(p), "*")
		if !star {
			return before == s
		}
		return len(s) >= len(before)+len(after) && strings.HasPrefix(s, before) && strings.HasSuffix(s, after)
	})
}

// write says what the rule allows to the origin.
func (r *corsRule) write(h http.Header, origin string, vary bool) {
	if slices.Contains(r.Origins, "*") {
		origin = "*"
	}
	h.Set("Access-Control-Allow-Origin", origin)
	h.Set("Access-Control-Allow-Methods", strings.Join(r.Methods, ","))
	if len(r.Expose) > 0 {
		h.Set("Access-Control-Expose-Headers", strings.Join(r.Expose, ","))
	}
	if r.MaxAge > 0 {
		h.Set("Access-Control-Max-Age", strconv.Itoa(r.MaxAge))
	}
	if origin != "*" || vary {
		h.Add("Vary", "Origin")
	}
}

// allowOrigin lets a page read the reply if a rule says so.
func (b *bucket) allowOrigin(w http.ResponseWriter, r *http.Request) {
	origin := r.Header.Get("Origin")
	if origin == "" {
		return
	}
	c := b.settings().CORS
	if rule := c.find(origin, r.Method, nil); rule != nil {
		rule.write(w.Header(), origin, c.ResponseVary)
	}
}

// preflight answers OPTIONS, which browsers send without a signature.
func (s *Server) preflight(w http.ResponseWriter, q *request) error {
	origin, method := q.Header.Get("Origin"), q.Header.Get("Access-Control-Request-Method")
	if origin == "" || method == "" {
		return errNotPreflight
	}
	asked := q.Header.Get("Access-Control-Request-Headers")
	var headers []string
	for h := range strings.SplitSeq(asked, ",") {
		if h = strings.TrimSpace(h); h != "" {
			headers = append(headers, h)
		}
	}
	c := q.bucket.settings().CORS
	rule := c.find(origin, method, headers)
	if rule == nil {
		return errForbiddenOrigin
	}
	rule.write(w.Header(), origin, c.ResponseVary)
	if len(headers) > 0 {
		w.Header().Set("Access-Control-Allow-Headers", strings.Join(headers, ","))
	}
	w.Header().Set("Content-Length", "0")
	w.WriteHeader(http.StatusOK)
	return nil
}

func (s *Server) cors(w http.ResponseWriter, q *request) error {
	c := q.bucket.settings().CORS
	if c == nil {
		return errNoSuchCORS
	}
	text, err := xml.Marshal(c)
	if err != nil {
		return err
	}
	writeXML(w, http.StatusOK, append([]byte(xml.Header), text...))
	return nil
}

func (s *Server) setCORS(w http.ResponseWriter, q *request) error {
	c := new(corsConfig)
	if err := q.decodeXML(w, c, maxSettingXML); err != nil {
		return err
	}
	if err := c.check(); err != nil {
		return err
	}
	if err := q.bucket.change(settingCORS, c, func(s *settings) { s.CORS = c }); err != nil {
		return err
	}
	w.WriteHeader(http.StatusOK)
	return nil
}

func (s *Server) deleteCORS(w http.ResponseWriter, q *request) error {
	return noContent(w, q.bucket.change(settingCORS, nil, func(s *settings) { s.CORS = nil }))
}
