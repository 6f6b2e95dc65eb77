package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/wecos-go/wecos/internal/config/jsonc"
	"github.com/wecos-go/wecos/internal/config/nodeconfig"
)

// ServerLoad says where the configuration of a server comes from.
type ServerLoad struct {
	// Path is the file to read, relative to Dir: JSON with comments, or a
	// config.js that package nodeconfig understands. "" is APP.config.json in
	// Dir, which may be missing.
	Path string
	// Dir is the working directory, absolute.
	Dir string
	// Env looks up an environment variable; nil is an empty environment.
	Env func(name string) string
	// Flags are those given on the command line, by name without dashes.
	Flags map[string]string
}

// ServerFlag is a flag that overrides a key.
type ServerFlag struct {
	Name, Usage string
	Kind        string // string, int, bool or list
	Default     string
	Secret      bool
}

// ServerFile is the name of the file that LoadServer looks for.
func ServerFile(app string) string { return app + ".config.json" }

func serverKeys(cfg ServerConfig) []*serverKey {
	s := cfg.Common()
	all := slices.Concat(s.firstKeys(), cfg.keys(), s.lastKeys())
	for _, k := range all {
		// The key's own variable comes before those that it shares.
		if own := envName(s.App, k.name); !slices.Contains(k.env, own) {
			k.env = append([]string{own}, k.env...)
		}
	}
	return all
}

// ServerFlags lists the flags of cfg, which has its defaults.
func ServerFlags(cfg ServerConfig) []ServerFlag {
	var flags []ServerFlag
	for _, k := range serverKeys(cfg) {
		f := ServerFlag{Name: k.flag, Usage: k.doc, Kind: k.kind, Secret: k.secret}
		if k.secret {
			f.Usage += "; better in " + k.env[len(k.env)-1]
		} else {
			f.Default = Setting{Value: k.value()}.Text()
		}
		if f.Default == "[]" {
			f.Default = ""
		}
		flags = append(flags, f)
	}
	return flags
}

// LoadServer lays the file, the environment and the flags over the defaults in
// cfg, and checks the result. Every error is an *Error.
func LoadServer(cfg ServerConfig, opt ServerLoad) error {
	keys := serverKeys(cfg)
	l := &serverLoader{s: cfg.Common(), keys: keys, dir: opt.Dir}
	l.s.origins = map[string]Origin{}
	if !filepath.IsAbs(opt.Dir) {
		return &Error{Text: fmt.Sprintf("working directory %q is not absolute", opt.Dir)}
	}
	if err := l.file(opt); err != nil {
		return err
	}
	if err := l.environment(opt.Env); err != nil {
		return err
	}
	if err := l.flags(opt.Flags); err != nil {
		return err
	}
	return l.finish(cfg, opt.Dir)
}

// serverLoader lays layers over a configuration.
type serverLoader struct {
	s    *Server
	keys []*serverKey
	dir  string // of the file, else the working directory
}

func (l *serverLoader) find(name string) *serverKey {
	i := slices.IndexFunc(l.keys, func(k *serverKey) bool { return k.name == name })
	if i < 0 {
		return nil
	}
	return l.keys[i]
}

func (l *serverLoader) file(opt ServerLoad) error {
	name := opt.Path
	if name == "" {
		name = ServerFile(l.s.App)
		if _, err := os.Stat(filepath.Join(opt.Dir, name)); errors.Is(err, fs.ErrNotExist) {
			return nil
		}
	}
	l.s.File = absolute(name, opt.Dir)
	l.s.display = displayName(l.s.File, opt.Dir)
	l.dir = filepath.Dir(l.s.File)
	hint := "appletctl init " + l.s.App
	data, err := readConfig(l.s.File)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return &Error{File: l.s.display, Text: "there is no such file", Fix: hint, Err: ErrNoConfig}
	case err != nil:
		if e, ok := errors.AsType[*fs.PathError](err); ok {
			err = e.Err
		}
		return &Error{File: l.s.display, Text: "cannot be read: " + err.Error(), Err: err}
	}
	return l.parse(data)
}

// isNode reports whether the file is one of a Node.js server.
func isNode(file string) bool {
	switch strings.ToLower(filepath.Ext(file)) {
	case ".js", ".cjs", ".mjs":
		return true
	}
	return false
}

// parse lays the text of a file over the configuration.
func (l *serverLoader) parse(data []byte) error {
	read := jsonc.Parse
	if isNode(l.s.File) {
		read = nodeconfig.Parse
	}
	root, err := read(data)
	if err != nil {
		return l.at(err, "")
	}
	if root.Kind() != jsonc.Object {
		return l.at(root.Errorf("the configuration must be an object, not %s", root.Kind()), "")
	}
	return l.object(root, "")
}

