package scan

import (
	"io/fs"
	"sort"
	"strings"
	"time"

	"github.com/wecos-go/wecos/internal/rewrite"
	"github.com/wecos-go/wecos/internal/rewrite/source"
)

// Tree is everything that one walk over a mini-program found. It is not
// changed after Scan returned it.
type Tree struct {
	*Layout

	// Files are the files of the app, sorted by Path: everything that ships,
	// all sources and all images. Folders that are never scanned are missing.
	Files []File
	// Problems are the files, folders and links that could not be read, sorted
	// by Path.
	Problems []Problem
	// UnusedBlacklist are the blacklist entries that match no image, in the
	// order given: most often a typing error.
	UnusedBlacklist []string

	// What a later scan has to know before it builds on this one.
	exclude []fs.FileInfo
	links   bool // there is a symbolic link
}

// File is one regular file, or a symbolic link to one, below Tree.Root.
type File struct {
	Path    string // relative to Tree.Root, with slashes
	Size    int64  // bytes
	Mode    fs.FileMode
	ModTime time.Time
	// Info is from the open file before its content was read; nil for a file
	// that was not read.
	Info fs.FileInfo
	// ReadAt is when reading began.
	ReadAt time.Time

	// Kind is the language of a source; Other for everything else and for
	// folders that are not read, such as hidden ones.
	Kind source.Kind
	// Image says that the name ends in an image suffix: png, jpg, jpeg, gif,
	// webp, svg, bmp, ico or one of Options.Suffixes.
	Image bool
	// Keep settles beforehand that an image stays; "" is a candidate.
	Keep rewrite.Reason
	// Foreign says that an image belongs to an npm package: it is not one of
	// the app's, counts in the size only, and nobody is told about it.
	Foreign bool
	// Hint says what a person can do about Keep; it may be empty.
	Hint string
	// ReadOnly marks a source whose references count but which is never
	// edited: npm packages, and what is reached through symbolic links.
	ReadOnly bool

	// Sum is the SHA-256 of the content of sources and candidate images.
	Sum [32]byte
	// Data is the content of a source; nil for all others and for a source
	// that could not be read.
	Data []byte

	Ships   bool // counts in the size of its package
	Package int  // index in Tree.Packages
}

// Candidate reports whether f is an image that may go online.
func (f *File) Candidate() bool { return f.Image && f.Keep == "" }

// Problem is something that could not be read. Nothing else stops because of
// it.
type Problem struct {
	Path string // relative to Tree.Root; "." for the root itself
	Err  error
	// Source says that a source is hidden behind the problem: which images it
	// names is unknown, so that no image may be taken away.
	Source bool
}

// Error returns the problem as a sentence that names the path.
func (p Problem) Error() string { return p.Path + ": " + p.Err.Error() }

// Unwrap returns the cause.
func (p Problem) Unwrap() error { return p.Err }

// File returns the file at path, or nil.
func (t *Tree) File(path string) *File {
	i, ok := sort.Find(len(t.Files), func(i int) int { return strings.Compare(path, t.Files[i].Path) })
	if !ok {
		return nil
	}
	return &t.Files[i]
}

// Sizes are the bytes that the platform counts.
type Sizes struct {
	Packages []int64 // one for each of Tree.Packages
	Total    int64
}

// Sizes adds up what ships, without the files that removed reports; a nil
// removed leaves everything in.
func (t *Tree) Sizes(removed func(path string) bool) Sizes {
	return t.SizesOf(func(f *File) int64 {
		if removed != nil && removed(f.Path) {
			return 0
		}
		return f.Size
	})
}

// SizesOf adds up what ships with the size that size gives for each file, so
// that edited sources can be counted with their new length.
func (t *Tree) SizesOf(size func(*File) int64) Sizes {
	s := Sizes{Packages: make([]int64, len(t.Packages))}
	for i := range t.Files {
		f := &t.Files[i]
		if !f.Ships {
			continue
		}
		n := size(f)
		s.Packages[f.Package] += n
		s.Total += n
	}
	return s
}
