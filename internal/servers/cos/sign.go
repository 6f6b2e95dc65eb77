package cos

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/subtle"
	"encoding/hex"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// futureLeeway is how far the clock of a client may be ahead.
const futureLeeway = time.Minute

// signature is what an Authorization header or a signed URL says (COS document
// 436/7778).
type signature struct {
	algorithm, id     string
	signTime, keyTime string
	headers, params   string // lists, separated by semicolons
	value             string
	inURL             bool
}

// authorize returns nil if the request may be served.
func (s *Server) authorize(q *request) error {
	if s.opt.Unsigned {
		q.signed = true // by nobody, but for everything
		return nil
	}
	sig, found, err := findSignature(q)
	if err != nil {
		return err
	}
	if !found {
		read := q.Method == http.MethodGet || q.Method == http.MethodHead
		if read && q.key != "" && q.sub == "" && q.bucket != nil && s.readable(q) {
			return nil
		}
		return errAccessDenied
	}
	token := q.Header.Get("X-Cos-Security-Token")
	if token == "" {
		token = q.param("x-cos-security-token")
	}
	return s.verify(q, sig, token)
}

// verify checks a signature over the request.
func (s *Server) verify(q *request, sig signature, token string) error {
	cred, ok := s.keys[sig.id]
	if !ok {
		return errUnknownID
	}
	if err := sig.inTime(q.now); err != nil {
		return err
	}
	if !equal(sig.sign(q, cred.Key), sig.value) {
		return errSignature
	}
	if cred.Token != "" && !equal(token, cred.Token) {
		return errToken
	}
	q.signed, q.headers = true, sig.headers
	return nil
}

func equal(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// covers reports whether the signature is over the header called name, in
// small letters.
func (q *request) covers(name string) bool {
	return slices.ContainsFunc(strings.Split(q.headers, ";"), func(h string) bool {
		return strings.EqualFold(unescape(h), name)
	})
}

// findSignature looks in the Authorization header, then in the query, where
// the parts stand as parameters or all together in "sign".
func findSignature(q *request) (sig signature, found bool, err error) {
	text := q.Header.Get("Authorization")
	if text == "" {
		if text = q.param("sign"); text != "" {
			sig.inURL = true
		}
	}
	switch {
	case text != "":
		sig.parse(text)
	case q.param("q-signature") != "" || q.param("q-ak") != "":
		sig.inURL = true
		for _, p := range q.params {
			sig.set(p.name, p.value)
		}
	default:
		return sig, false, nil
	}
	if sig.algorithm != "sha1" || sig.id == "" || sig.value == "" {
		return sig, true, errAccessDenied
	}
	return sig, true, nil
}

// parse reads what stands in an Authorization header.
func (sig *signature) parse(text string) {
	for pair := range strings.SplitSeq(strings.TrimSpace(text), "&") {
		name, value, _ := strings.Cut(pair, "=")
		sig.set(name, value)
	}
}

func (sig *signature) set(name, value string) {
	switch name {
	case "q-sign-algorithm":
		sig.algorithm = value
	case "q-ak":
		sig.id = value
	case "q-sign-time":
		sig.signTime = value
	case "q-key-time":
		sig.keyTime = value
	case "q-header-list":
		sig.headers = value
	case "q-url-param-list":
		sig.params = value
	case "q-signature":
		sig.value = value
	}
}

// inTime checks both windows: the one the signature names and the one that its
// key was made for.
func (sig *signature) inTime(now time.Time) error {
	for _, window := range []string{sig.signTime, sig.keyTime} {
		from, to, ok := strings.Cut(window, ";")
		begin, err1 := strconv.ParseInt(from, 10, 64)
		end, err2 := strconv.ParseInt(to, 10, 64)
		switch {
		case !ok || err1 != nil || err2 != nil || begin > end:
			return errAccessDenied
		case begin > now.Add(futureLeeway).Unix():
			return errSkewed
		case end < now.Unix() && sig.inURL:
			return errExpired
		case end < now.Unix():
			return errSkewed
		}
	}
	return nil
}

// sign computes the signature that the request should bear.
func (sig *signature) sign(q *request, secret string) string {
	var b strings.Builder
	b.WriteString(strings.ToLower(q.Method))
	b.WriteByte('\n')
	b.WriteString(q.URL.Path)
	b.WriteByte('\n')
	b.WriteString(canonical(sig.params, q.signedParam))
	b.WriteByte('\n')
	b.WriteString(canonical(sig.headers, q.signedHeader))
	b.WriteByte('\n')
	sum := sha1.Sum([]byte(b.String()))
	return mac(mac(secret, sig.keyTime), "sha1\n"+sig.signTime+"\n"+hex.EncodeToString(sum[:])+"\n")
}

func mac(key, text string) string {
	h := hmac.New(sha1.New, []byte(key))
	h.Write([]byte(text))
	return hex.EncodeToString(h.Sum(nil))
}

// canonical joins name=value for every name in list, both encoded, sorted. A
// name in the list that the request does not have is left out, which fits no
// signature over a value of it.
func canonical(list string, values func(name string, add func(value string))) string {
	if list == "" {
		return ""
	}
	var pairs []param
	seen := make(map[string]bool)
	for name := range strings.SplitSeq(list, ";") {
		// Clients encode the names in the list, or do not.
		name = strings.ToLower(unescape(name))
		if name == "" || seen[name] {
			continue
		}
		seen[name] = true
		values(name, func(value string) {
			pairs = append(pairs, param{strings.ToLower(encode(name)), encode(value)})
		})
	}
	slices.SortFunc(pairs, func(a, b param) int {
		return cmp.Or(strings.Compare(a.name, b.name), strings.Compare(a.value, b.value))
	})
	var b strings.Builder
	for i, p := range pairs {
		if i > 0 {
			b.WriteByte('&')
		}
		b.WriteString(p.name)
		b.WriteByte('=')
		b.WriteString(p.value)
	}
	return b.String()
}

func (q *request) signedParam(name string, add func(string)) {
	for _, p := range q.params {
		if strings.EqualFold(p.name, name) {
			add(p.value)
		}
	}
}

func (q *request) signedHeader(name string, add func(string)) {
	if name == "host" {
		add(q.Host)
		return
	}
	for _, v := range q.Header.Values(name) {
		add(v)
	}
}

// encode is JavaScript's encodeURIComponent with !'()* encoded too, as the
// signature wants it.
func encode(s string) string {
	const hexDigits = "0123456789ABCDEF"
	plain := func(c byte) bool {
		return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' ||
			c == '-' || c == '_' || c == '.' || c == '~'
	}
	extra := 0
	for i := range len(s) {
		if !plain(s[i]) {
			extra += 2
		}
	}
	if extra == 0 {
		return s
	}
	b := make([]byte, 0, len(s)+extra)
	for i := range len(s) {
		if c := s[i]; plain(c) {
			b = append(b, c)
		} else {
			b = append(b, '%', hexDigits[c>>4], hexDigits[c&15])
		}
	}
	return string(b)
}
