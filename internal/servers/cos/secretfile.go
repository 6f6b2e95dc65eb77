package cos

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// The names of keys in the environment and in files.
const (
	EnvID    = "COS_SECRET_ID"
	EnvKey   = "COS_SECRET_KEY"
	EnvToken = "COS_TOKEN"
)

// maxSecretFile bounds a file with keys in bytes.
const maxSecretFile = 64 << 10

// KeysError says that keys are not given, or not whole.
type KeysError struct {
	Where string // a file, or what else the keys should have come from
	Err   error
}

func (e *KeysError) Error() string { return e.Where + ": " + e.Err.Error() }

// Unwrap returns the cause.
func (e *KeysError) Unwrap() error { return e.Err }

// Hint says what to do.
func (e *KeysError) Hint() string { return "give both " + EnvID + " and " + EnvKey }

var errHalf = errors.New("an id and a key are needed")

// KeySources are where the keys of a store may come from, the first first.
type KeySources struct {
	ID, Key, Token string
	File           string
	Env            func(string) string
}

// Find returns the credentials of the first source that has any, or none. The
// error is a *KeysError.
func (k KeySources) Find() ([]Credentials, error) {
	switch {
	case k.ID != "" || k.Key != "" || k.Token != "":
		return whole("the flags", k.ID, k.Key, k.Token)
	case k.File != "":
		return readKeys(k.File)
	}
	id, key, token := k.Env(EnvID), k.Env(EnvKey), k.Env(EnvToken)
	if id == "" && key == "" && token == "" {
		return nil, nil
	}
	return whole("the environment", id, key, token)
}

func whole(where, id, key, token string) ([]Credentials, error) {
	if id == "" || key == "" {
		return nil, &KeysError{where, errHalf}
	}
	return []Credentials{{ID: id, Key: key, Token: token}}, nil
}

// readKeys reads credentials from a file of lines like COS_SECRET_ID=…; empty
// lines, and those that begin with #, do not count. The error is a *KeysError,
// which shows nothing of the content.
func readKeys(path string) ([]Credentials, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, &KeysError{path, unwrapPath(err)}
	}
	defer f.Close()
	values := make(map[string]string)
	lines := bufio.NewScanner(io.LimitReader(f, maxSecretFile))
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(strings.TrimPrefix(lines.Text(), "\ufeff"))
		if line == "" || line[0] == '#' {
			continue
		}
		name, value, ok := strings.Cut(strings.TrimPrefix(line, "export "), "=")
		name = strings.TrimSpace(name)
		if !ok || name != EnvID && name != EnvKey && name != EnvToken {
			return nil, &KeysError{fmt.Sprintf("%s:%d", path, n), fmt.Errorf("the line is neither %s nor %s", EnvID, EnvKey)}
		}
		values[name] = strings.Trim(strings.TrimSpace(value), `"'`)
	}
	if err := lines.Err(); err != nil {
		return nil, &KeysError{path, err}
	}
	return whole(path, values[EnvID], values[EnvKey], values[EnvToken])
}

// unwrapPath leaves the path out of an error that will name it.
func unwrapPath(err error) error {
	if p := (*os.PathError)(nil); errors.As(err, &p) {
		return p.Err
	}
	return err
}