// object reads the keys of v, which all begin with prefix.
func (l *serverLoader) object(v jsonc.Value, prefix string) error {
	seen := map[string]bool{}
	for _, m := range v.Members() {
		name := prefix + m.Key.Text()
		if seen[name] {
			return l.at(m.Key.Errorf("%s stands here twice", shorten(name)), "remove one of them")
		}
		seen[name] = true
		if name == "$schema" { // for editors
			continue
		}
		if l.group(name) {
			if m.Value.Kind() != jsonc.Object {
				return l.at(m.Value.Errorf("%s must be an object, not %s", name, m.Value.Kind()), "")
			}
			if err := l.object(m.Value, name+"."); err != nil {
				return err
			}
			continue
		}
		k := l.find(name)
		if k == nil || strings.Contains(m.Key.Text(), ".") {
			return l.at(m.Key.Errorf("unknown key %q", shorten(name)), l.unknownHint(name, prefix))
		}
		if err := k.read(m.Value); err != nil {
			return l.at(named(err, name), "")
		}
		line, column := m.Value.Position()
		l.s.origins[name] = Origin{
			Source: FromFile, Place: fmt.Sprintf("%s:%d:%d", l.s.display, line, column),
			line: line, column: column,
		}
	}
	return nil
}

// group reports whether name is an object that holds keys.
func (l *serverLoader) group(name string) bool {
	return slices.ContainsFunc(l.keys, func(k *serverKey) bool { return strings.HasPrefix(k.name, name+".") })
}

// unknownHint suggests a key for one that stood inside prefix.
func (l *serverLoader) unknownHint(name, prefix string) string {
	names := make([]string, len(l.keys))
	for i, k := range l.keys {
		names[i] = k.name
	}
	if near := nearestOf(names, name); near != "" {
		if group, inner, ok := strings.Cut(near, "."); ok && prefix != group+"." {
			return fmt.Sprintf("did you mean %q inside %q?", inner, group)
		}
		return fmt.Sprintf("did you mean %q?", near)
	}
	return "the keys are explained in the file that appletctl init " + l.s.App + " writes"
}

func (l *serverLoader) at(err error, fix string) error {
	if e, ok := errors.AsType[*nodeconfig.Error](err); ok {
		return &Error{File: l.s.display, Line: e.Line, Column: e.Column, Text: e.Text, Fix: e.Fix}
	}
	d := draft{display: l.s.display}
	return d.at(err, fix)
}

func (l *serverLoader) environment(env func(string) string) error {
	if env == nil {
		return nil
	}
	for _, k := range l.keys {
		for _, name := range k.env {
			text := env(name)
			if trimmedText(text) == "" {
				continue
			}
			if err := k.set(text); err != nil {
				return &Error{Text: name + " " + err.Error()}
			}
			l.s.origins[k.name] = Origin{Source: FromEnv, Place: name}
			break
		}
	}
	return nil
}

func (l *serverLoader) flags(flags map[string]string) error {
	for _, k := range l.keys {
		text, given := flags[k.flag]
		if !given {
			continue
		}
		if err := k.set(text); err != nil {
			return &Error{Text: "--" + k.flag + " " + err.Error()}
		}
		l.s.origins[k.name] = Origin{Source: FromFlag, Place: "--" + k.flag}
	}
	return nil
}

func (l *serverLoader) finish(cfg ServerConfig, work string) error {
	for _, k := range l.keys {
		if k.valid == nil {
			continue
		}
		if problem, fix := k.valid(); problem != "" {
			return l.s.fail(k.name, fix, "%s", problem)
		}
	}
	if err := l.s.finishCommon(l.dir, work); err != nil {
		return err
	}
	return cfg.finish()
}

// EffectiveServer lists every key of a loaded configuration in the order of the
// documentation, with its value and where that comes from. Secrets stay masked
// however a row is printed.
func EffectiveServer(cfg ServerConfig) []Setting {
	s := cfg.Common()
	var rows []Setting
	for _, k := range serverKeys(cfg) {
		o := s.origins[k.name]
		value := k.value()
		if k.name == "addr" { // the effective one, which may follow from another key
			value, o = s.Addr, s.origins[s.addrFrom]
		}
		if o.Source == "" {
			o.Source = FromDefault
		}
		rows = append(rows, Setting{Key: k.name, Value: value, Origin: o})
	}
	return rows
}
