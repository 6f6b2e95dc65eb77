package slim

import (
	"fmt"
	"path/filepath"

	"github.com/wecos-go/wecos/internal/safefs"
	"github.com/wecos-go/wecos/internal/scan"
)

// usualStates are where the state lies with no backupDir and with the usual
// one, each with the value that says so, relative to the configuration.
var usualStates = []struct{ dir, value string }{
	{".wecos", `""`},
	{"wecos_backup/.wecos", `"./wecos_backup"`},
}

// leftBehind is an error when backupDir was set or emptied while images were
// online: the state did not follow, and a run would take what is online for
// somebody else's, a restore would find nothing.
func (e *Engine) leftBehind() error {
	cfg := e.opt.Config
	if remembers(cfg.StateDir(), "") {
		return nil
	}
	layout, err := scan.OpenLayout(cfg.AppDir)
	if err != nil {
		return nil // is told by those who need the app
	}
	for _, usual := range usualStates {
		dir := filepath.Join(cfg.Dir, filepath.FromSlash(usual.dir))
		if dir != cfg.StateDir() && remembers(dir, layout.Root) {
			return &ConfigError{
				Text: fmt.Sprintf("backupDir was changed: what is online is remembered in %s, not in %s", dir, cfg.StateDir()),
				Fix:  "set backupDir back to " + usual.value + "; to change it, bring everything back with wecos restore first",
			}
		}
	}
	return nil
}

// remembers reports whether the state folder dir remembers anything; with root only
// if it is of the app there, and images are online.
func remembers(dir, root string) bool {
	r, err := safefs.OpenRoot(dir)
	if err != nil {
		return false
	}
	defer r.Close()
	if root == "" {
		return exists(r, manifestFile) || exists(r, journalFile)
	}
	st := &state{root: r}
	man, err := st.loadManifest(root)
	return err == nil && (len(man.Images) > 0 || exists(r, journalFile))
}
