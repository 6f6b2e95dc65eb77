package safefs

import (
	"io/fs"
	"path"
	"strings"

	"github.com/wecos-go/wecos/internal/within"
)

// Spelling returns name as the disk spells it: with other case where that does
// not tell names apart by case. What is missing is an error, fs.ErrNotExist.
func (r *Root) Spelling(name string) (string, error) {
	if _, err := r.Lstat(name); err != nil || name == "." {
		return name, err
	}
	at := ""
	for base := range strings.SplitSeq(name, "/") {
		next, err := r.spelled(path.Join(at, base))
		if err != nil {
			return "", err
		}
		at = next
	}
	return at, nil
}

// spelled is Spelling of the last element of name only.
func (r *Root) spelled(name string) (string, error) {
	dir, base, err := r.enter(name)
	if err != nil {
		return "", err
	}
	defer r.leave(dir)
	as, err := within.Spelling(base,
		func(n string) bool {
			_, err := dir.Lstat(n)
			return err == nil
		},
		func() (names []string, err error) {
			entries, err := fs.ReadDir(dir.FS(), ".")
			for _, e := range entries {
				names = append(names, e.Name())
			}
			return names, err
		})
	return path.Join(path.Dir(name), as), err
}
