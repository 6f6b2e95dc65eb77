package session_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wecos-go/wecos/internal/bench/measure"
	"github.com/wecos-go/wecos/internal/servers/ferrettest"
	"github.com/wecos-go/wecos/internal/servers/redistest"
	"github.com/wecos-go/wecos/internal/servers/session/wechattest"
)

const (
	base = "/applet"
	list = "/session/paints/list"
	save = "/session/paints/save"

	clients  = 16
	drawings = 5
	rawData  = `{"nickName":"n","gender":1,"avatarUrl":"https://wx.qlogo.cn/mmopen/vi_32/x/132"}`
)

// load is how long one measurement takes, and how often it is made.
type load struct {
	duration time.Duration
	rounds   int
}

// TestLoad measures the session server beside a bare handler with the same
// queries, in turns: make bench-session. Without WECOS_BENCH it only looks whether
// that still works.
func TestLoad(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("servers are stopped by a signal")
	}
	l := load{50 * time.Millisecond, 1}
	full := os.Getenv("WECOS_BENCH") != ""
	if full {
		l = load{3 * time.Second, 5}
	}
	program := filepath.Join(t.TempDir(), "appletctl")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, "github.com/wecos-go/wecos/cmd/appletctl").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	wechat := wechattest.New(t)
	common := []string{
		"serve", "session", "--addr", "127.0.0.1:0", "--limits-requests-per-second", "0", "--limits-connections-per-client", "0",
		"--app-id", wechattest.AppID, "--app-secret", wechattest.Secret, "--code2session-url", wechat.URL,
	}
	t.Run("SQLite", func(t *testing.T) {
		dir := t.TempDir()
		l.compare(t, wechat, where{Dir: dir}, program, append(slices.Clone(common), "--data", dir))
	})
	t.Run("Redis and FerretDB", func(t *testing.T) {
		if !full {
			t.Skip("measured by make bench-session only")
		}
		w := where{Redis: redistest.Start(t).Addr, Mongo: ferrettest.Start(t).Addr}
		redisHost, redisPort, _ := net.SplitHostPort(w.Redis)
		mongoHost, mongoPort, _ := net.SplitHostPort(w.Mongo)
		l.compare(t, wechat, w, program, append(slices.Clone(common), "--data", t.TempDir(),
			"--redis-config-host", redisHost, "--redis-config-port", redisPort,
			"--mongo-config-host", mongoHost, "--mongo-config-port", mongoPort))
	})
}

// figures are what one measurement showed.
type figures struct {
	perSecond float64
	p50, p99  time.Duration
	cpu       float64 // ms a request
}

// compare measures the three sides in turns and logs a line for each.
func (l load) compare(t *testing.T, wechat *wechattest.WeChat, w where, program string, args []string) {
	text, err := json.Marshal(w)
	if err != nil {
		t.Fatal(err)
	}
	code := fill(t, wechat, program, args)
	sides := []struct {
		name  string
		start func() *exec.Cmd
	}{
		{"bare net/http", func() *exec.Cmd {
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), bareEnv+"="+string(text))
			return cmd
		}},
		{"serve session", func() *exec.Cmd { return exec.Command(program, append(slices.Clone(args), "--access-log=false")...) }},
		{"serve session, logged", func() *exec.Cmd { return exec.Command(program, args...) }},
	}
	for _, op := range []struct {
		name string
		make func(url string, n int) *http.Request
	}{
		{"list, 5 drawings in 11 KB", func(url string, _ int) *http.Request { return request("GET", url+list, nil, code) }},
		{"save, 2.2 KB", func(url string, n int) *http.Request {
			return request("POST", url+save, body(n%drawings), code)
		}},
	} {
		all := make([][]figures, len(sides))
		for range l.rounds {
			for i, side := range sides {
				all[i] = append(all[i], l.measure(t, side.start(), op.make))
			}
		}
		floor := 0.0
		for i, side := range sides {
			middle := func(f func(figures) float64) float64 { return measure.Middle(all[i], f) }
			cpu := middle(func(f figures) float64 { return f.cpu })
			if i == 0 {
				floor = cpu
			}
			target := measure.Target{Name: "CPU beside bare", Got: cpu / floor, Limit: 1.5, Unit: "×"}
			t.Logf("%-26s %-22s %6.0f req/s  p50 %6.2f ms  p99 %6.2f ms  CPU %.4f ms  %s", op.name, side.name,
				middle(func(f figures) float64 { return f.perSecond }),
				middle(func(f figures) float64 { return float64(f.p50) / 1e6 }),
				middle(func(f figures) float64 { return float64(f.p99) / 1e6 }), cpu, target)
		}
	}
}

