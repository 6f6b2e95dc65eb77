package archtest

import (
	"path"
	"slices"
	"strings"
	"testing"
)

// importRule is a row of the "never" column of docs/architecture.md.
type importRule struct {
	of     string   // the packages it binds
	why    string   // the word of the column
	never  []string // what they must not import
	except []string // but may
	// direct looks at the package's own imports only. Without it, packages of
	// this module that are imported on the way count as well.
	direct bool
}

const (
	cobraLib = "github.com/spf13/cobra"
	progress = "github.com/schollz/progressbar/..."
	fsnotify = "github.com/fsnotify/fsnotify"
	cosSDK   = "github.com/tencentyun/cos-go-sdk-v5/..."
	redisLib = "github.com/redis/go-redis/v9/..."
	mongoLib = "go.mongodb.org/mongo-driver/v2/..."
)

var importRules = []importRule{
	{
		of: "cmd/...", why: "decides anything", direct: true,
		never: []string{"internal/rewrite/...", "internal/safefs/...", "crypto/...", "net/http"},
	},
	{
		of: "internal/cli", why: "knows what a command does",
		never: []string{"internal/..."},
	},
	{
		of: "internal/config/...", why: "imports a server or the engine",
		never: []string{"internal/servers/...", "internal/slim/...", "internal/upload/...", "internal/scan/...", "internal/rewrite", cobraLib, "net/http"},
	},
	{
		of: "internal/scan/...", why: "uploads, edits",
		never: []string{"internal/upload/...", "internal/safefs/...", "internal/slim/...", "internal/servers/...", "net", "net/http", cosSDK, cobraLib},
	},
	{
		of: "internal/rewrite/source", why: "decides",
		never: []string{"internal/..."},
	},
	{
		of: "internal/rewrite/wxml", why: "knows what an image is", direct: true,
		never: []string{"internal/..."}, except: []string{"internal/rewrite/source"},
	},
	{
		of: "internal/rewrite/wxss", why: "knows what an image is", direct: true,
		never: []string{"internal/..."}, except: []string{"internal/rewrite/source"},
	},
	{
		of: "internal/rewrite/js", why: "knows what an image is", direct: true,
		never: []string{"internal/..."}, except: []string{"internal/rewrite/source"},
	},
	{
		of: "internal/rewrite/json", why: "knows what an image is", direct: true,
		never: []string{"internal/..."}, except: []string{"internal/rewrite/source"},
	},
	{
		of: "internal/rewrite/...", why: "touches os, net or the clock",
		never: []string{
			"os/...", "net/...", "time", "syscall", "io/ioutil", "path/filepath", "math/rand/...",
			"golang.org/x/sys/...", "internal/...",
		},
		except: []string{"net/url", "internal/rewrite/..."},
	},
	{
		of: "internal/upload/...", why: "knows references",
		never: []string{"internal/..."}, except: []string{"internal/upload/..."},
	},
	{
		of: "internal/safefs/...", why: "anything else",
		never: []string{"internal/...", "net/..."}, except: []string{"internal/safefs/...", "internal/within"},
	},
	{
		of: "internal/within", why: "knows what the paths are for",
		never: []string{"internal/...", "net/..."},
	},
	{
		of: "internal/slim/...", why: "imports cobra, progressbar, fsnotify",
		never: []string{cobraLib, progress, fsnotify, "internal/cli", "internal/report/...", "internal/servers/..."},
	},
	{
		// The SDK is behind the Store interface of the package upload.
		of: "internal/slim/...", why: "imports the COS SDK", direct: true,
		never: []string{cosSDK},
	},
	{
		of: "internal/report", why: "decides anything", direct: true,
		never:  []string{"internal/scan/...", "internal/rewrite/...", "internal/upload/...", "internal/safefs/...", "internal/servers/...", "os", "net/...", cobraLib},
		except: []string{"internal/rewrite"}, // the type Reason

	},
	{
		of: "internal/report/treemap", why: "knows files",
		never: []string{"internal/...", "os", "io/..."},
	},
	{
		of: "internal/audit", why: "reads, prints or talks to anybody", direct: true,
		never:  []string{"internal/...", "os/...", "net/...", "io/...", "time", cobraLib},
		except: []string{"internal/rewrite", "internal/scan"},
	},
	{
		of: "internal/scan/watch", why: "scans, decides, edits", direct: true,
		never: []string{"internal/..."},
	},
	{
		of: "internal/servers/rps", why: "knows Redis but through its lobby", direct: true,
		never: []string{redisLib, "internal/servers/rps/lobby"},
	},
	{
		of: "internal/servers/rps/game", why: "knows a clock, a connection or who plays",
		never: []string{"internal/...", "net/...", "os/...", "time"},
	},
	{
		of: "internal/servers/rps/sio", why: "knows what is said over its connections",
		never: []string{"internal/..."}, except: []string{"internal/servers/rps/sio/..."},
	},
	{
		of: "internal/servers/rps/sio/websocket", why: "knows what is said over a connection",
		never: []string{"internal/..."},
	},
	{
		of: "internal/servers/rps/sio/siotest", why: "knows a server",
		never: []string{"internal/..."},
	},
	{
		// The WebSocket library stands behind the package websocket.
		of: "internal/servers/rps/sio", why: "imports a WebSocket library", direct: true,
		never: []string{"github.com/gobwas/..."},
	},
	{
		of: "internal/servers/...", why: "imports scan, rewrite or slim",
		never: []string{"internal/scan/...", "internal/rewrite/...", "internal/slim/...", "internal/report/...", "internal/upload/...", "cmd/..."},
	},
	{
		// What a server is told are its Options; commands make them.
		of: "internal/servers/...", why: "knows configurations and command lines",
		never: []string{"internal/config/...", "internal/cli", cobraLib},
	},
	{
		of: "internal/servers/kit/...", why: "imports an app",
		never: []string{"internal/..."}, except: []string{"internal/servers/kit/..."},
	},
	{
		// cos uses it without the rest, which wecos would carry.
		of: "internal/servers/kit/conn", why: "reads a request, or observes",
		never: []string{"internal/...", "github.com/prometheus/client_golang/...", "github.com/caddyserver/certmagic/..."},
	},
	{
		of: "internal/servers/kit/certs", why: "listens or serves", direct: true,
		never: []string{"internal/...", "net/http"},
	},
	{
		of: "internal/servers/kit", why: "runs an authority of its own",
		never: []string{"internal/servers/kit/certs/acmetest", "github.com/letsencrypt/pebble/v2/...", "testing"},
	},
	{
		of: "internal/servers/kit/browsertest", why: "knows a page", direct: true,
		never: []string{"internal/..."},
	},
	{
		of: "internal/servers/kit/nodetest", why: "knows a server", direct: true,
		never: []string{"internal/..."},
	},
	{
		of: "internal/servers/album", why: "opens a file or knows COS", direct: true,
		never: []string{"os/...", cosSDK, "internal/servers/cos/disk", "internal/servers/album/..."},
	},
	{
		of: "internal/servers/album/bucket", why: "decodes a picture", direct: true,
		never: []string{"os/...", "image/...", "internal/servers/cos/..."},
	},
	{
		of: "internal/servers/album/folder", why: "decodes a picture or knows requests", direct: true,
		never: []string{"image/...", "net/http", cosSDK},
	},
	{
		of: "internal/applet", why: "knows a server, or talks to one",
		never: []string{"internal/...", "net/http", "net/rpc"},
	},
	{
		of: "internal/servers/video", why: "writes SQL or opens a database",
		never: []string{"database/...", "internal/servers/video/..."},
	},
	{
		of: "internal/servers/video/sqlstore", why: "knows requests", direct: true,
		never: []string{"net/http", "internal/servers/kit/..."}, except: []string{"internal/servers/kit/sqlite"},
	},
	{
		of: "internal/servers/video/filmfile", why: "opens a file or carries out SQL", direct: true,
		never: []string{"os/...", "net/...", "database/..."},
	},
	{
		of: "internal/servers/cos/...", why: "brings the kit into wecos",
		never: []string{"internal/servers/kit", "internal/servers/kit/certs"},
	},
	{
		of: "internal/config/nodeconfig", why: "executes or reads anything",
		never:  []string{"internal/...", "os/...", "net/..."},
		except: []string{"internal/config/jsonc", "internal/rewrite/source", "internal/rewrite/js"},
	},
	{
		of: "internal/servers/cos/disk", why: "knows the protocol above it",
		never: []string{"internal/...", "net/..."},
	},
	{
		of: "internal/servers/cos/web", why: "knows signatures and the XML API", direct: true,
		never: []string{"internal/..."}, except: []string{"internal/servers/cos/disk"},
	},
	{
		of: "internal/servers/kit/sqlite", why: "knows what lies in a table",
		never: []string{"internal/..."},
	},
	{
		of: "internal/servers/session/weapp", why: "knows what its handlers do, or a database", direct: true,
		never: []string{"internal/...", "database/...", redisLib},
	},
	{
		of: "internal/servers/session/drawing", why: "knows who a user is, or a protocol", direct: true,
		never: []string{"internal/...", "net/...", "database/...", mongoLib},
	},
	{
		of: "internal/servers/session", why: "knows Redis and MongoDB but through their stores", direct: true,
		never: []string{redisLib, mongoLib, "database/..."},
	},
	{
		of: "internal/...", why: "is reached from the outside only", // programs import packages, never the other way round
		never: []string{"cmd/...", "internal/archtest"}, direct: true,
	},
}

