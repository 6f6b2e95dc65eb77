package command

import (
	"testing"

	"github.com/wecos-go/wecos/internal/config"
)

// A key that is added to the configuration must get its flag here.
func TestInitWecosHasAFlagForEveryKey(t *testing.T) {
	local, app := true, "app"
	w, err := config.LoadWecos(config.LoadOptions{Dir: t.TempDir(), Flags: config.Flags{Local: &local, AppDir: &app}})
	if err != nil {
		t.Fatal(err)
	}
	flags := newInitWecos().Flags()
	for _, s := range w.Effective() {
		if s.Key == "local" || s.Key == "localAddr" {
			continue // flags of wecos alone
		}
		if name := config.FlagName(s.Key); flags.Lookup(name) == nil {
			t.Errorf("%s has no flag --%s", s.Key, name)
		}
	}
}
