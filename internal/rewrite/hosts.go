package rewrite

import (
	"bytes"
	"strings"

	"github.com/wecos-go/wecos/internal/rewrite/source"
)

// hostMatch is a place where one origin is replaced by another.
type hostMatch struct {
	span source.Span
	text string
}

// findHosts finds the addresses in span that begin with one of the origins and
// says what replaces them. An origin without a scheme matches any; a target
// without one takes that of the address.
func findHosts(data []byte, span source.Span, origins []string, target string) []hostMatch {
	var out []hostMatch
	target = strings.TrimRight(target, "/")
	for at := span.Start; at < span.End; {
		i, n := slashes(data[at:span.End])
		if i < 0 {
			break
		}
		host := at + i + n
		start := schemeStart(data, span.Start, at+i)
		for _, o := range origins {
			if m, ok := replaceAt(data, source.Span{Start: start, End: span.End}, host, o, target, n > 2); ok {
				out = append(out, m)
				break
			}
		}
		at = host
	}
	return out
}

// slashes finds the two slashes before a host, which a script may write
// escaped, and how many bytes they take.
func slashes(b []byte) (index, length int) {
	plain, escaped := bytes.Index(b, []byte("//")), bytes.Index(b, []byte(`\/\/`))
	if escaped >= 0 && (plain < 0 || escaped < plain) {
		return escaped, 4
	}
	return plain, 2
}

// schemeStart returns where the scheme before the slashes at i begins, i when
// there is none.
func schemeStart(data []byte, low, i int) int {
	if i <= low || data[i-1] != ':' {
		return i
	}
	s := i - 1
	for s > low && (data[s-1] >= 'a' && data[s-1] <= 'z' || data[s-1] >= 'A' && data[s-1] <= 'Z') {
		s--
	}
	if s == i-1 {
		return i
	}
	return s
}

// replaceAt compares the address in span, whose host begins at host, with an
// origin.
func replaceAt(data []byte, span source.Span, host int, origin, target string, escaped bool) (hostMatch, bool) {
	scheme, rest, ok := strings.Cut(origin, "//")
	if !ok {
		scheme, rest = "", origin
	}
	rest = strings.TrimRight(rest, "/")
	have := strings.TrimRight(string(data[span.Start:host]), `/\`)
	if rest == "" || scheme != "" && !strings.EqualFold(scheme, have) {
		return hostMatch{}, false
	}
	end, ok := matchAddress(data, host, span.End, rest)
	if !ok || !addressEnds(data, end, span.End) {
		return hostMatch{}, false
	}
	if end < span.End && data[end] == ':' && strings.Contains(targetPath(target), "/") {
		return hostMatch{}, false // a port cannot follow a path
	}
	tScheme, tRest, hasScheme := strings.Cut(target, "//")
	if !hasScheme {
		tScheme, tRest = have, target
	}
	if e, ok := matchAddress(data, host, span.End, tRest); ok && addressEnds(data, e, span.End) && strings.EqualFold(tScheme, have) {
		return hostMatch{}, false // the target stands there already
	}
	text := tScheme + "//" + tRest
	if escaped {
		text = strings.ReplaceAll(text, "/", `\/`)
	}
	return hostMatch{source.Span{Start: span.Start, End: end}, text}, true
}

// targetPath cuts the scheme off.
func targetPath(target string) string {
	if _, rest, ok := strings.Cut(target, "//"); ok {
		return rest
	}
	return target
}

// matchAddress reports whether want stands at offset at, the host compared
// without case, slashes escaped or not; it returns the offset behind it.
func matchAddress(data []byte, at, end int, want string) (int, bool) {
	inHost := true
	for i := 0; i < len(want); i++ {
		if at < end && data[at] == '\\' && at+1 < end && data[at+1] == '/' {
			at++
		}
		if at >= end {
			return 0, false
		}
		inHost = inHost && want[i] != '/'
		same := data[at] == want[i] || inHost && lower(data[at]) == lower(want[i])
		if !same {
			return 0, false
		}
		at++
	}
	return at, true
}

func lower(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// addressEnds reports whether a whole origin ends at offset at: the path, a
// query or the port follows, or no character of an address at all.
func addressEnds(data []byte, at, end int) bool {
	if at >= end {
		return true
	}
	c := data[at]
	return !nameByte(c) || c == '$'
}
