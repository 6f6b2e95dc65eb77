// Package nodetest runs checks that are written for Node.js against a server,
// each as a subtest. It has a shim of the wx object, on which the scripts of a
// mini-program run.
//
// It knows no server, and is for tests only.
package nodetest

import (
	"bufio"
	"bytes"
	_ "embed"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

//go:embed wx.cjs
var shim []byte

// Run lets a script work, with these variables and a folder of its own, and HOME
// and TMPDIR in it. It writes a line of JSON for each check, {"name","failure"?},
// and in the end {"done"}: how many there were, at least least. WX is the path
// of the shim. Without Node.js the test is skipped.
func Run(t *testing.T, script string, least int, env ...string) {
	t.Helper()
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("node is not installed")
	}
	script, err := filepath.Abs(script)
	if err != nil {
		t.Fatal(err)
	}
	home := t.TempDir()
	wx := filepath.Join(home, "wx.cjs")
	if err := os.WriteFile(wx, shim, 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "node", script)
	cmd.Dir, cmd.WaitDelay = home, 5*time.Second
	cmd.Env = append([]string{
		"PATH=" + os.Getenv("PATH"), "SYSTEMROOT=" + os.Getenv("SYSTEMROOT"), "HOME=" + home, "USERPROFILE=" + home, "TMPDIR=" + home, "WX=" + wx,
	}, env...)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Errorf("%s: %v", filepath.Base(script), err)
	}
	count(t, out, least)
	if t.Failed() && errs.Len() > 0 {
		t.Logf("%s says\n%s", filepath.Base(script), errs.Bytes()[max(0, errs.Len()-4<<10):])
	}
}

// count makes subtests of what a script wrote.
func count(t *testing.T, out []byte, least int) {
	t.Helper()
	passed, done := 0, -1
	lines := bufio.NewScanner(bytes.NewReader(out))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var line struct {
			Name    string
			Failure *string
			Done    *int
		}
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			t.Errorf("it wrote %q", lines.Text())
			continue
		}
		if line.Done != nil {
			done = *line.Done
			continue
		}
		passed++
		t.Run(line.Name, func(t *testing.T) {
			if line.Failure != nil {
				t.Error(*line.Failure)
			}
		})
	}
	if err := lines.Err(); err != nil {
		t.Error(err)
	}
	if done != passed || done < least {
		t.Errorf("it reported %d checks and said %d, want at least %d", passed, done, least)
	}
}