func TestImports(t *testing.T) {
	all := load(t)
	for _, rule := range importRules {
		bound := 0
		for _, p := range all {
			if !matches(rule.of, p.path) || p.name == "" {
				continue
			}
			bound++
			for _, broken := range broken(all, p, rule) {
				t.Errorf("%s never %s: %s (%s)", p.path, rule.why, broken, p.imports[broken.imported])
			}
		}
		if bound == 0 {
			t.Errorf("stale rule: no package matches %s (never %s)", rule.of, rule.why)
		}
	}
}

func broken(all []*pkg, p *pkg, rule importRule) (found []reach) {
	for _, r := range reaches(all, p, !rule.direct) {
		if matchesAny(rule.never, r.imported) && !matchesAny(rule.except, r.imported) {
			found = append(found, r)
		}
	}
	return found
}

// What a rule forbids or allows must exist somewhere, or the rule has lost its
// meaning: a package of this module that is gone, an import that nobody has.
func TestImportRulesAreNotStale(t *testing.T) {
	all := load(t)
	imported := map[string]bool{}
	for _, p := range all {
		imported[p.path] = true
		for i := range p.imports {
			imported[i] = true
		}
	}
	// Packages of which docs/architecture.md already speaks, and modules that
	// they will bring.
	planned := []string{"internal/report/...", progress, fsnotify}
	for _, rule := range importRules {
		for _, pattern := range slices.Concat(rule.never, rule.except) {
			inModule := strings.HasPrefix(pattern, "internal/") || strings.HasPrefix(pattern, "cmd/")
			outside := strings.Contains(strings.SplitN(pattern, "/", 2)[0], ".")
			if !inModule && !outside || slices.Contains(planned, pattern) {
				continue // the standard library does not go stale
			}
			used := false
			for i := range imported {
				used = used || matches(pattern, i)
			}
			if !used && !strings.HasPrefix(pattern, "golang.org/x/") {
				t.Errorf("stale rule of %s: nothing matches %s", rule.of, pattern)
			}
		}
	}
}

