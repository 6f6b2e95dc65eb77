package scan

import (
	"errors"
	"io/fs"
	"path/filepath"
	"slices"

	"github.com/wecos-go/wecos/internal/config/jsonc"
	"github.com/wecos-go/wecos/internal/within"
)

// project is what project.config.json says, or what holds without one.
type project struct {
	file string // absolute; "" when there is none
	data []byte // its content
	root string // absolute app root
	pack packOptions
	// foreign are folders below root that belong to something else: the
	// plugin's code, cloud functions and the like. Relative to root.
	foreign []string
}

// otherRoots are the keys of project.config.json that name folders beside the
// mini-program's own code. Images in them are read by code that runs elsewhere.
var otherRoots = []string{
	"pluginRoot", "cloudfunctionRoot", "cloudfunctionTemplateRoot", "cloudcontainerRoot",
	"cloudbaseRoot", "qcloudRoot", "jsserverRoot", "testRoot",
}

// findProject looks for project.config.json in appDir, then above it. The one
// above counts only when its miniprogramRoot leads into appDir: else it belongs
// to another app.
func findProject(appDir string) (*project, error) {
	p, err := readProject(appDir)
	if err != nil || p != nil {
		return p, err
	}
	if parent := filepath.Dir(appDir); parent != appDir {
		p, err := readProject(parent)
		switch {
		case errors.Is(err, fs.ErrPermission):
			// What cannot be seen above the app says nothing about it.
		case err != nil:
			return nil, err
		case p != nil:
			if _, ok := within.Rel(appDir, p.root); ok {
				return p, nil
			}
		}
	}
	return &project{root: appDir}, nil
}

// readProject reads dir's project.config.json; without one it returns nil.
func readProject(dir string) (*project, error) {
	file := filepath.Join(dir, "project.config.json")
	data, err := readBounded(file, maxConfig)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fileError(file, err)
	}
	v, err := parseFile(file, data)
	if err != nil {
		return nil, err
	}
	p := &project{file: file, data: data, root: dir}
	if at, ok := v.Get("miniprogramRoot"); ok && at.Kind() != jsonc.Null {
		rel, ok := relative(at.Text())
		if at.Kind() != jsonc.String || !ok {
			return nil, fileError(file, at.Errorf("miniprogramRoot must be a folder inside the project"))
		}
		p.root = filepath.Join(dir, filepath.FromSlash(rel))
	}
	for _, key := range otherRoots {
		at, _ := v.Get(key)
		if rel, ok := relative(at.Text()); ok && rel != "" {
			abs := filepath.Join(dir, filepath.FromSlash(rel))
			for _, spelled := range [][2]string{{p.root, abs}, {within.Real(p.root), within.Real(abs)}} {
				if in, ok := within.Rel(spelled[0], spelled[1]); ok && in != "." {
					p.foreign = append(p.foreign, in)
				}
			}
		}
	}
	slices.Sort(p.foreign)
	p.foreign = slices.Compact(p.foreign)
	if options, ok := v.Get("packOptions"); ok {
		p.pack = readPackOptions(options)
	}
	return p, nil
}
