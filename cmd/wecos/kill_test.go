package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wecos-go/wecos/internal/losstest"
	"github.com/wecos-go/wecos/internal/servers/cos"
	"github.com/wecos-go/wecos/internal/upload"
)

// killer kills the built program at random moments and checks what is left.
type killer struct {
	t       *testing.T
	program string
	dir     string
	random  *rand.Rand
	keys    cos.Credentials
	url     string
	server  atomic.Pointer[cos.Server] // behind url
	store   upload.Store

	copies int
	victim map[string]*victim
}

// victim is a project under one configuration.
type victim struct {
	project  string
	settings map[string]any
	before   losstest.Tree
	ledger   *losstest.Ledger
	takes    time.Duration // an undisturbed run
}

// TestKilled kills wecos and wecos restore for good, at random moments: 15
// times, and 200 times by `make chaos`. WECOS_SEED repeats a test.
func TestKilled(t *testing.T) {
	kills := 15
	if losstest.Full() {
		kills = 200
	}
	seed := uint64(time.Now().UnixNano())
	if s := os.Getenv("WECOS_SEED"); s != "" {
		var err error
		if seed, err = strconv.ParseUint(s, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("WECOS_SEED=%d", seed)
	k := newKiller(t, seed)
	projects := []string{"wxml-static", "api-positions", "dynamic-prefix", "wxss-urls", "same-image-many-ways", "tab-bar", "weird-names", "typescript-less-scss"}
	settings := []map[string]any{nil, {"fileName": "[path][name].[hash:8][ext]"}, {"backupDir": ""}, {"outDir": "./out"}}
	killed, rounds := 0, 0
	for killed < kills {
		if rounds++; rounds > 20*kills {
			t.Fatalf("only %d of %d processes could be killed before they were done", killed, rounds)
		}
		v := k.learn(projects[k.random.IntN(len(projects))], settings[k.random.IntN(len(settings))])
		killed += k.round(v)
	}
	losstest.Figure(t, "kill -9 of the built program: %d times in %d rounds, seed %d, nothing lost", killed, rounds, seed)
}

func newKiller(t *testing.T, seed uint64) *killer {
	t.Helper()
	k := &killer{
		t: t, dir: t.TempDir(), random: rand.New(rand.NewPCG(seed, 0)), keys: cos.NewCredentials(), victim: map[string]*victim{},
	}
	k.program = build(t, k.dir)
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { k.server.Load().ServeHTTP(w, r) }))
	t.Cleanup(front.Close)
	k.url = front.URL
	client, err := upload.NewCOS(upload.COSConfig{Endpoint: k.url, Bucket: cos.DefaultBucket, SecretID: k.keys.ID, SecretKey: k.keys.Key})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	k.store = client
	return k
}

// build builds the program into dir.
func build(t *testing.T, dir string) string {
	t.Helper()
	program := filepath.Join(dir, "wecos")
	if runtime.GOOS == "windows" {
		program += ".exe"
	}
	if _, err := exec.LookPath("go"); err != nil {
		t.Skipf("cannot build the program: %v", err)
	}
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return program
}

// fresh gives a copy of v, and an empty bucket.
func (k *killer) fresh(v *victim) *place {
	k.t.Helper()
	k.copies++
	p := &place{killer: k, v: v, dir: filepath.Join(k.dir, strconv.Itoa(k.copies))}
	p.app = filepath.Join(p.dir, "app")
	if err := v.before.Write(p.app); err != nil {
		k.t.Fatal(err)
	}
	losstest.Configure(k.t, v.project, p.dir, v.settings, map[string]any{
		"bucket": cos.DefaultBucket, "endpoint": k.url, "secret_id": k.keys.ID, "secret_key": k.keys.Key,
	})
	server, err := cos.New(cos.Options{Dir: filepath.Join(p.dir, "bucket"), Credentials: []cos.Credentials{k.keys}, NoSync: true})
	if err != nil {
		k.t.Fatal(err)
	}
	p.server = server
	k.server.Store(server)
	return p
}

// learn runs a project once, undisturbed. Pages and images are added to it, so
// that there is time to kill.
func (k *killer) learn(name string, settings map[string]any) *victim {
	k.t.Helper()
	id := fmt.Sprint(name, settings)
	if v := k.victim[id]; v != nil {
		return v
	}
	v := &victim{project: filepath.Join("../../testdata/projects", name), settings: map[string]any{"targetHost": ""}}
	for key, value := range settings {
		v.settings[key] = value
	}
	var err error
	if v.before, err = losstest.ReadTree(filepath.Join(v.project, "in")); err != nil {
		k.t.Fatal(err)
	}
	for page := range 20 {
		var text strings.Builder
		for image := range 5 {
			path := fmt.Sprintf("more/img/%d-%d.png", page, image)
			v.before[path] = "\x89PNG\r\n\x1a\n" + strings.Repeat(path, 100)
			fmt.Fprintf(&text, "<image src=\"/%s\"/>\n", path)
		}
		v.before[fmt.Sprintf("more/page%d.wxml", page)] = text.String()
	}
	p := k.fresh(v)
	start := time.Now()
	if out, killed := p.wecos(time.Minute); killed {
		k.t.Fatalf("a run does not end:\n%s", out)
	}
	v.takes = time.Since(start)
	if v.ledger, err = losstest.Learn(v.before, p.app, p.state()); err != nil {
		k.t.Fatal(err)
	}
	p.drop()
	k.victim[id] = v
	return v
}

