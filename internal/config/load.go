package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/wecos-go/wecos/internal/config/jsonc"
)

// WecosFile is the name of the file that LoadWecos looks for.
const WecosFile = "wecos.config.json"

// maxFile bounds a configuration, in bytes.
const maxFile = 1 << 20

// draft is a configuration while the layers are laid over each other: values
// as given, and where each came from.
type draft struct {
	file    string // absolute; "" is none
	display string // the same as a person would name it
	dir     string // of the file
	work    string // the working directory

	appDir, backupDir, outDir            string
	suffixes, blacklist, replaceHost     []string
	targetHost                           string
	compress                             *Compress
	watch                                bool
	concurrency                          int
	fileName, cacheControl, unreferenced string
	secretID, secretKey, token           string
	bucket, bucketName, appID            string
	region, folder, endpoint             string
	local                                bool
	localAddr                            string
	noAccount, noKeys                    bool

	origins map[string]Origin
}

func newDraft() *draft {
	return &draft{
		backupDir:    "./wecos_backup",
		suffixes:     []string{".jpg", ".png", ".gif"},
		watch:        true,
		concurrency:  32,
		fileName:     "[path][name][ext]",
		unreferenced: "upload",
		folder:       "/",
		localAddr:    "127.0.0.1:19000",
		origins:      map[string]Origin{},
	}
}

// LoadWecos finds, reads and checks the configuration of wecos. Every error is
// an *Error; errors.Is(err, ErrNoConfig) says that there is no file.
func LoadWecos(opt LoadOptions) (*Wecos, error) {
	d := newDraft()
	d.work, d.noAccount, d.noKeys = opt.Dir, opt.NoAccount, opt.NoKeys
	d.local = opt.Flags.Local != nil && *opt.Flags.Local
	if err := d.find(opt); err != nil {
		return nil, err
	}
	if d.file != "" {
		if err := d.readFile(); err != nil {
			return nil, err
		}
	}
	for _, k := range keys {
		if k.env == "" || opt.Env == nil {
			continue
		}
		if s := strings.TrimSpace(opt.Env(k.env)); s != "" {
			k.set(d, s)
			d.origins[k.name] = Origin{Source: FromEnv, Place: k.env}
		}
	}
	d.applyFlags(opt.Flags)
	return d.finish()
}

// find settles which file is read and what relative paths belong to.
func (d *draft) find(opt LoadOptions) error {
	if !filepath.IsAbs(opt.Dir) {
		return &Error{Text: fmt.Sprintf("working directory %q is not absolute", opt.Dir)}
	}
	d.dir = filepath.Clean(opt.Dir)
	if opt.Path != "" {
		d.use(absolute(opt.Path, opt.Dir))
		return nil
	}
	for dir := d.dir; ; dir = filepath.Dir(dir) {
		file := filepath.Join(dir, WecosFile)
		if info, err := os.Stat(file); err == nil && !info.IsDir() {
			d.use(file)
			return nil
		}
		if dir == filepath.Dir(dir) {
			break
		}
	}
	if d.local && opt.Flags.AppDir != nil {
		return nil
	}
	return &Error{
		Text: "there is no " + WecosFile + " here or in a folder above",
		Fix:  "appletctl init wecos",
		Err:  ErrNoConfig,
	}
}

func (d *draft) use(file string) {
	d.file, d.dir, d.display = file, filepath.Dir(file), displayName(file, d.work)
}

// displayName is file relative to the working directory where that is shorter
// to read, as compilers name files.
func displayName(file, work string) string {
	if rel, err := filepath.Rel(work, file); err == nil && filepath.IsLocal(rel) {
		return rel
	}
	return file
}

func (d *draft) readFile() error {
	data, err := readConfig(d.file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return &Error{File: d.display, Text: "there is no such file", Fix: "appletctl init wecos", Err: ErrNoConfig}
	case err != nil:
		if e, ok := errors.AsType[*fs.PathError](err); ok {
			err = e.Err
		}
		return &Error{File: d.display, Text: "cannot be read: " + err.Error(), Err: err}
	}
	return d.parse(data)
}

// parse lays the text of a configuration over the defaults.
func (d *draft) parse(data []byte) error {
	if len(bytes.TrimSpace(data)) == 0 {
		return &Error{File: d.display, Text: "the file is empty", Fix: "appletctl init wecos --force writes one with every key explained"}
	}
	root, err := jsonc.Parse(data)
	if err != nil {
		return d.at(err, "")
	}
	if root.Kind() != jsonc.Object {
		return d.at(root.Errorf("the configuration must be an object, not %s", root.Kind()), "")
	}
	return d.readObject(root, "")
}

