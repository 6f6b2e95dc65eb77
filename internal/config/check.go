package config

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/wecos-go/wecos/internal/config/jsonc"
	"github.com/wecos-go/wecos/internal/rewrite/source"
	"github.com/wecos-go/wecos/internal/within"
)

// finish checks the values and makes the effective configuration of them.
func (d *draft) finish() (*Wecos, error) {
	w := &Wecos{
		File: d.file, Dir: d.dir,
		Compress: d.compress, Watch: d.watch,
		CacheControl: d.cacheControl, FileName: d.fileName,
		Local: d.local, LocalAddr: d.localAddr,
		origins: d.origins, display: d.display,
	}
	for _, step := range []func(*Wecos) error{
		d.folders, d.images, d.hosts, d.options, d.template, d.store, d.account,
	} {
		if err := step(w); err != nil {
			return nil, err
		}
	}
	return w, nil
}

// fail complains about the value of key, wherever that came from.
func (d *draft) fail(key, fix, format string, args ...any) error {
	text := fmt.Sprintf(format, args...)
	e := &Error{Text: key + " " + text, Fix: fix}
	switch o := d.origins[key]; o.Source {
	case FromFile:
		e.File, e.Line, e.Column = d.display, o.line, o.column
	case FromEnv, FromFlag:
		e.Text = o.Place + " " + text
	default:
		e.File = d.display
	}
	return e
}

func (d *draft) folders(w *Wecos) error {
	for _, f := range []struct {
		key  string
		name *string
	}{{"appDir", &d.appDir}, {"backupDir", &d.backupDir}, {"outDir", &d.outDir}} {
		if strings.ContainsRune(*f.name, 0) {
			return d.fail(f.key, "type the path anew", "holds a NUL byte, which no path can")
		}
		// People on Windows and elsewhere share one file.
		if d.origins[f.key].Source == FromFile {
			*f.name = strings.ReplaceAll(*f.name, `\`, "/")
		}
	}
	switch {
	case d.appDir != "":
		w.AppDir = absolute(d.appDir, d.dir)
	case d.origins["appDir"].Source != "":
		return d.fail("appDir", "name the folder that holds app.json", "must not be empty")
	default:
		w.AppDir = DefaultAppDir(d.dir)
	}
	if d.backupDir != "" {
		w.BackupDir = absolute(d.backupDir, d.dir)
		if holds(w.BackupDir, w.AppDir) {
			return d.fail("backupDir", `"backupDir": "../wecos_backup"`, "must not hold the app itself")
		}
	} else if d.compress != nil {
		return d.fail("compress", "keep backups, or leave compress out",
			`cannot be used with "backupDir": "", since the original images would be gone`)
	}
	if d.outDir == "" {
		return nil
	}
	w.OutDir = absolute(d.outDir, d.dir)
	switch {
	case holds(w.OutDir, w.AppDir):
		return d.fail("outDir", "choose a folder beside the app", "must not hold the app itself")
	case w.BackupDir != "" && (holds(w.OutDir, w.BackupDir) || holds(w.BackupDir, w.OutDir)):
		return d.fail("outDir", "choose a folder of its own", "and backupDir must not lie in each other")
	}
	return nil
}

// holds reports whether p is dir or lies below it. Paths that differ in case
// only count as one where the disk says so, and where there is nothing yet that
// could tell: both are ours, and nobody needs such a pair.
func holds(dir, p string) bool {
	if _, ok := within.Rel(dir, p); ok {
		return true
	}
	_, ok := within.Rel(within.Fold(dir), within.Fold(p))
	return ok && !exists(p)
}

func exists(p string) bool {
	_, err := os.Lstat(p)
	return err == nil
}

// DefaultAppDir is the app folder of a project without "appDir": dir's app
// folder, else dir itself when an app.json or the miniprogramRoot of a
// project.config.json is there.
func DefaultAppDir(dir string) string {
	app := filepath.Join(dir, "app")
	if !looksLikeApp(app) && looksLikeApp(dir) {
		return dir
	}
	return app
}

func isFile(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.Mode().IsRegular()
}

func looksLikeApp(dir string) bool {
	if isFile(filepath.Join(dir, "app.json")) {
		return true
	}
	data, err := readConfig(filepath.Join(dir, "project.config.json"))
	if err != nil {
		return false
	}
	v, err := jsonc.Parse(jsonc.Blank(data))
	if err != nil {
		return false
	}
	root, _ := v.Get("miniprogramRoot")
	return strings.TrimSpace(root.Text()) != ""
}

func (d *draft) images(w *Wecos) error {
	for _, s := range d.suffixes {
		suffix := strings.ToLower("." + strings.TrimLeft(strings.TrimPrefix(s, "*"), "."))
		switch {
		case suffix == "." || strings.ContainsAny(suffix, `/\*?[]{}`):
			return d.fail("uploadFileSuffix", `suffixes look like ".png"`, "has the bad suffix %q", shorten(s))
		case source.KindOf(suffix) != source.Other:
			return d.fail("uploadFileSuffix", "name suffixes of images only", "must not name sources such as %s, which would be taken out of the app", suffix)
		}
		if !slices.Contains(w.Suffixes, suffix) {
			w.Suffixes = append(w.Suffixes, suffix)
		}
	}
	if len(w.Suffixes) == 0 {
		return d.fail("uploadFileSuffix", `the default is [".jpg", ".png", ".gif"]`, "names no suffix")
	}
	for _, glob := range d.blacklist {
		if !doublestar.ValidatePattern(filepath.ToSlash(glob)) {
			return d.fail("uploadFileBlackList", "a bracket or brace is not closed", "has the bad glob %q", shorten(glob))
		}
	}
	w.Blacklist = d.blacklist
	return nil
}

func (d *draft) options(w *Wecos) error {
	w.Concurrency = d.concurrency
	if d.concurrency < 1 || d.concurrency > 256 {
		return d.fail("concurrency", "", "must be a number from 1 to 256")
	}
	switch d.unreferenced {
	case "upload":
	case "keep":
		w.KeepUnreferenced = true
	default:
		return d.fail("unreferenced", "", `must be "upload" or "keep"`)
	}
	if hasControl(d.cacheControl) {
		return d.fail("cacheControl", "", "must be one line of text")
	}
	return nil
}

// hasControl reports whether s could break out of a header or a line.
func hasControl(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7F })
}
