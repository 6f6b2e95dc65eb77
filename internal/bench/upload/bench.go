package main

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"

	"github.com/wecos-go/wecos/internal/bench/measure"
)

// The targets, as factors of the others' figures where they name one.
const (
	bareRate      = 0.9 // of bare PUTs with latency
	bareCPU       = 2.0
	rate32        = 950 // files a second with 32 workers and latency
	perWorker     = 1.3 // connections
	nodeRate      = 1.0
	nodeCPU       = 0.25
	minBytes      = 2 << 10
	maxBytes      = 20 << 10
	nodeSDK       = "cos-nodejs-sdk-v5@2"
	installTime   = 2 * time.Minute
	requestMargin = 2 * time.Millisecond // of a request besides its latency
)

//go:embed node/sender.js
var nodeSender []byte

type bench struct {
	temp    string
	files   int
	rounds  int
	seconds float64
	workers []int
	node    bool
	noNode  string // why node is not measured
	stores  int    // started so far
}

func (b *bench) path(name string) string { return filepath.Join(b.temp, name) }

// prepare builds the programs, installs the SDK for node and makes the files.
func (b *bench) prepare(ctx context.Context) error {
	build := exec.CommandContext(ctx, "go", "build", "-o", b.temp+string(filepath.Separator),
		"github.com/wecos-go/wecos/internal/bench/sender",
		"github.com/wecos-go/wecos/internal/bench/store")
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("building the programs: %w\n%s", err, out)
	}
	if b.node {
		b.noNode = b.installNode(ctx)
		b.node = b.noNode == ""
	} else {
		b.noNode = "it was not asked for"
	}
	return b.set(b.files)
}

// installNode says why node cannot be measured, if so.
func (b *bench) installNode(ctx context.Context) string {
	for _, name := range []string{"node", "npm"} {
		if _, err := exec.LookPath(name); err != nil {
			return "there is no " + name
		}
	}
	ctx, cancel := context.WithTimeout(ctx, installTime)
	defer cancel()
	dir := b.path("node")
	if err := os.Mkdir(dir, 0o755); err != nil {
		return err.Error()
	}
	if err := os.WriteFile(filepath.Join(dir, "sender.js"), nodeSender, 0o644); err != nil {
		return err.Error()
	}
	install := exec.CommandContext(ctx, "npm", "install", "--prefix", dir, "--no-audit", "--no-fund", "--no-save", "--ignore-scripts", nodeSDK)
	if out, err := install.CombinedOutput(); err != nil {
		return fmt.Sprintf("npm install: %v: %s", err, bytes.TrimSpace(out))
	}
	return ""
}

// set makes the folder that holds n files, if there is none yet.
func (b *bench) set(n int) error {
	dir := b.setDir(n)
	if err := os.Mkdir(dir, 0o755); os.IsExist(err) {
		return nil
	} else if err != nil {
		return err
	}
	rnd := rand.New(rand.NewPCG(1, 2))
	for i := range n {
		data := make([]byte, minBytes+rnd.IntN(maxBytes-minBytes+1))
		copy(data, "\x89PNG\r\n\x1a\n")
		for at := 8; at < len(data); at++ {
			data[at] = byte(rnd.Uint32())
		}
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("picture-%04d.png", i)), data, 0o644); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) setDir(n int) string { return b.path("files-" + strconv.Itoa(n)) }

// figures are what one run of a sender came to.
type figures struct {
	rate        float64 // files a second
	cpu         float64 // seconds a file
	connections int
}

