// Package scan walks a mini-program once and says what is there: sources with
// their content, images with their hash, packages with their limits.
//
// It never uploads, edits or removes anything, and it never follows a symbolic
// link out of the app.
package scan

import (
	"context"
	"errors"
)

// Options say what to walk. All folders are absolute.
type Options struct {
	AppDir string
	// Suffixes are those of the images that may go online, lower case with the
	// dot.
	Suffixes []string
	// Blacklist are files, folders or globs of images that stay, relative to
	// ConfigDir, to AppDir or to the app root.
	Blacklist []string
	ConfigDir string
	// Exclude are folders that are never scanned, such as backups.
	Exclude []string
	// Workers is the number of parallel readers; 0 is the number of processors.
	Workers int
}

// Scan walks the app folder once. The result is sorted and depends on nothing
// but the files.
//
// A folder that is no mini-program is a *NotMiniProgramError, a broken app.json
// or project.config.json a *FileError, a glob that cannot be understood a
// *PatternError. What cannot be read inside the app is in Tree.Problems.
func Scan(ctx context.Context, opt Options) (*Tree, error) { return nil, errors.ErrUnsupported }
