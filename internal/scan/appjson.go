package scan

import (
	"errors"
	"path"
	"slices"
	"strings"

	"github.com/wecos-go/wecos/internal/config/jsonc"
)

// maxConfig bounds app.json and project.config.json, in bytes.
const maxConfig = 8 << 20

// readApp takes pages and packages from app.json.
func (l *Layout) readApp(file string, data []byte) error {
	root, err := parseFile(file, data)
	if err != nil {
		return err
	}
	l.Packages = []Package{{Name: "main", Limit: packageLimit}}
	if pages, ok := root.Get("pages"); ok {
		if err := l.addPages(file, "", pages); err != nil {
			return err
		}
	}
	// Both spellings are legal. With both in one file the platform reads one;
	// here all count, since a package that is overlooked would be mistaken for
	// a part of the main one.
	for _, key := range []string{"subPackages", "subpackages"} {
		list, ok := root.Get(key)
		if !ok {
			continue
		}
		if list.Kind() != jsonc.Array {
			return fileError(file, list.Errorf("%s must be a list", key))
		}
		for _, v := range list.Elements() {
			if err := l.addPackage(file, v); err != nil {
				return err
			}
		}
	}
	slices.Sort(l.Pages)
	l.Pages = slices.Compact(l.Pages)
	slices.SortFunc(l.Packages[1:], func(a, b Package) int { return strings.Compare(a.Root, b.Root) })
	return nil
}

func (l *Layout) addPackage(file string, v jsonc.Value) error {
	if v.Kind() != jsonc.Object {
		return fileError(file, v.Errorf("a subpackage must be an object with root and pages"))
	}
	at, ok := v.Get("root")
	if !ok {
		return fileError(file, v.Errorf("a subpackage needs a root"))
	}
	root, ok := relative(at.Text())
	if at.Kind() != jsonc.String || !ok || root == "" {
		return fileError(file, at.Errorf("the root of a subpackage must be a folder inside the app"))
	}
	if pages, ok := v.Get("pages"); ok {
		if err := l.addPages(file, root, pages); err != nil {
			return err
		}
	}
	if slices.ContainsFunc(l.Packages[1:], func(p Package) bool { return p.Root == root }) {
		return nil
	}
	p := Package{Name: root, Root: root, Limit: packageLimit}
	if name, ok := v.Get("name"); ok && strings.TrimSpace(name.Text()) != "" {
		p.Name = strings.TrimSpace(name.Text())
	}
	if independent, ok := v.Get("independent"); ok {
		p.Independent = independent.True()
	}
	l.Packages = append(l.Packages, p)
	return nil
}

func (l *Layout) addPages(file, root string, list jsonc.Value) error {
	if list.Kind() != jsonc.Array {
		return fileError(file, list.Errorf("pages must be a list"))
	}
	for _, v := range list.Elements() {
		page, ok := relative(v.Text())
		if v.Kind() != jsonc.String || !ok || page == "" {
			return fileError(file, v.Errorf("a page must be a path inside the app"))
		}
		l.Pages = append(l.Pages, path.Join(root, page))
	}
	return nil
}

// relative cleans a path as app.json spells it: slashes at both ends, ./ and
// backslashes are tolerated, leaving the app is not.
func relative(s string) (string, bool) {
	s = strings.ReplaceAll(strings.TrimSpace(s), `\`, "/")
	s = path.Clean(strings.TrimLeft(s, "/"))
	if s == "." {
		return "", true
	}
	return s, s != ".." && !strings.HasPrefix(s, "../")
}

// parseFile parses a JSON object.
func parseFile(file string, data []byte) (jsonc.Value, error) {
	v, err := jsonc.Parse(jsonc.Blank(data))
	if err != nil {
		return v, fileError(file, err)
	}
	if v.Kind() != jsonc.Object {
		return v, fileError(file, v.Errorf("this must be an object"))
	}
	return v, nil
}

// fileError turns a complaint about a file into a *FileError.
func fileError(file string, err error) error {
	if e, ok := errors.AsType[*jsonc.Error](err); ok {
		return &FileError{File: file, Line: e.Line, Column: e.Column, Err: errors.New(e.Text)}
	}
	return &FileError{File: file, Err: plain(err)}
}
