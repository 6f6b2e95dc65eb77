package slim

import (
	"errors"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"

	"github.com/wecos-go/wecos/internal/upload"
)

const claimsFormat = "wecos claims 1"

// claims are the contents that were put, or were about to be put, under the
// keys of each bucket, latest last. Whatever else lies under a key is not ours.
type claims map[string]map[string][]sum // bucket → key → contents

// loadClaims reads the claims; without any they are empty. s may be nil.
func (s *state) loadClaims() (claims, error) {
	c := claims{}
	if s == nil {
		return c, nil
	}
	is, err := s.readUnless(claimsFile, claimsFormat, &c, func(is sum) bool {
		known, ok := s.memory.recall(claimsFile, is).(claims)
		if ok {
			c = known.clone()
		}
		return ok
	})
	if errors.Is(err, fs.ErrNotExist) {
		return c, nil
	}
	if err != nil {
		return nil, err
	}
	if c == nil {
		return nil, &StateError{File: filepath.Join(s.root.Dir(), claimsFile), Text: "has no buckets"}
	}
	s.memory.keep(claimsFile, is, c.clone())
	s.claims = is
	return c, nil
}

// claimsAre reports whether the claims have the hash want, which costs less than
// to decode them.
func (s *state) claimsAre(want sum) (bool, error) {
	if want == (sum{}) {
		return false, nil
	}
	is, err := s.readUnless(claimsFile, claimsFormat, nil, func(sum) bool { return true })
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return is == want, err
}

func (s *state) saveClaims(c claims) error {
	is, err := s.writeSum(claimsFile, claimsFormat, c)
	if err == nil {
		s.memory.keep(claimsFile, is, c.clone())
		s.claims = is
	}
	return err
}

// clone is a copy with maps of its own. Lists of contents are never changed.
func (c claims) clone() claims {
	out := make(claims, len(c))
	for bucket, keys := range c {
		out[bucket] = maps.Clone(keys)
	}
	return out
}

// bucketOf names the bucket of d, whatever the folder in it and the address
// under which it is read.
func bucketOf(d upload.Destination) string { return d.Endpoint + " " + d.Bucket }

// has reports whether content was put, or was about to be put, under key.
func (c claims) has(d upload.Destination, key string, content sum) bool {
	return slices.Contains(c[bucketOf(d)][key], content)
}

// latest is the content that was put, or was about to be put, under key last.
func (c claims) latest(d upload.Destination, key string) (sum, bool) {
	contents := c[bucketOf(d)][key]
	if len(contents) == 0 {
		return sum{}, false
	}
	return contents[len(contents)-1], true
}

// add notes that content is about to be put under key, and reports whether that
// was news.
func (c claims) add(d upload.Destination, key string, content sum) bool {
	keys := c[bucketOf(d)]
	if keys == nil {
		keys = map[string][]sum{}
		c[bucketOf(d)] = keys
	}
	if n := len(keys[key]); n > 0 && keys[key][n-1] == content {
		return false
	}
	old := slices.DeleteFunc(slices.Clone(keys[key]), func(s sum) bool { return s == content })
	keys[key] = append(old, content)
	return true
}
