package slim

import (
	"context"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/wecos-go/wecos/internal/rewrite"
	"github.com/wecos-go/wecos/internal/rewrite/source"
	"github.com/wecos-go/wecos/internal/scan"
	"github.com/wecos-go/wecos/internal/upload"
)

// cache holds extracted facts. They depend on path, content and options alone
// and never change, so an entry is valid for ever; what the last tree did not
// use is dropped.
type cache struct {
	mu    sync.Mutex
	facts map[factsKey]*rewrite.Facts
}

type factsKey struct {
	path     string
	content  sum
	suffixes string
}

// extract returns the facts of all sources that could be read, sorted by path.
func (c *cache) extract(ctx context.Context, tree *scan.Tree, suffixes []string) ([]*rewrite.Facts, error) {
	var files []*scan.File
	for i := range tree.Files {
		if f := &tree.Files[i]; f.Kind != source.Other && f.Data != nil {
			files = append(files, f)
		}
	}
	all := strings.Join(suffixes, " ")
	key := func(f *scan.File) factsKey { return factsKey{f.Path, f.Sum, all} }
	out := make([]*rewrite.Facts, len(files))
	upload.Each(ctx, workers(), indices(len(files)), func(_ context.Context, i int) error {
		c.mu.Lock()
		out[i] = c.facts[key(files[i])]
		c.mu.Unlock()
		if out[i] == nil {
			out[i] = rewrite.Extract(files[i].Path, files[i].Data, rewrite.ExtractOptions{Suffixes: suffixes})
		}
		return nil
	})
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	used := make(map[factsKey]*rewrite.Facts, len(files))
	for i, f := range files {
		used[key(f)] = out[i]
	}
	c.mu.Lock()
	c.facts = used
	c.mu.Unlock()
	return out, nil
}

// imageSuffixes are the suffixes of everything that counts as an image here:
// those of the configuration, of the app, and of what went online earlier.
func imageSuffixes(configured []string, tree *scan.Tree, man *manifest) []string {
	set := slices.Clone(configured)
	for i := range tree.Files {
		if tree.Files[i].Image {
			set = append(set, strings.ToLower(path.Ext(tree.Files[i].Path)))
		}
	}
	for name := range man.Images {
		set = append(set, strings.ToLower(path.Ext(name)))
	}
	slices.Sort(set)
	return slices.Compact(set)
}

// indices returns 0 to n-1.
func indices(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}
