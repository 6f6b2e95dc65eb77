package config

import (
	"errors"
	"io/fs"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
)

// ServerInit says what the file of a server is to hold, and where it goes.
type ServerInit struct {
	// Work is the working directory, absolute.
	Work string
	// Dir is the folder of the file, relative to Work. It is made if it is
	// missing.
	Dir string
	// Flags are the values that differ from the defaults.
	Flags map[string]string
	// Force replaces a file that exists.
	Force bool
}

// InitServer writes APP.config.json with every key of the app explained. fresh
// returns a configuration with its defaults. The text is checked as a file that
// is loaded, before it is written. An existing file is an *Error, unless force
// replaces it. The file is for its owner alone when it holds secrets.
func InitServer(fresh func() ServerConfig, opt ServerInit) (*Created, error) {
	cfg := fresh()
	s := cfg.Common()
	dir := absolute(opt.Dir, opt.Work)
	file := filepath.Join(dir, ServerFile(s.App))
	created := &Created{File: displayName(file, opt.Work)}

	// A proxy on this computer is what most people put in front.
	s.proxies = []string{"127.0.0.1", "::1"}
	l := &serverLoader{s: s, keys: serverKeys(cfg), dir: dir}
	s.origins, s.incomplete = map[string]Origin{}, true
	if err := l.flags(opt.Flags); err != nil {
		return nil, err
	}
	if len(s.Domains) > 0 && s.addr == "" && !s.Given("port") {
		s.addr = publicAddr // since the file holds a port, too
	}
	text, secrets, err := serverText(s.App, l.keys)
	if err != nil {
		return nil, err
	}
	if err := l.finish(cfg, opt.Work); err != nil {
		return nil, err
	}
	again := fresh()
	check := &serverLoader{s: again.Common(), keys: serverKeys(again), dir: dir}
	check.s.origins, check.s.display, check.s.incomplete = map[string]Origin{}, created.File, true
	if err := check.parse(text); err != nil {
		return nil, err
	}
	if err := check.finish(again, opt.Work); err != nil {
		return nil, err
	}
	created.Missing = check.s.missing
	mode := fs.FileMode(0o644)
	if secrets {
		mode = 0o600
		created.Warnings = append(created.Warnings, Warning{
			File: created.File,
			Text: "it holds secrets, and so may the history of your shell",
			Hint: "leave them out and set them in the environment",
		})
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, &Error{File: displayName(dir, opt.Work), Text: "cannot be made: " + err.Error(), Fix: elsewhere, Err: err}
	}
	switch err := writeNew(file, text, mode, opt.Force); {
	case errors.Is(err, fs.ErrExist):
		return nil, &Error{File: created.File, Text: "this file exists already", Fix: "--force replaces it", Err: err}
	case err != nil:
		return nil, &Error{File: created.File, Text: "cannot be written: " + err.Error(), Fix: elsewhere, Err: err}
	}
	return created, nil
}

// elsewhere is what to do about a folder that cannot be written to.
const elsewhere = "choose another folder"

// ServerAddress is where the server of a configuration is reached, as far as that
// says it, and its base path or that of Socket.IO. The configuration is the file in opt.Dir, or the
// defaults where there is none, and the flags.
func ServerAddress(cfg ServerConfig, opt ServerInit) (address, base string, err error) {
	s := cfg.Common()
	s.incomplete = true
	load := ServerLoad{Dir: absolute(opt.Dir, opt.Work), Flags: opt.Flags}
	if err := LoadServer(cfg, load); err != nil {
		return "", "", err
	}
	base = s.BasePath
	if rps, ok := cfg.(*RPS); ok {
		base = rps.RootPath
	}
	if len(s.Domains) > 0 {
		return "https://" + s.Domains[0], base, nil
	}
	host, port, err := net.SplitHostPort(s.Addr)
	if err != nil {
		return "", "", err
	}
	if ip, err := netip.ParseAddr(host); host == "" || err == nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	scheme := "http://"
	if s.TLSCert != "" {
		scheme = "https://"
	}
	return scheme + net.JoinHostPort(host, port), base, nil
}

// serverText is the whole file with every key explained, and whether it holds a
// secret.
func serverText(app string, keys []*serverKey) (text []byte, secrets bool, err error) {
	var out strings.Builder
	out.WriteString("// The configuration of appletctl serve " + app + ": JSON with comments and trailing\n// commas.\n//\n")
	comment(&out, "", "Every key may stand in the environment as well, such as "+envName(app, keys[0].name)+
		", or be given as a flag, such as --"+keys[0].flag+"; both win over this file. \"appletctl config "+app+
		"\" shows what is in effect, and why. Relative paths belong to the folder of this file.")
	out.WriteString("{\n")
	group := ""
	for i, k := range keys {
		in, name, ok := strings.Cut(k.name, ".")
		if !ok {
			in, name = "", k.name
		}
		if in != group {
			if group != "" {
				out.WriteString("  },\n")
			}
			if i > 0 {
				out.WriteByte('\n')
			}
			if group = in; group != "" {
				out.WriteString("  \"" + group + "\": {\n")
			}
		} else if i > 0 {
			out.WriteByte('\n')
		}
		indent := "  "
		if group != "" {
			indent = "    "
		}
		comment(&out, indent, sentence(k))
		value := k.value
		if k.given != nil {
			value = k.given
		}
		v := value()
		if s, ok := v.(string); ok && k.secret && s != "" {
			secrets = true
		}
		encoded, err := toJSON(v)
		if err != nil {
			return nil, false, err
		}
		key, _ := toJSON(name)
		out.WriteString(indent + key + ": " + encoded + ",\n")
	}
	if group != "" {
		out.WriteString("  },\n")
	}
	out.WriteString("}\n")
	return []byte(out.String()), secrets, nil
}

// sentence is the whole explanation of a key.
func sentence(k *serverKey) string {
	text := strings.ToUpper(k.doc[:1]) + k.doc[1:] + "."
	if k.more != "" {
		text += " " + k.more
	}
	if k.secret {
		text += " Better set " + k.env[len(k.env)-1] + " in the environment, and leave this empty."
	}
	return text
}

// comment writes text as lines of at most 80 columns.
func comment(out *strings.Builder, indent, text string) {
	line := indent + "//"
	for word := range strings.FieldsSeq(text) {
		if len(line)+1+len(word) > 80 {
			out.WriteString(line + "\n")
			line = indent + "//"
		}
		line += " " + word
	}
	out.WriteString(line + "\n")
}
