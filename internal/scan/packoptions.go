package scan

import (
	"errors"
	"fmt"
	"path"
	"regexp"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/wecos-go/wecos/internal/config/jsonc"
)

// packOptions say what the uploader leaves out of the package. It compares in
// lower case, and what include names stays in whatever ignore says.
//
// A rule that this program cannot follow exactly leaves nothing out: a source
// that is read though it does not ship costs little, one that ships unread
// could name an image that is gone.
type packOptions struct {
	ignore, include []packRule
	bad             []error // rules that are not followed
}

// packRule says whether it names the file at p, which is relative to the app
// root and in lower case.
type packRule struct {
	match  func(p string) bool
	folder string // of a folder rule, lower case, with a slash at both ends
}

// ignored reports whether the file at p does not ship.
func (o *packOptions) ignored(p string) bool {
	if len(o.ignore) == 0 {
		return false
	}
	p = strings.ToLower(p)
	return !matchesAny(o.include, p) && matchesAny(o.ignore, p)
}

// prunes reports whether nothing in the folder at p ships, so that there is no
// need to look into it.
func (o *packOptions) prunes(p string) bool {
	if len(o.include) > 0 {
		return false
	}
	p = "/" + strings.ToLower(p) + "/"
	for _, r := range o.ignore {
		if r.folder != "" && strings.HasPrefix(p, r.folder) {
			return true
		}
	}
	return false
}

func matchesAny(rules []packRule, p string) bool {
	for _, r := range rules {
		if r.match(p) {
			return true
		}
	}
	return false
}

func readPackOptions(v jsonc.Value) packOptions {
	var o packOptions
	read := func(key string) (rules []packRule) {
		list, _ := v.Get(key)
		for _, e := range list.Elements() {
			kind, _ := e.Get("type")
			value, _ := e.Get("value")
			r, err := newPackRule(kind.Text(), value.Text())
			if err != nil {
				line, column := e.Position()
				o.bad = append(o.bad, fmt.Errorf("line %d, column %d: packOptions.%s: %w", line, column, key, err))
				continue
			}
			rules = append(rules, r)
		}
		return rules
	}
	o.ignore, o.include = read("ignore"), read("include")
	return o
}

// newPackRule follows the published uploader (miniprogram-ci 2.1.42): prefix
// and suffix look at the base name, the others at the whole path with or
// without a leading slash.
func newPackRule(kind, value string) (packRule, error) {
	value = strings.ToLower(value)
	if value == "" {
		return packRule{}, errors.New("a rule without a value is not followed")
	}
	switch kind {
	case "prefix":
		return packRule{match: func(p string) bool { return strings.HasPrefix(path.Base(p), value) }}, nil
	case "suffix":
		return packRule{match: func(p string) bool { return strings.HasSuffix(path.Base(p), value) }}, nil
	case "file":
		file := withSlash(value)
		return packRule{match: func(p string) bool { return "/"+p == file }}, nil
	case "folder":
		folder := withSlash(value)
		if !strings.HasSuffix(folder, "/") {
			folder += "/"
		}
		return packRule{folder: folder, match: func(p string) bool { return strings.HasPrefix("/"+p, folder) }}, nil
	case "regexp":
		re, err := regexp.Compile("(?im)" + value)
		if err != nil {
			return packRule{}, fmt.Errorf("the regular expression %q is not followed", value)
		}
		return packRule{match: func(p string) bool { return re.MatchString(p) || re.MatchString("/"+p) }}, nil
	case "glob":
		if unlikeGlob(value) {
			return packRule{}, fmt.Errorf("the glob %q is not followed", value)
		}
		dots := strings.HasPrefix(value, ".") || strings.Contains(value, "/.")
		return packRule{match: func(p string) bool {
			// A wildcard does not match a hidden name unless the glob asks for one.
			if !dots && (strings.HasPrefix(p, ".") || strings.Contains(p, "/.")) {
				return false
			}
			return doublestar.MatchUnvalidated(value, p) || doublestar.MatchUnvalidated(value, "/"+p)
		}}, nil
	}
	return packRule{}, fmt.Errorf("the type %q is not known", kind)
}

// unlikeGlob reports whether the uploader reads more into a glob than
// doublestar does: negation, comments, and patterns in parentheses.
func unlikeGlob(glob string) bool {
	return strings.HasPrefix(glob, "!") || strings.HasPrefix(glob, "#") ||
		strings.ContainsAny(glob, "()") || !doublestar.ValidatePattern(glob)
}

func withSlash(s string) string {
	if strings.HasPrefix(s, "/") {
		return s
	}
	return "/" + s
}
