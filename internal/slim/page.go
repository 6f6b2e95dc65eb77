package slim

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/wecos-go/wecos/internal/safefs"
)

// WritePage writes an HTML page for a person to path: whole or not at all. An
// earlier page is replaced; what is not called .html never is. A path that
// cannot be one is a *ConfigError.
func WritePage(path string, fill func(io.Writer) error) (err error) {
	switch ext := strings.ToLower(filepath.Ext(path)); ext {
	case ".html", ".htm":
	default:
		return &ConfigError{Text: fmt.Sprintf("%s is no name for a page", path), Fix: "name a file that ends in .html"}
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	if info, err := os.Stat(abs); err == nil && !info.Mode().IsRegular() {
		return &ConfigError{Text: path + " is there already and is no file", Fix: "name another file"}
	}
	dir, err := safefs.OpenRoot(filepath.Dir(abs))
	if errors.Is(err, fs.ErrNotExist) {
		return &ConfigError{Text: "there is no folder " + filepath.Dir(path), Fix: "make it first, or name another"}
	}
	if err != nil {
		return explainDisk(err)
	}
	defer func() { err = errors.Join(err, dir.Close()) }()
	err = dir.WriteFunc(filepath.Base(abs), 0o644, nil, fill)
	if irregular, ok := errors.AsType[*safefs.NotRegularError](err); ok {
		return &ConfigError{Text: irregular.Error(), Fix: "name another file"}
	}
	return explainDisk(err)
}
