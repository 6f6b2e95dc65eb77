package clienttest

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/wecos-go/wecos/internal/servers/cos"
	"github.com/wecos-go/wecos/internal/servers/kit/nodetest"
)

// The SDK for Node.js, with the store as its domain and as its proxy.
func TestNodeSDK(t *testing.T) { runScript(t, "node.cjs", 81) }

// The SDK for mini-programs, on a wx object made of Node's modules.
func TestWxSDK(t *testing.T) { runScript(t, "wx.cjs", 19) }

// runScript lets a script of testdata/npm work against a store. Each of its
// checks is a subtest; there must be as many as the script says, and at least
// least.
func runScript(t *testing.T, script string, least int) {
	modules := nodetest.Modules(t, "testdata/npm")
	pair := cos.NewCredentials()
	w := newWorld(t, cos.Options{Credentials: []cos.Credentials{pair}})
	nodetest.Run(t, filepath.Join("testdata/npm", script), least, "NODE_PATH="+modules,
		"STORE="+strings.TrimPrefix(w.address, "http://"), "BUCKET="+bucketName, "REGION="+cos.DefaultRegion,
		"SECRET_ID="+pair.ID, "SECRET_KEY="+pair.Key)
}
