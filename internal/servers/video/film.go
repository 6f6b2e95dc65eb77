package video

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"unicode/utf8"
)

// Check returns an error, for people, when a film cannot be shown: it needs a
// title and an address, within their limits.
func (f Film) Check() error {
	if strings.TrimSpace(f.Title) == "" {
		return errors.New("a film without a title")
	}
	for _, l := range []struct {
		what, text string
		most       int
	}{{"title", f.Title, MaxTitle}, {"image", f.Image, MaxURL}, {"address", f.URL, MaxURL}} {
		if !utf8.ValidString(l.text) {
			return fmt.Errorf("the %s of a film is not UTF-8", l.what)
		}
		if n := utf8.RuneCountInString(l.text); n > l.most {
			return fmt.Errorf("the %s of a film has %d characters, more than %d", l.what, n, l.most)
		}
	}
	if f.Image != "" && !isWeb(f.Image) {
		return fmt.Errorf("the image %.80q is no http or https address", f.Image)
	}
	if !isWeb(f.URL) {
		return fmt.Errorf("the video %.80q is no http or https address", f.URL)
	}
	return nil
}

// isWeb reports whether a client can ask for an address.
func isWeb(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.Host != "" && (u.Scheme == "https" || u.Scheme == "http" || u.Scheme == "" && strings.HasPrefix(s, "//"))
}
