package config

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"text/template"
	"unicode"
)

//go:embed wecos.config.json.tmpl
var wecosTemplate string

// WecosValues are the values of a new wecos.config.json, as the file says them.
type WecosValues struct {
	AppDir              string
	BackupDir           string
	OutDir              string
	UploadFileSuffix    []string
	UploadFileBlackList []string
	ReplaceHost         []string
	TargetHost          string
	Compress            any // false, or a *Compress
	Watch               bool
	Concurrency         int
	FileName            string
	CacheControl        string
	Unreferenced        string

	SecretID, SecretKey, Token       string
	Bucket, Region, Folder, Endpoint string
}

// DefaultWecosValues are the documented defaults, except where the project in
// dir, an absolute folder, needs others. With dir "" they are as documented.
func DefaultWecosValues(dir string) WecosValues {
	d := newDraft()
	v := WecosValues{
		AppDir:              "./app",
		BackupDir:           d.backupDir,
		UploadFileSuffix:    d.suffixes,
		UploadFileBlackList: []string{},
		ReplaceHost:         []string{},
		Compress:            false,
		Watch:               d.watch,
		Concurrency:         d.concurrency,
		FileName:            d.fileName,
		Unreferenced:        d.unreferenced,
		Folder:              d.folder,
	}
	if dir != "" && DefaultAppDir(dir) == dir {
		v.AppDir = "."
		if isFile(filepath.Join(dir, "app.json")) {
			v.BackupDir = "../wecos_backup" // else it would ship
		}
	}
	return v
}

// Text is the whole file with every key explained.
func (v WecosValues) Text() ([]byte, error) {
	tmpl, err := template.New(WecosFile).Funcs(template.FuncMap{"json": toJSON}).Parse(wecosTemplate)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := tmpl.Execute(&out, v); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// toJSON writes v on one line as a person would, with a blank after each comma.
func toJSON(v any) (string, error) {
	switch v := v.(type) {
	case []string:
		parts := make([]string, len(v))
		for i, s := range v {
			parts[i], _ = toJSON(s)
		}
		return "[" + strings.Join(parts, ", ") + "]", nil
	case *Compress:
		engine, err := toJSON(v.Engine)
		return fmt.Sprintf(`{"engine": %s, "quality": %d, "maxWidth": %d}`, engine, v.Quality, v.MaxWidth), err
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false) // & and < are common in paths and harmless here
	err := encoder.Encode(v)
	return strings.TrimSpace(out.String()), err
}

// holdsSecret reports whether the file is nobody else's business.
func (v WecosValues) holdsSecret() bool { return v.SecretID+v.SecretKey+v.Token != "" }

// Created says what InitWecos did.
type Created struct {
	File     string   // as a person would name it
	Missing  []string // keys that must still be filled in
	Warnings []Warning
}

// InitWecos writes wecos.config.json into the folder dir, relative to the
// working directory work. The text is checked as a file that is loaded, before
// it is written. An existing file is an *Error, unless force replaces it. The
// file is for its owner alone when it holds secrets.
func InitWecos(work, dir string, v WecosValues, force bool) (*Created, error) {
	dir = absolute(dir, work)
	file := filepath.Join(dir, WecosFile)
	created := &Created{File: displayName(file, work)}
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return nil, &Error{File: displayName(dir, work), Text: "there is no such folder", Fix: "make it first: the configuration goes beside an app that exists", Err: err}
	}
	text, err := v.Text()
	if err != nil {
		return nil, err
	}
	if created.Missing, err = checkText(text, dir); err != nil {
		return nil, err
	}
	mode := fs.FileMode(0o644)
	if v.holdsSecret() {
		mode = 0o600
		created.Warnings = append(created.Warnings, Warning{
			File: created.File,
			Text: "it holds keys, and so may the history of your shell",
			Hint: "leave them out and set COS_SECRET_ID, COS_SECRET_KEY and COS_TOKEN in the environment",
		})
	}
	switch err := writeNew(file, text, mode, force); {
	case errors.Is(err, fs.ErrExist):
		return nil, &Error{File: created.File, Text: "this file exists already", Fix: "--force replaces it", Err: err}
	case err != nil:
		return nil, &Error{File: created.File, Text: "cannot be written: " + err.Error(), Fix: elsewhere, Err: err}
	}
	if isFile(filepath.Join(dir, "app.json")) {
		created.Warnings = append(created.Warnings, insideApp(created.File))
	}
	return created, nil
}

// checkText loads text as if it stood in dir, and lists what only a person can
// fill in. Complaints name the flag that the value came from.
func checkText(text []byte, dir string) (missing []string, err error) {
	d := newDraft()
	d.dir, d.display, d.noAccount = dir, WecosFile, true
	if err := d.parse(text); err != nil {
		if e, ok := errors.AsType[*Error](err); ok {
			e.File, e.Line, e.Column = "", 0, 0 // there is no file yet
		}
		return nil, err
	}
	for name := range d.origins {
		d.origins[name] = Origin{Source: FromFlag, Place: "--" + FlagName(name)}
	}
	w, err := d.finish()
	if err != nil {
		return nil, err
	}
	for _, need := range d.needs(w) {
		if need.missing() {
			missing = append(missing, need.key)
		}
	}
	return missing, nil
}

// FlagName is the flag of init for a key: app-dir for appDir, secret-id for
// cos.secret_id.
func FlagName(key string) string {
	var out strings.Builder
	for _, r := range strings.TrimPrefix(key, "cos.") {
		switch {
		case r == '_':
			out.WriteByte('-')
		case unicode.IsUpper(r):
			out.WriteByte('-')
			out.WriteRune(unicode.ToLower(r))
		default:
			out.WriteRune(r)
		}
	}
	return out.String()
}

// writeNew writes a file whole or not at all. Without replace an existing file
// is fs.ErrExist.
func writeNew(name string, data []byte, mode fs.FileMode, replace bool) (err error) {
	if !replace {
		// Reserves the name; the rename below then takes its place.
		f, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, mode)
		if err != nil {
			return err
		}
		if err := f.Close(); err != nil {
			return err
		}
		defer func() {
			if err != nil {
				os.Remove(name)
			}
		}()
	}
	temp, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".*")
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name())
	_, err = temp.Write(data)
	err = errors.Join(err, temp.Chmod(mode), temp.Sync(), temp.Close())
	if err != nil {
		return err
	}
	return os.Rename(temp.Name(), name)
}
