package scan

import (
	"path"
	"path/filepath"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/wecos-go/wecos/internal/within"
)

// blacklist decides which images stay because the configuration names them. It
// compares whole path segments without regard to case: an image that stays by
// mistake is the smaller harm.
type blacklist struct {
	entries []string // as given
	used    []bool
	rules   []blackRule
}

// blackRule matches paths below one of the folders that an entry may be
// relative to.
type blackRule struct {
	entry  int
	prefix string // to put before a path below the app root, or ""
	below  string // only paths below this folder of the app, seen from there; or ""
	glob   string
}

// newBlacklist compiles entries. Each is tried from the configuration's
// folder, from the folder that was asked for and from the app root.
func newBlacklist(entries []string, l *Layout, configDir string) (*blacklist, error) {
	b := &blacklist{entries: entries, used: make([]bool, len(entries))}
	bases := []string{l.Root}
	for _, dir := range []string{l.AppDir, configDir} {
		if dir != "" && filepath.Clean(dir) != l.Root {
			bases = append(bases, filepath.Clean(dir))
		}
	}
	for i, entry := range entries {
		glob := strings.ToLower(slashes(strings.TrimSpace(entry)))
		if !doublestar.ValidatePattern(glob) {
			return nil, &PatternError{Pattern: entry}
		}
		if rel, ok := within.Rel(l.Root, strings.TrimSpace(entry)); filepath.IsAbs(entry) && ok {
			b.add(i, l.Root, l.Root, strings.ToLower(rel))
			continue
		}
		// A leading slash means the app's root, as in the app's own paths.
		glob = path.Clean(strings.TrimLeft(glob, "/"))
		for _, base := range bases {
			b.add(i, base, l.Root, glob)
		}
	}
	return b, nil
}

// add makes the rule for a cleaned glob relative to base, if that can name
// anything below root.
func (b *blacklist) add(entry int, base, root, glob string) {
	for glob == ".." || strings.HasPrefix(glob, "../") {
		base = filepath.Dir(base)
		glob = strings.TrimPrefix(strings.TrimPrefix(glob, ".."), "/")
	}
	r := blackRule{entry: entry, glob: glob}
	if rel, ok := within.Rel(base, root); ok {
		r.prefix = strings.ToLower(rel)
	} else if rel, ok := within.Rel(root, base); ok {
		r.below = strings.ToLower(rel) + "/"
	} else {
		return
	}
	b.rules = append(b.rules, r)
}

// matches reports whether an entry names the file at p or a folder above it.
func (b *blacklist) matches(p string) bool {
	found := false
	p = strings.ToLower(p)
	for _, r := range b.rules {
		if r.matches(p) {
			b.used[r.entry] = true
			found = true
		}
	}
	return found
}

func (r *blackRule) matches(p string) bool {
	if r.below != "" {
		rest, ok := strings.CutPrefix(p, r.below)
		if !ok {
			return false
		}
		p = rest
	} else {
		p = path.Join(r.prefix, p)
	}
	if r.glob == "" || r.glob == "." {
		return true // the folder itself
	}
	for ; p != "." && p != "/"; p = path.Dir(p) {
		if doublestar.MatchUnvalidated(r.glob, p) {
			return true
		}
	}
	return false
}

// unused returns the entries that matched nothing.
func (b *blacklist) unused() (entries []string) {
	for i, entry := range b.entries {
		if !b.used[i] {
			entries = append(entries, entry)
		}
	}
	return entries
}

// slashes turns backslashes into slashes, except those that escape a wildcard.
func slashes(s string) string {
	var out strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && (i+1 == len(s) || !strings.ContainsRune(`*?[]{}\`, rune(s[i+1]))) {
			out.WriteByte('/')
			continue
		}
		out.WriteByte(s[i])
	}
	return out.String()
}