// Every app under internal/servers stands alone: it may use the common kit, and
// what of the object store knows nothing of its protocol: its disk, and its rules
// for pictures.
func TestServersStandAlone(t *testing.T) {
	const servers = "internal/servers/"
	shared := []string{servers + "kit/...", servers + "cos/disk", servers + "cos/picture"}
	apps := 0
	all := load(t)
	for _, p := range all {
		rest, ok := strings.CutPrefix(p.path, servers)
		if !ok {
			continue
		}
		apps++
		app, _, _ := strings.Cut(rest, "/")
		for _, r := range reaches(all, p, true) {
			if strings.HasPrefix(r.imported, servers) && !matches(servers+app+"/...", r.imported) && !matchesAny(shared, r.imported) {
				t.Errorf("%s never imports another app: %s", p.path, r)
			}
		}
	}
	if apps == 0 {
		t.Error("stale rule: there are no servers")
	}
}

// The programs do not know each other.
func TestProgramsStandAlone(t *testing.T) {
	programs := 0
	for _, p := range load(t) {
		rest, ok := strings.CutPrefix(p.path, "cmd/")
		if !ok {
			continue
		}
		programs++
		program, _, _ := strings.Cut(rest, "/")
		for imported := range p.imports {
			if strings.HasPrefix(imported, "cmd/") && !matches("cmd/"+program+"/...", imported) {
				t.Errorf("%s imports %s", p.path, imported)
			}
		}
	}
	if programs == 0 {
		t.Error("stale rule: there are no programs")
	}
}

// The rules themselves: one that cannot fail proves nothing.
func TestRulesCanFail(t *testing.T) {
	made := []*pkg{
		{path: "internal/rewrite", name: "rewrite", imports: map[string]string{"internal/rewrite/js": "a.go", "net/url": "a.go"}},
		{path: "internal/rewrite/js", name: "js", imports: map[string]string{"time": "b.go", "internal/rewrite/source": "b.go"}},
		{path: "internal/rewrite/source", name: "source", imports: map[string]string{"strings": "c.go"}},
	}
	rule := importRule{of: "internal/rewrite/...", never: []string{"time", "net/...", "internal/..."}, except: []string{"net/url", "internal/rewrite/..."}}
	got := broken(made, made[0], rule)
	if len(got) != 1 || got[0].String() != "internal/rewrite → internal/rewrite/js → time" {
		t.Errorf("got %v", got)
	}
	rule.direct = true
	if got := broken(made, made[0], rule); len(got) > 0 {
		t.Errorf("got %v", got)
	}
	for _, tt := range []struct {
		pattern, p string
		want       bool
	}{
		{"net/...", "net", true}, {"net/...", "net/http", true}, {"net/...", "netip", false},
		{"net", "net/http", false}, {"internal/...", path.Join("internal", "x"), true},
	} {
		if matches(tt.pattern, tt.p) != tt.want {
			t.Errorf("matches(%s, %s)", tt.pattern, tt.p)
		}
	}
}
