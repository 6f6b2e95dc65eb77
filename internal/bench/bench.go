package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"

	"github.com/wecos-go/wecos/internal/bench/measure"
	"github.com/wecos-go/wecos/internal/bench/project"
)

// The targets, as factors of the floor and in bytes.
const (
	planCPU   = 4.0
	fullCPU   = 2.0
	fullWall  = 1.3 // at 30 ms latency
	secondCPU = 4.0
	memory    = 100 << 20
)

type bench struct {
	temp       string
	size       project.Size
	rounds     int
	imageBytes int64
	folders    int // made so far
}

func (b *bench) path(name string) string { return filepath.Join(b.temp, name) }

// prepare builds the programs and makes the project that every run copies.
func (b *bench) prepare(ctx context.Context) error {
	build := exec.CommandContext(ctx, "go", "build", "-o", b.temp+string(filepath.Separator),
		"github.com/wecos-go/wecos/cmd/wecos",
		"github.com/wecos-go/wecos/internal/bench/floor",
		"github.com/wecos-go/wecos/internal/bench/store")
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("building the programs: %w\n%s", err, out)
	}
	if err := project.Write(b.path("master"), b.size); err != nil {
		return err
	}
	return filepath.WalkDir(b.path("master"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".png" {
			return err
		}
		info, err := d.Info()
		if err == nil {
			b.imageBytes += info.Size()
		}
		return err
	})
}

// fresh makes a folder with a copy of the project and a configuration that
// points at the store and has settings besides. Nothing is removed before the end: some file systems
// take long to create files while many were deleted a moment ago, and that
// would count against whoever comes next.
func (b *bench) fresh(ctx context.Context, endpoint string, settings map[string]any) (dir string, err error) {
	b.folders++
	dir = b.path("work-" + strconv.Itoa(b.folders))
	if err := os.Mkdir(dir, 0o755); err != nil {
		return "", err
	}
	if err := os.CopyFS(filepath.Join(dir, "app"), os.DirFS(b.path("master"))); err != nil {
		return "", err
	}
	all := map[string]any{
		"appDir": "./app", "watch": false, "targetHost": endpoint,
		"cos": map[string]string{
			"endpoint": endpoint, "bucket": "wecos-1250000000", "region": "ap-guangzhou",
			"secret_id": measure.SecretID, "secret_key": measure.SecretKey,
		},
	}
	maps.Copy(all, settings)
	cfg, err := json.Marshal(all)
	if err != nil {
		return "", err
	}
	if err := os.WriteFile(filepath.Join(dir, "wecos.config.json"), cfg, 0o600); err != nil {
		return "", err
	}
	measure.Flush() // what this copy left to write is not the next program's work
	return dir, pause(ctx, age)
}

// age is how old the files of a project are at least: nobody writes them all in
// the moment before wecos starts.
const age = 2500 * time.Millisecond

func (b *bench) floor(ctx context.Context, args ...string) (measure.Usage, error) {
	return measure.Run(exec.CommandContext(ctx, b.path("floor"), args...))
}

func (b *bench) wecos(ctx context.Context, dir string, args ...string) (measure.Usage, error) {
	cmd := exec.CommandContext(ctx, b.path("wecos"), args...)
	cmd.Dir = dir
	return measure.Run(cmd)
}

// plan compares `wecos plan` with reading every file once.
func (b *bench) plan(ctx context.Context, t *table) error {
	dir, err := b.fresh(ctx, "http://127.0.0.1:1", nil)
	if err != nil {
		return err
	}
	var read, plan []measure.Usage
	for range b.rounds {
		u, err := b.floor(ctx, "read", filepath.Join(dir, "app"))
		if err != nil {
			return err
		}
		read = append(read, u)
		if u, err = b.wecos(ctx, dir, "plan", "-q"); err != nil {
			return err
		}
		plan = append(plan, u)
	}
	floor, got := measure.Median(read), measure.Median(plan)
	t.row("floor: read every file", floor)
	t.row("wecos plan", got, measure.Target{Name: "CPU", Got: got.CPU.Seconds() / floor.CPU.Seconds(), Limit: planCPU, Unit: "x"}, memoryTarget(got))
	return nil
}

// full compares a whole run with reading, sending and copying, and the run
// after it with reading what is left.
func (b *bench) full(ctx context.Context, t *table, latency time.Duration) error {
	var all, run, left, second []measure.Usage
	for range b.rounds {
		u, err := b.withStore(ctx, latency, nil, func(endpoint, dir string) (measure.Usage, error) {
			return b.floor(ctx, "all", filepath.Join(dir, "app"), endpoint, filepath.Join(dir, "backup"))
		})
		if err != nil {
			return err
		}
		all = append(all, u)
		u, err = b.withStore(ctx, latency, nil, func(_, dir string) (measure.Usage, error) {
			first, err := b.wecos(ctx, dir, "--watch=false", "-q")
			if err != nil {
				return measure.Usage{}, err
			}
			rest, err := b.floor(ctx, "read", filepath.Join(dir, "app"))
			if err != nil {
				return measure.Usage{}, err
			}
			again, err := b.wecos(ctx, dir, "--watch=false", "-q")
			left, second = append(left, rest), append(second, again)
			return first, err
		})
		if err != nil {
			return err
		}
		run = append(run, u)
	}
	at := " at " + strconv.FormatInt(latency.Milliseconds(), 10) + " ms"
	floor, got := measure.Median(all), measure.Median(run)
	t.row("floor: read, send, copy"+at, floor)
	targets := []measure.Target{{Name: "CPU", Got: got.CPU.Seconds() / floor.CPU.Seconds(), Limit: fullCPU, Unit: "x"}}
	if latency > 0 {
		targets = append(targets, measure.Target{Name: "wall", Got: got.Wall.Seconds() / floor.Wall.Seconds(), Limit: fullWall, Unit: "x"})
	}
	t.row("wecos, full run"+at, got, append(targets, memoryTarget(got))...)
	floor, got = measure.Median(left), measure.Median(second)
	t.row("floor: read what is left", floor)
	t.row("wecos, second run"+at, got, measure.Target{Name: "CPU", Got: got.CPU.Seconds() / floor.CPU.Seconds(), Limit: secondCPU, Unit: "x"}, memoryTarget(got))
	return nil
}

// withStore calls f with the address of an empty store and a fresh project that
// has these settings.
func (b *bench) withStore(ctx context.Context, latency time.Duration, settings map[string]any, f func(endpoint, dir string) (measure.Usage, error)) (measure.Usage, error) {
	s, err := measure.StartStore(ctx, b.path("store"), b.path("objects-"+strconv.Itoa(b.folders)), latency)
	if err != nil {
		return measure.Usage{}, err
	}
	dir, err := b.fresh(ctx, s.URL, settings)
	var u measure.Usage
	if err == nil {
		u, err = f(s.URL, dir)
	}
	if _, stopped := s.Stop(); err == nil {
		err = stopped
	}
	return u, err
}