// round kills a run or a restore of one copy, now and then what follows too,
// and looks at the copy after everything. It returns the number of kills.
func (k *killer) round(v *victim) (kills int) {
	k.t.Helper()
	p := k.fresh(v)
	var story []string
	if k.random.IntN(4) == 0 {
		p.wecos(time.Minute)
		story = append(story, "run")
	}
	for range 1 + k.random.IntN(3) {
		args := [][]string{{}, {}, {"restore"}}[k.random.IntN(3)]
		after := time.Duration(k.random.Int64N(int64(v.takes) * 6 / 5))
		_, killed := p.wecos(after, args...)
		story = append(story, fmt.Sprintf("%v killed=%v after %v", args, killed, after))
		p.whole(story, true)
		if killed {
			kills++
		}
	}
	journal := p.unfinished()
	args := [][]string{{}, {"restore"}}[k.random.IntN(2)]
	out, _ := p.wecos(time.Minute, args...)
	story = append(story, fmt.Sprint(args))
	if said := strings.Contains(out, "finished the interrupted run"); said != journal {
		k.t.Fatalf("%v: a journal waits: %v; it says\n%s", story, journal, out)
	}
	p.whole(story, len(args) > 0)
	if len(args) == 0 {
		p.same(story, v.ledger.After)
	}
	p.wecos(time.Minute, "restore")
	p.same(append(story, "restore"), v.before)
	p.drop()
	return kills
}

// place is one copy of a victim.
type place struct {
	*killer
	v        *victim
	dir, app string
	server   *cos.Server
}

func (p *place) state() string {
	if p.v.settings["backupDir"] == "" {
		return filepath.Join(p.dir, ".wecos")
	}
	return filepath.Join(p.dir, "wecos_backup", ".wecos")
}

// wecos runs the program, kills it after so long, and returns what it printed.
// One that is not killed must succeed.
func (p *place) wecos(limit time.Duration, args ...string) (out string, killed bool) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, p.program, args...)
	if len(args) == 0 {
		cmd.Args = append(cmd.Args, "--watch=false", "--no-progress")
	}
	cmd.Dir = p.dir
	var text bytes.Buffer
	cmd.Stdout, cmd.Stderr = &text, &text
	err := cmd.Run()
	switch ended := cmd.ProcessState; {
	case err == nil, ended != nil && ended.Success(): // done just when its time was up
	case ctx.Err() != nil:
		return text.String(), true
	default:
		p.t.Fatalf("wecos %v: %v\n%s", args, err, text.String())
	}
	return text.String(), false
}

func (p *place) tree(name string) losstest.Tree {
	p.t.Helper()
	tree, err := losstest.ReadTree(filepath.Join(p.dir, name))
	if err != nil {
		p.t.Fatal(err)
	}
	return tree
}

// whole fails when anything is lost.
func (p *place) whole(story []string, leftovers bool) {
	p.t.Helper()
	now := losstest.Now{App: p.tree("app"), Leftovers: leftovers, Online: func(key string) (string, bool) {
		body, _, err := p.store.Get(context.Background(), key)
		if err != nil {
			return "", false
		}
		defer body.Close()
		data, err := io.ReadAll(body)
		return string(data), err == nil
	}}
	if p.v.settings["backupDir"] != "" {
		now.Backup = p.tree("wecos_backup")
	}
	p.none(story, p.v.ledger.Lost(now))
}

func (p *place) same(story []string, want losstest.Tree) {
	p.t.Helper()
	p.none(story, p.tree("app").Differences(want))
}

func (p *place) none(story, problems []string) {
	p.t.Helper()
	if len(problems) > 0 {
		p.t.Fatalf("%s %v: %s:\n  %s", p.v.project, p.v.settings, strings.Join(story, "; "), strings.Join(problems, "\n  "))
	}
}

// unfinished reports whether a journal waits.
func (p *place) unfinished() bool {
	_, err := os.Lstat(filepath.Join(p.state(), "journal.json"))
	return err == nil
}

// drop removes the copy and its bucket.
func (p *place) drop() {
	if err := p.server.Close(); err != nil {
		p.t.Error(err)
	}
	if err := os.RemoveAll(p.dir); err != nil {
		p.t.Error(err)
	}
}