// readConfig reads a regular file of at most maxFile bytes.
func readConfig(name string) ([]byte, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("this is not a regular file")
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err == nil && len(data) > maxFile {
		return nil, fmt.Errorf("it is larger than %d bytes", maxFile)
	}
	return data, err
}

// readObject reads the keys of v, which all begin with prefix.
func (d *draft) readObject(v jsonc.Value, prefix string) error {
	seen := map[string]bool{}
	for _, m := range v.Members() {
		name := prefix + m.Key.Text()
		if seen[name] {
			return d.at(m.Key.Errorf("%s stands here twice", name), "remove one of them")
		}
		seen[name] = true
		if name == "cos" {
			if m.Value.Kind() != jsonc.Object {
				return d.at(m.Value.Errorf("cos must be an object, not %s", m.Value.Kind()), "")
			}
			if err := d.readObject(m.Value, "cos."); err != nil {
				return err
			}
			continue
		}
		if name == "$schema" { // for editors
			continue
		}
		k := findKey(name)
		if k == nil || prefix == "" && strings.HasPrefix(name, "cos.") {
			return d.at(m.Key.Errorf("unknown key %q", shorten(name)), unknownHint(name, prefix == "cos."))
		}
		if err := k.read(d, m.Value); err != nil {
			return d.at(named(err, name), "")
		}
		line, column := m.Value.Position()
		d.origins[name] = Origin{
			Source: FromFile, Place: fmt.Sprintf("%s:%d:%d", d.display, line, column),
			line: line, column: column,
		}
	}
	return nil
}

// unknownHint suggests a key for one that stood inside or outside of cos.
func unknownHint(name string, inside bool) string {
	near := nearestKey(name)
	if near == "" {
		return "the keys are explained in wecos.config.json.example"
	}
	inner, belongsInside := strings.CutPrefix(near, "cos.")
	where := ""
	switch {
	case belongsInside && !inside:
		where = ` inside "cos"`
	case inside && !belongsInside:
		where = ` outside "cos"`
	}
	return fmt.Sprintf("did you mean %q%s?", inner, where)
}

// named puts the key's name before a complaint that does not know it.
func named(err error, name string) error {
	if e, ok := errors.AsType[*jsonc.Error](err); ok && strings.HasPrefix(e.Text, "must ") {
		e.Text = name + " " + e.Text
	}
	return err
}

// at turns a complaint about the file into an *Error.
func (d *draft) at(err error, fix string) error {
	if e, ok := errors.AsType[*jsonc.Error](err); ok {
		return &Error{File: d.display, Line: e.Line, Column: e.Column, Text: e.Text, Fix: fix}
	}
	return &Error{File: d.display, Text: err.Error(), Fix: fix}
}

// applyFlags lays the flags over everything else. Their relative paths belong
// to the working directory.
func (d *draft) applyFlags(f Flags) {
	set := func(key, flag string) { d.origins[key] = Origin{Source: FromFlag, Place: flag} }
	folder := func(p *string, value *string, key, flag string) {
		if value == nil {
			return
		}
		*p = strings.TrimSpace(*value)
		if *p != "" {
			*p = absolute(*p, d.work)
		}
		set(key, flag)
	}
	folder(&d.appDir, f.AppDir, "appDir", "--app-dir")
	folder(&d.backupDir, f.BackupDir, "backupDir", "--backup-dir")
	folder(&d.outDir, f.OutDir, "outDir", "--out")
	if f.Concurrency != nil {
		d.concurrency = *f.Concurrency
		set("concurrency", "--concurrency")
	}
	if f.Watch != nil {
		d.watch = *f.Watch
		set("watch", "--watch="+strconv.FormatBool(*f.Watch))
	}
	if f.LocalAddr != nil {
		d.localAddr = strings.TrimSpace(*f.LocalAddr)
		set("localAddr", "--local-addr")
	}
}

// absolute resolves p against dir.
func absolute(p, dir string) string {
	p = filepath.FromSlash(p)
	if filepath.IsAbs(p) {
		return filepath.Clean(p)
	}
	return filepath.Join(dir, p)
}
