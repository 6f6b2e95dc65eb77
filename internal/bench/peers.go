package main

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/wecos-go/wecos/internal/bench/measure"
	"github.com/wecos-go/wecos/internal/bench/project"
)

// peer is the package that wecos is compared with.
const (
	peerName    = "wecos"
	peerVersion = "2.0.2"
)

// How much less wecos is to need than its peer, at full size.
const (
	lessCPU    = 200
	lessWall   = 100 // at 30 ms latency
	lessMemory = 5
)

//go:embed peer.cjs
var peerShim []byte

// peers runs wecos and npm's wecos on the same projects against the same store.
func (b *bench) peers(ctx context.Context, out io.Writer, cache string) (missed int, err error) {
	peer, err := installPeer(ctx, cache)
	if err != nil {
		return 0, err
	}
	shim := b.path("peer.cjs")
	if err := os.WriteFile(shim, peerShim, 0o644); err != nil {
		return 0, err
	}
	t := table{out: out}
	small := b.size
	small.Pages, small.Images, small.References = max(b.size.Pages/10, 1), max(b.size.Images/10, 1), max(b.size.References/10, 1)
	for i, size := range []project.Size{small, b.size} {
		at := &bench{temp: b.path(strconv.Itoa(i)), size: size, rounds: b.rounds}
		if err := os.Mkdir(at.temp, 0o755); err != nil {
			return 0, err
		}
		if err := at.prepare(ctx); err != nil {
			return 0, err
		}
		for _, latency := range []time.Duration{0, 30 * time.Millisecond} {
			fmt.Fprintf(out, "\n%d pages × %d images (%.1f MB), %v\n", size.Pages, size.Images, float64(at.imageBytes)/1e6, latency)
			t.head("npm's against ours")
			if err := at.beside(ctx, &t, latency, []string{"--require", shim, peer}, size == b.size); err != nil {
				return 0, err
			}
		}
	}
	return t.missed, nil
}

// beside measures both programs in turns. The targets are those of the full
// size.
func (b *bench) beside(ctx context.Context, t *table, latency time.Duration, peer []string, targets bool) error {
	var ours, theirs []measure.Usage
	for range b.rounds {
		u, err := b.withStore(ctx, latency, nil, func(_, dir string) (measure.Usage, error) {
			return b.wecos(ctx, dir, "--watch=false", "-q")
		})
		if err != nil {
			return err
		}
		ours = append(ours, u)
		// Given a targetHost it writes addresses in which the host stands twice.
		u, err = b.withStore(ctx, latency, map[string]any{"targetHost": ""}, func(endpoint, dir string) (measure.Usage, error) {
			cmd := exec.CommandContext(ctx, "node", peer...)
			cmd.Dir = dir
			cmd.Env = append(os.Environ(), "WECOS_BENCH_STORE="+strings.TrimPrefix(endpoint, "http://"))
			u, err := measure.Run(cmd)
			if err != nil {
				return u, err
			}
			// It forgets the first image of every folder that is new to the backup.
			left, folders, err := images(filepath.Join(dir, "app", "images"))
			if err == nil && left > folders {
				err = fmt.Errorf("npm's wecos left %d images: its figures would mean nothing", left)
			}
			return u, err
		})
		if err != nil {
			return err
		}
		theirs = append(theirs, u)
	}
	u, p := measure.Median(ours), measure.Median(theirs)
	t.row("wecos", u)
	cpu, wall, rss := 1.0, 1.0, 1.0
	if targets {
		cpu, rss = lessCPU, lessMemory
		if latency > 0 {
			wall = lessWall
		}
	}
	factors := []measure.Target{
		{Name: "CPU", Got: p.CPU.Seconds() / u.CPU.Seconds(), Limit: cpu, Unit: "x", AtLeast: true},
		{Name: "wall", Got: p.Wall.Seconds() / u.Wall.Seconds(), Limit: wall, Unit: "x", AtLeast: true},
		{Name: "memory", Got: float64(p.RSS) / float64(u.RSS), Limit: rss, Unit: "x", AtLeast: true},
	}
	t.row("npm wecos@"+peerVersion, p, factors...)
	return nil
}

// images counts the pictures below dir, and the folders.
func images(dir string) (pictures, folders int, err error) {
	err = filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir():
			folders++
		case filepath.Ext(name) == ".png":
			pictures++
		}
		return nil
	})
	return pictures, folders, err
}

// installPeer returns the program of npm's wecos, which it installs into cache
// if it is not there yet.
func installPeer(ctx context.Context, cache string) (program string, err error) {
	for _, tool := range []string{"node", "npm"} {
		if _, err := exec.LookPath(tool); err != nil {
			return "", fmt.Errorf("%s is needed to compare with npm's wecos: install Node.js (https://nodejs.org)", tool)
		}
	}
	if cache == "" {
		if cache, err = os.UserCacheDir(); err != nil {
			return "", err
		}
		cache = filepath.Join(cache, "wecos-bench")
	}
	home := filepath.Join(cache, "node_modules", peerName)
	if version(home) != peerVersion {
		if err := os.MkdirAll(cache, 0o755); err != nil {
			return "", err
		}
		install := exec.CommandContext(ctx, "npm", "install", "--prefix", cache, "--no-audit", "--no-fund", "--ignore-scripts", "--no-save", peerName+"@"+peerVersion)
		if out, err := install.CombinedOutput(); err != nil {
			return "", fmt.Errorf("npm cannot install %s@%s (is there a network?): %w\n%s", peerName, peerVersion, err, out)
		}
		if v := version(home); v != peerVersion {
			return "", fmt.Errorf("npm installed %s@%s instead of %s", peerName, v, peerVersion)
		}
	}
	return filepath.Join(home, "bin", "wecos.js"), nil
}

// version is that of the package in dir, "" if there is none.
func version(dir string) string {
	var p struct{ Version string }
	data, err := os.ReadFile(filepath.Join(dir, "package.json"))
	if err != nil || json.Unmarshal(data, &p) != nil {
		return ""
	}
	return p.Version
}
