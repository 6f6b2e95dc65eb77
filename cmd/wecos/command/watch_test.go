package command

import (
	"strings"
	"syscall"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/wecos-go/wecos/internal/config"
	"github.com/wecos-go/wecos/internal/scan/watch"
)

// What the watch has to say is said below the report of the first run, lost
// events once for every batch, and with a hint what to do.
func TestNotices(t *testing.T) {
	var out strings.Builder
	cmd := &cobra.Command{}
	cmd.SetErr(&out)
	g := &globals{env: func(string) string { return "" }}
	g.define(pflag.NewFlagSet("", pflag.ContinueOnError))
	w := &watcher{slimOptions: &slimOptions{globals: g}, cmd: cmd, s: &session{cfg: &config.Wecos{AppDir: "/x/app"}}}
	w.notice(watch.Notice{Kind: watch.Lost})
	w.notice(watch.Notice{Kind: watch.Lost})
	if out.Len() > 0 {
		t.Errorf("during the first run it says %s", out.String())
	}
	w.show()
	w.notice(watch.Notice{Kind: watch.Lost})
	w.notice(watch.Notice{Kind: watch.Polling, Err: syscall.ENOSPC})
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	want := []string{"watching app; Ctrl-C ends it", "wecos: too much changed at once", "wecos: the system sends no events", "hint: raise the limit of watches"}
	for i, line := range lines {
		if len(lines) != len(want) || !strings.HasPrefix(line, want[i]) {
			t.Fatalf("it says\n%s", out.String())
		}
	}
}
