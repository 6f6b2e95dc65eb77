package kit

import (
	"io"
	"log/slog"
	"strings"
)

// NewLogger writes lines for people where w is a terminal, else JSON. Whatever
// is logged under the name of a secret shows as ******, and an openid as its
// first four characters, so that a slip in an app gives nothing away. Durations
// have their unit, such as 1.5s.
func NewLogger(w io.Writer, terminal bool) *slog.Logger {
	opt := &slog.HandlerOptions{ReplaceAttr: scrub}
	if terminal {
		return slog.New(slog.NewTextHandler(w, opt))
	}
	return slog.New(slog.NewJSONHandler(w, opt))
}

// secretNames are attributes that are never shown.
var secretNames = map[string]bool{
	"authorization": true, "code": true, "cookie": true, "password": true, "rawdata": true, "secret": true,
	"sessionkey": true, "signature": true, "token": true, "unionid": true,
	"appsecret": true, "secretkey": true, "secretid": true,
}

func scrub(_ []string, a slog.Attr) slog.Attr {
	name := a.Key
	if strings.ContainsFunc(name, func(r rune) bool { return r < 'a' || r > 'z' }) {
		name = strings.NewReplacer("_", "", "-", "").Replace(strings.ToLower(name))
	}
	switch {
	case a.Value.Kind() == slog.KindDuration:
		return slog.String(a.Key, a.Value.Duration().String()) // in JSON, a number would be of nanoseconds
	case name == "openid":
		return slog.String(a.Key, Short(a.Value.String()))
	case secretNames[strings.TrimPrefix(name, "xwx")] && a.Value.String() != "":
		return slog.String(a.Key, "******")
	}
	return a
}

// Short shortens what identifies a person, such as an openid, to what is enough
// to tell a few of them apart in a log.
func Short(s string) string {
	const keep = 4
	if len(s) <= keep {
		return s
	}
	return s[:keep] + "…"
}
