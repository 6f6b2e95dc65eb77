package slim

import (
	"fmt"
	"path"
)

// otherCase says that what lies in the place of an image, or of a folder, has
// that name in another case.
type otherCase struct {
	name, is string
	folder   bool
}

func (e *otherCase) Error() string {
	if e.folder {
		return fmt.Sprintf("the folder %s is called %s here, and this disk takes both for one: rename it, then restore again", e.name, e.is)
	}
	return fmt.Sprintf("%s is in its place, and this disk takes both for one: rename or move it, then restore again", e.is)
}

// otherwise tells whether name leads to something that is spelled in another
// way; nil if not, or if there is nothing.
func (r *restore) otherwise(name string) *otherCase {
	for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
		if as, err := r.app.Spelling(dir); err == nil && as != dir {
			return &otherCase{name: dir, is: as, folder: true}
		} else if err == nil {
			break // what it lies in is right, too
		}
	}
	if as, err := r.app.Spelling(name); err == nil && as != name {
		return &otherCase{name: name, is: as}
	}
	return nil
}

// folds reports whether the app's disk does not tell names apart by case.
func (r *restore) folds() bool {
	as, err := r.app.Spelling("APP.JSON")
	return err == nil && as == "app.json"
}
