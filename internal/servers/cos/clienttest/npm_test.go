package clienttest

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wecos-go/wecos/internal/servers/cos"
)

// The SDK for Node.js, with the store as its domain and as its proxy.
func TestNodeSDK(t *testing.T) { runScript(t, "node.cjs", 81) }

// The SDK for mini-programs, on a wx object made of Node's modules.
func TestWxSDK(t *testing.T) { runScript(t, "wx.cjs", 19) }

// runScript lets a script of testdata/npm work against a store. Each of its
// checks is a subtest; there must be as many as the script says, and at least
// least.
func runScript(t *testing.T, script string, least int) {
	modules := nodeModules(t)
	pair := cos.NewCredentials()
	w := newWorld(t, cos.Options{Credentials: []cos.Credentials{pair}})
	dir, err := filepath.Abs("testdata/npm")
	if err != nil {
		t.Fatal(err)
	}
	home := t.TempDir() // the SDKs remember uploads there
	cmd := exec.CommandContext(t.Context(), "node", filepath.Join(dir, script))
	cmd.Dir = home
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "SYSTEMROOT=" + os.Getenv("SYSTEMROOT"),
		"HOME=" + home, "USERPROFILE=" + home, "DIR=" + home, "NODE_PATH=" + modules,
		"STORE=" + strings.TrimPrefix(w.address, "http://"), "BUCKET=" + bucketName, "REGION=" + cos.DefaultRegion,
		"SECRET_ID=" + pair.ID, "SECRET_KEY=" + pair.Key,
	}
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Errorf("%s: %v", script, err)
	}
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
			t.Errorf("%s wrote %q", script, lines.Text())
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
		t.Errorf("%s reported %d checks and said %d, want at least %d", script, passed, done, least)
	}
	if t.Failed() && errs.Len() > 0 {
		t.Logf("%s says\n%s", script, errs.Bytes()[max(0, errs.Len()-4<<10):])
	}
}