// body is the save of the n-th drawing of 2.2 KB.
func body(n int) []byte {
	var points []string
	for i := range 255 {
		points = append(points, fmt.Sprint(1000+(i*37+n)%9000, ",", 100+(i*53)%900))
	}
	actions := fmt.Sprintf(`[{"color":"#c23b20","width":12,"points":[%s]}]`, strings.Join(points, ","))
	text, _ := json.Marshal(map[string]string{"id": fmt.Sprint("drawing-", n), "actions": actions}) // strings always encode
	return text
}

func request(method, url string, body []byte, code string) *http.Request {
	var in io.Reader
	if body != nil {
		in = bytes.NewReader(body)
	}
	r, err := http.NewRequest(method, url, in)
	if err != nil {
		panic(err) // the addresses are those of servers that listen
	}
	r.Header["X-Wx-Code"] = []string{code}
	if body != nil {
		r.Header["Content-Type"] = []string{"application/json"}
	}
	return r
}

// started is a server that listens.
func started(t *testing.T, cmd *exec.Cmd) (url string) {
	t.Helper()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	log, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = log.Close() })
	cmd.Stderr = log // a file, as a person would have it
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		said, _ := os.ReadFile(log.Name())
		t.Fatalf("%v has not started: %v\n%s", cmd.Args, err, said)
	}
	url, _, _ = strings.Cut(line, " ")
	return url + base
}

// ended stops a server and returns the CPU time that it has used.
func ended(t *testing.T, cmd *exec.Cmd) time.Duration {
	t.Helper()
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // how it ends is not measured
	return cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
}

// fill logs in and saves the drawings.
func fill(t *testing.T, wechat *wechattest.WeChat, program string, args []string) (code string) {
	t.Helper()
	cmd := exec.Command(program, args...)
	address := started(t, cmd)
	code, key := wechat.Login("oPainter_of_the_benchmark_01")
	first := request("GET", address+list, nil, code)
	first.Header.Set("X-WX-RawData", url.PathEscape(rawData))
	first.Header.Set("X-WX-Signature", wechattest.Sign(rawData, key))
	requests := []*http.Request{first}
	for n := range drawings {
		requests = append(requests, request("POST", address+save, body(n), code))
	}
	for _, r := range requests {
		if _, err := send(http.DefaultClient, r); err != nil {
			t.Fatal(err)
		}
	}
	n, err := send(http.DefaultClient, request("GET", address+list, nil, code))
	if err != nil || n < 10_000 || n > 13_000 {
		t.Fatalf("a list of %d bytes, %v", n, err)
	}
	http.DefaultClient.CloseIdleConnections()
	ended(t, cmd)
	return code
}

// send sends a request and returns the size of the answer, which must be good.
func send(c *http.Client, r *http.Request) (int, error) {
	res, err := c.Do(r)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err == nil && (res.StatusCode != http.StatusOK || !bytes.Contains(text, []byte(`"code":0`))) {
		err = fmt.Errorf("%d %.300s", res.StatusCode, text)
	}
	return len(text), err
}

// measure lets clients ask one server.
func (l load) measure(t *testing.T, cmd *exec.Cmd, next func(url string, n int) *http.Request) figures {
	t.Helper()
	address := started(t, cmd)
	transport := &http.Transport{MaxIdleConnsPerHost: clients, DisableCompression: true}
	client := &http.Client{Transport: transport}
	for range clients { // connections to databases are made
		if _, err := send(client, next(address, 0)); err != nil {
			t.Fatal(err)
		}
	}
	before, known := measure.CPUOf(cmd.Process.Pid)
	ctx, cancel := context.WithTimeout(t.Context(), l.duration)
	defer cancel()
	took := make([][]time.Duration, clients)
	var wg sync.WaitGroup
	began := time.Now()
	for i := range clients {
		wg.Go(func() {
			for n := i; ctx.Err() == nil; n++ {
				start := time.Now()
				if _, err := send(client, next(address, n)); err != nil {
					t.Error(err)
					return
				}
				took[i] = append(took[i], time.Since(start))
			}
		})
	}
	wg.Wait()
	wall := time.Since(began)
	after, _ := measure.CPUOf(cmd.Process.Pid)
	transport.CloseIdleConnections()
	cpu := ended(t, cmd) // all of it, its start too, where the system does not say what a process uses
	if known {
		cpu = after - before
	}
	all := slices.Concat(took...)
	if len(all) == 0 {
		t.Fatal("no request was answered")
	}
	slices.Sort(all)
	n := len(all)
	return figures{
		perSecond: float64(n) / wall.Seconds(), p50: all[n/2], p99: all[n*99/100],
		cpu: cpu.Seconds() * 1e3 / float64(n),
	}
}
