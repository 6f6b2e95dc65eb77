package slim

import (
	"fmt"
	"path"
	"strings"

	"github.com/wecos-go/wecos/internal/safefs"
	"github.com/wecos-go/wecos/internal/within"
)

// respell makes room for those of files that an earlier run wrote under a name in
// another case, on a disk that does not tell the two apart: the copy goes to
// devices, which do.
func respell(out *safefs.Root, old marker, files []copied) error {
	other := strings.ToUpper(markerFile)
	if len(old.Files) == 0 || !exists(out, other) {
		return nil
	}
	listed := map[string]bool{}
	if err := list(out, ".", listed); err != nil || listed[other] {
		return err
	}
	spelled := make(map[string]string, len(listed))
	for name := range listed {
		spelled[within.Fold(name)] = name
	}
	for _, f := range files {
		as, ok := spelled[within.Fold(f.name)]
		if !ok || listed[f.name] {
			continue
		}
		if _, ours := old.Files[as]; !ours {
			return shared(out, f.name, as)
		}
		if err := out.Remove(as); err != nil {
			return err
		}
		pruneAbove(out, as)
	}
	return nil
}

// distinct lists the files of the output folder. It is an error when one of files
// is not among them: two names that differ in case only are one on some disks.
func distinct(out *safefs.Root, files []copied) (listed map[string]bool, err error) {
	listed = map[string]bool{}
	if err := list(out, ".", listed); err != nil {
		return nil, err
	}
	for _, f := range files {
		if listed[f.name] {
			continue
		}
		as, err := out.Spelling(f.name)
		if err != nil {
			return nil, err
		}
		return nil, shared(out, f.name, as)
	}
	return listed, nil
}

func shared(out *safefs.Root, name, as string) error {
	return &Error{
		Text: fmt.Sprintf("outDir %s cannot hold %s: its disk takes it and %s for one; the app itself was not changed", out.Dir(), name, as),
		Fix:  "rename one of the two, or put outDir on a disk that tells names apart by case",
	}
}

// list adds the files at and below dir to listed, as the disk spells them.
func list(root *safefs.Root, dir string, listed map[string]bool) error {
	entries, err := root.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		name := path.Join(dir, e.Name())
		if !e.IsDir() {
			listed[name] = true
		} else if err := list(root, name, listed); err != nil {
			return err
		}
	}
	return nil
}

// pruneAbove removes the folders above name as far as they are empty.
func pruneAbove(out *safefs.Root, name string) {
	for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
		if entries, err := out.ReadDir(dir); err != nil || len(entries) > 0 || out.Remove(dir) != nil {
			return
		}
	}
}
