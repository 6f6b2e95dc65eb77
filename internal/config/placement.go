package config

import "path/filepath"

// CheckPlacement looks at what lies inside the app, where ships tells whether a
// path would be packed. It is an *Error when backups, state or output would
// ship; a configuration that would is a warning.
func (w *Wecos) CheckPlacement(ships func(abs string) bool) ([]Warning, error) {
	fail := func(key, fix, text string) error {
		d := draft{display: w.display, origins: w.origins}
		return d.fail(key, fix, "%s", text)
	}
	switch {
	case w.BackupDir != "" && ships(w.BackupDir):
		return nil, fail("backupDir", `"backupDir": "../wecos_backup"`,
			"lies inside the app, so that the backups would ship with it")
	case w.BackupDir == "" && ships(w.StateDir()):
		return nil, fail("backupDir", "move the configuration out of the app, or leave .wecos out with packOptions.ignore",
			"is empty, and .wecos beside the configuration would ship with the app")
	case w.OutDir != "" && ships(w.OutDir):
		return nil, fail("outDir", `"outDir": "../`+filepath.Base(w.OutDir)+`"`,
			"lies inside the app, so that the copy would ship with it")
	case w.Local && ships(filepath.Join(w.Dir, ".wecos")):
		return nil, fail("appDir", "run wecos from the folder above, or leave .wecos out with packOptions.ignore",
			"holds the folder .wecos of the local store, which would ship with the app")
	}
	if w.File == "" || !ships(w.File) {
		return nil, nil
	}
	return []Warning{insideApp(w.display)}, nil
}

func insideApp(display string) Warning {
	return Warning{
		File: display,
		Text: "this file lies inside the app and ships with it, keys included",
		Hint: "move it to the folder above, or leave it out with packOptions.ignore; keep keys in COS_SECRET_ID and COS_SECRET_KEY",
	}
}
