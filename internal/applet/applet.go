// Package applet writes the mini-programs that belong to the servers into a
// folder, with the address of the server filled in. It never builds or uploads
// one, and never touches a file that it does not write anew.
package applet

import (
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"net/url"
	"os"
	"path"
	"regexp"
	"strconv"
	"strings"
)

// ConfigFile is the file of a mini-program that says where its server is. It
// has one line each for host and basePath, with a string in single quotes.
const ConfigFile = "config.js"

// Values are what is filled in.
type Values struct {
	Host     string // scheme and host of the server, as phones reach it
	BasePath string // begins the server's routes; "" is none
}

// Written says what Write did.
type Written struct {
	Files int
	Bytes int64
}

// ErrExists says that the folder has files already.
var ErrExists = errors.New("the folder is not empty")

// HostError says that an address cannot be that of a server.
type HostError struct{ Host string }

func (e *HostError) Error() string {
	return fmt.Sprintf("%q is not the address of a server", e.Host)
}

// Hint says what an address looks like.
func (e *HostError) Hint() string { return "it looks like https://example.com" }

// Write copies the mini-program in files into the folder dir, which is made if
// it is missing. A folder with files in it is ErrExists, unless force replaces
// those that the mini-program has as well.
func Write(dir string, files fs.FS, v Values, force bool) (Written, error) {
	var done Written
	host, err := Origin(v.Host)
	if err != nil {
		return done, err
	}
	v.Host = host
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return done, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return done, err
	}
	defer root.Close()
	if there, err := fs.ReadDir(root.FS(), "."); err != nil {
		return done, err
	} else if len(there) > 0 && !force {
		return done, ErrExists
	}
	err = fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || name == "." {
			return err
		}
		if d.IsDir() {
			return root.MkdirAll(name, 0o755)
		}
		data, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		if name == ConfigFile {
			if data, err = v.fill(data); err != nil {
				return err
			}
		}
		done.Files++
		done.Bytes += int64(len(data))
		return write(root, name, data)
	})
	return done, err
}

// write replaces a file, also one that must not be written to.
func write(root *os.Root, name string, data []byte) error {
	temp := path.Join(path.Dir(name), ".new-"+path.Base(name))
	if err := root.WriteFile(temp, data, 0o644); err != nil {
		return err
	}
	if err := root.Rename(temp, name); err != nil {
		return errors.Join(err, root.Remove(temp))
	}
	return nil
}

// plainHost is a name or an IPv4 address, or an IPv6 one in brackets.
var plainHost = regexp.MustCompile(`^([A-Za-z0-9]([A-Za-z0-9_-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9_-]*[A-Za-z0-9])?)*|\[[0-9A-Fa-f:.]+\])$`)

// Origin reads the address of a server: scheme and host, and maybe a port. ws
// and wss stand for the http and https that they begin as (RFC 6455, 1.3), and
// slashes at the end do not count. The error is a *HostError.
func Origin(address string) (string, error) {
	refused := &HostError{address}
	u, err := url.Parse(strings.TrimRight(strings.TrimSpace(address), "/"))
	if err != nil || u.User != nil || u.Path != "" || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || u.Opaque != "" {
		return "", refused
	}
	schemes := map[string]string{"http": "http", "https": "https", "ws": "http", "wss": "https"}
	scheme, host, port := schemes[u.Scheme], u.Host, u.Port()
	if before, ok := strings.CutSuffix(host, ":"+port); ok {
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
			return "", refused
		}
		host = before
	}
	if inner, ok := strings.CutPrefix(host, "["); ok {
		if _, err := netip.ParseAddr(strings.TrimSuffix(inner, "]")); err != nil {
			return "", refused
		}
	}
	if scheme == "" || !plainHost.MatchString(host) {
		return "", refused
	}
	return scheme + "://" + u.Host, nil
}

// fill sets the lines of the configuration. Each must be there once.
func (v Values) fill(text []byte) ([]byte, error) {
	for _, line := range []struct{ name, value string }{{"host", v.Host}, {"basePath", v.BasePath}} {
		re := regexp.MustCompile(`(?m)^(\s*` + line.name + `: )'[^'\n]*'`)
		if n := len(re.FindAll(text, -1)); n != 1 {
			return nil, fmt.Errorf("%s has %d lines for %s", ConfigFile, n, line.name)
		}
		quoted := "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`, "\n", `\n`).Replace(line.value) + "'"
		text = re.ReplaceAllFunc(text, func(found []byte) []byte {
			return append(re.FindSubmatch(found)[1], quoted...)
		})
	}
	return text, nil
}
