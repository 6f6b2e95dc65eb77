package config

import (
	"path/filepath"
	"testing"
)

func TestCheckPlacement(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		app        string // relative to the configuration; what lies below ships
		flags      Flags
		want       string // "" is fine
		warns      bool
	}{
		{"beside", `{}`, "app", Flags{}, "", false},
		{"backup inside", "{\n  \"backupDir\": \"app/backup\"}", "app", Flags{}, `wecos.config.json:2:16: backupDir lies inside the app, so that the backups would ship with it | "backupDir": "../wecos_backup"`, false},
		{"config in the app", `{"backupDir": "../b"}`, ".", Flags{}, "", true},
		{"default backup in the app", `{}`, ".", Flags{}, `wecos.config.json: backupDir lies inside the app, so that the backups would ship with it | "backupDir": "../wecos_backup"`, false},
		{"state in the app", `{"backupDir": ""}`, ".", Flags{}, `wecos.config.json:1:15: backupDir is empty, and .wecos beside the configuration would ship with the app | move the configuration out of the app, or leave .wecos out with packOptions.ignore`, false},
		{"out inside", `{"outDir": "app/dist"}`, "app", Flags{}, `wecos.config.json:1:12: outDir lies inside the app, so that the copy would ship with it | "outDir": "../dist"`, false},
		{"flag", `{}`, "app", Flags{BackupDir: ptr("app/b")}, `--backup-dir lies inside the app, so that the backups would ship with it | "backupDir": "../wecos_backup"`, false},
		{"store in the app", `{"backupDir": "../b"}`, ".", Flags{Local: ptr(true)}, `wecos.config.json: appDir holds the folder .wecos of the local store, which would ship with the app | run wecos from the folder above, or leave .wecos out with packOptions.ignore`, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := mustLoad(t, tt.text, func(o *LoadOptions) { o.NoAccount, o.Flags = true, tt.flags })
			app := filepath.Join(w.Dir, tt.app)
			warnings, err := w.CheckPlacement(func(abs string) bool { return holds(app, abs) })
			got := ""
			if err != nil {
				e := err.(*Error)
				got = e.Error() + " | " + e.Hint()
			}
			if got != tt.want {
				t.Errorf("\ngot  %s\nwant %s", got, tt.want)
			}
			if (len(warnings) == 1) != tt.warns {
				t.Errorf("warnings: %v", warnings)
			}
		})
	}
	w := mustLoad(t, `{}`, func(o *LoadOptions) { o.NoAccount = true })
	if warnings, err := w.CheckPlacement(func(string) bool { return false }); err != nil || len(warnings) > 0 {
		t.Errorf("what packOptions leave out is fine: %v, %v", warnings, err)
	}
}