// compare measures all senders in turns and prints a row for each.
func (b *bench) compare(ctx context.Context, t *table, latency time.Duration, workers int) error {
	n := b.files
	if latency > 0 {
		n = min(n, max(1, int(b.seconds*float64(workers)/(latency+requestMargin).Seconds())))
	}
	if err := b.set(n); err != nil {
		return err
	}
	var ours, bare, node []figures
	for range b.rounds {
		for _, s := range []struct {
			into *[]figures
			cmd  func(endpoint string) *exec.Cmd
			skip bool
		}{
			{&bare, b.sender(ctx, "bare", n, workers), false},
			{&ours, b.sender(ctx, "uploader", n, workers), false},
			{&node, b.nodeSender(ctx, n, workers), !b.node},
		} {
			if s.skip {
				continue
			}
			f, err := b.measure(ctx, latency, s.cmd)
			if err != nil {
				return err
			}
			*s.into = append(*s.into, f)
		}
	}
	at, w := strconv.FormatInt(latency.Milliseconds(), 10)+" ms", strconv.Itoa(workers)
	floor, got := median(bare), median(ours)
	targets := []measure.Target{
		{Name: "connections", Got: float64(got.connections) / float64(workers), Limit: perWorker, Unit: " a worker"},
		{Name: "CPU", Got: got.cpu / floor.cpu, Limit: bareCPU, Unit: "x bare"},
	}
	if latency > 0 {
		targets = append(targets, measure.Target{Name: "files/s", Got: got.rate / floor.rate, Limit: bareRate, Unit: "x bare", AtLeast: true})
		if workers == 32 {
			targets = append(targets, measure.Target{Name: "files/s", Got: got.rate, Limit: rate32, AtLeast: true})
		}
	}
	t.row(at, w, "bare", floor)
	if !b.node {
		t.row(at, w, "uploader", got, targets...)
		return nil
	}
	other := median(node)
	t.row(at, w, "node sdk", other)
	t.row(at, w, "uploader", got, append(targets,
		measure.Target{Name: "files/s", Got: got.rate / other.rate, Limit: nodeRate, Unit: "x node", AtLeast: true},
		measure.Target{Name: "CPU", Got: got.cpu / other.cpu, Limit: nodeCPU, Unit: "x node"},
	)...)
	return nil
}

func (b *bench) sender(ctx context.Context, mode string, n, workers int) func(string) *exec.Cmd {
	return func(endpoint string) *exec.Cmd {
		return exec.CommandContext(ctx, b.path("sender"), mode, b.setDir(n), endpoint, strconv.Itoa(workers))
	}
}

func (b *bench) nodeSender(ctx context.Context, n, workers int) func(string) *exec.Cmd {
	return func(endpoint string) *exec.Cmd {
		return exec.CommandContext(ctx, "node", filepath.Join(b.path("node"), "sender.js"),
			b.setDir(n), endpoint, strconv.Itoa(workers), measure.SecretID, measure.SecretKey)
	}
}

// measure runs a sender against a store of its own.
func (b *bench) measure(ctx context.Context, latency time.Duration, command func(endpoint string) *exec.Cmd) (f figures, err error) {
	b.stores++
	measure.Flush()
	s, err := measure.StartStore(ctx, b.path("store"), b.path("objects-"+strconv.Itoa(b.stores)), latency)
	if err != nil {
		return f, err
	}
	cmd := command(s.URL)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	runErr := cmd.Run()
	f.connections, err = s.Stop()
	if runErr != nil {
		return f, fmt.Errorf("%s: %w\n%s", filepath.Base(cmd.Path), runErr, stderr.Bytes())
	}
	if err != nil {
		return f, err
	}
	var said struct {
		Files        int
		Seconds, CPU float64
	}
	if err := json.Unmarshal(stdout.Bytes(), &said); err != nil || said.Files == 0 {
		return f, fmt.Errorf("%s said %q", filepath.Base(cmd.Path), stdout.Bytes())
	}
	f.rate = float64(said.Files) / said.Seconds
	f.cpu = said.CPU / float64(said.Files)
	return f, nil
}

// median takes the middle of each figure by itself.
func median(all []figures) figures {
	return figures{
		rate:        measure.Middle(all, func(f figures) float64 { return f.rate }),
		cpu:         measure.Middle(all, func(f figures) float64 { return f.cpu }),
		connections: measure.Middle(all, func(f figures) int { return f.connections }),
	}
}
