package lobby_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wecos-go/wecos/internal/servers/kit/proctest"
	"github.com/wecos-go/wecos/internal/servers/redistest"
	"github.com/wecos-go/wecos/internal/servers/rps/lobbytest"
	"github.com/wecos-go/wecos/internal/servers/rps/sio/siotest"
)

// node is a process of appletctl.
type node struct {
	*proctest.Server
	admin string
}

// build makes the program once for all tests.
var build = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "rps-nodes-")
	if err != nil {
		return "", err
	}
	program := filepath.Join(dir, "appletctl")
	if runtime.GOOS == "windows" {
		program += ".exe"
	}
	out, err := exec.Command("go", "build", "-o", program, "github.com/wecos-go/wecos/cmd/appletctl").CombinedOutput()
	if err != nil {
		err = fmt.Errorf("%w: %s", err, out)
	}
	return program, err
})

func removeBuilt() {
	if program, err := build(); err == nil {
		_ = os.RemoveAll(filepath.Dir(program)) // the system does so in the end
	}
}

// nodes starts two processes that share a lobby.
func nodes(t *testing.T, redis *redistest.Server, gameSeconds int) (both [2]*node) {
	t.Helper()
	program, err := build()
	if err != nil {
		t.Fatal(err)
	}
	for i := range both {
		n := &node{}
		n.Server = proctest.Start(t, func(addr, _ string) []string {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			n.admin = l.Addr().String()
			l.Close()
			return []string{
				program, "serve", "rps", "--addr", addr, "--admin-addr", n.admin, "--game-seconds", strconv.Itoa(gameSeconds),
				"--redis-config-host", "127.0.0.1", "--redis-config-port", strconv.Itoa(redis.Port()), "--redis-config-prefix", t.Name() + ":",
			}
		}, proctest.Listens)
		both[i] = n
	}
	return both
}

func (n *node) ready(t *testing.T) bool {
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+n.admin+"/readyz", nil)
	if err != nil {
		t.Fatal(err)
	}
	tr := &http.Transport{DisableKeepAlives: true}
	resp, err := tr.RoundTrip(req)
	if err != nil {
		return false
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode == http.StatusOK
}

// person plays by hand.
type person struct {
	*siotest.Client
	t          *testing.T
	uid, token string
}

// person connects to a node and says hello, with the token of an earlier hi.
func (n *node) person(t *testing.T, uid, token string) *person {
	t.Helper()
	c, err := siotest.Dial(t, (&net.Dialer{}).DialContext, "ws://"+n.Addr+"/applet/websocket/socket.io//?EIO=3&transport=websocket", nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Conn.Close(); c.WantEnd() })
	c.Open()
	c.Want("40")
	p := &person{Client: c, t: t, uid: uid}
	c.Send(fmt.Sprintf(`42["hello",{"user":{"uid":%q,"uname":"x","uavatar":""},"resume":%q}]`, uid, token))
	var hi struct{ Resume string }
	p.event("hi", &hi)
	p.token = hi.Resume
	return p
}

func (p *person) emit(event, arg string) { p.Send(fmt.Sprintf(`42[%q,%s]`, event, arg)) }

// event waits for an event; others are passed over.
func (p *person) event(name string, into any) {
	p.t.Helper()
	for {
		text := p.Next()
		if text == "" {
			p.t.Fatalf("%s waits for %s, and the connection has ended", p.uid, name)
		}
		var parts []json.RawMessage
		var got string
		if !strings.HasPrefix(text, "42") || json.Unmarshal([]byte(text[2:]), &parts) != nil || len(parts) != 2 ||
			json.Unmarshal(parts[0], &got) != nil || got != name {
			continue
		}
		if err := json.Unmarshal(parts[1], into); err != nil {
			p.t.Fatal(err)
		}
		return
	}
}

type line struct {
	UID        string
	Choice     *int
	RoundScore int
}

// start returns who plays.
func (p *person) start() (uids []string) {
	p.t.Helper()
	var s struct{ RoomUsers []line }
	p.event("start", &s)
	for _, u := range s.RoomUsers {
		uids = append(uids, u.UID)
	}
	return uids
}

// result returns the lines as "uid score".
func (p *person) result() (lines []string) {
	p.t.Helper()
	var r struct{ Result []line }
	p.event("result", &r)
	for _, l := range r.Result {
		lines = append(lines, l.UID+" "+strconv.Itoa(l.RoundScore))
	}
	return lines
}

func want(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: %q, want %q", what, got, want)
	}
}

// pair seats a on the first node, which owns the room, and b on the second.
func pair(t *testing.T, n [2]*node) (a, b *person) {
	t.Helper()
	a, b = n[0].person(t, "a", ""), n[1].person(t, "b", "")
	a.emit("join", "{}")
	var room any
	a.event("room", &room) // the room is open
	b.emit("join", "{}")
	want(t, "start", a.start(), "a", "b")
	want(t, "start", b.start(), "a", "b")
	return a, b
}

// Real processes, and a real Redis.
func TestProcesses(t *testing.T) {
	t.Parallel()
	redis := redistest.Start(t)
	for _, c := range []struct {
		name        string
		gameSeconds int
		test        func(*testing.T, [2]*node)
	}{
		{"pairs", 2, pairs},
		{"robots", 1, robots},
		{"resumes", 4, resumes},
		{"owner killed", 60, ownerKilled},
		{"partner killed", 6, partnerKilled},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.test(t, nodes(t, redis, c.gameSeconds))
		})
	}
}

func pairs(t *testing.T, n [2]*node) {
	a, b := pair(t, n)
	a.emit("choice", `{"choice":2}`)
	b.emit("choice", `{"choice":1}`)
	want(t, "result", a.result(), "a 1", "b 0")
	want(t, "result", b.result(), "a 1", "b 0")
	b.emit("join", "{}")
	want(t, "again", a.start(), "a", "b")
	want(t, "again", b.start(), "a", "b")
	b.emit("leave", "{}")
	var left line
	a.event("leave", &left)
	want(t, "left", []string{left.UID}, "b")
	want(t, "result of a game without choices", a.result(), "a 0", "b 0")
}

// People come just when robots do: whom a game names, that person is in it.
func robots(t *testing.T, n [2]*node) {
	const people, atOnce = 15, 3
	starts := make([][]string, people)
	var all []*person
	for i := range people {
		all = append(all, n[i%2].person(t, fmt.Sprint("p", i), ""))
	}
	begin := time.Now()
	for i, p := range all {
		// A robot comes a second after the third of a group.
		<-time.After(time.Until(begin.Add(time.Duration(i/atOnce)*time.Second + time.Duration(i)*time.Millisecond)))
		p.emit("join", "{}")
	}
	for i, p := range all {
		starts[i] = p.start()
	}
	for i, uids := range starts {
		if len(uids) != 2 || !slices.Contains(uids, fmt.Sprint("p", i)) {
			t.Errorf("p%d plays with %q", i, uids)
		}
		for _, uid := range uids {
			if j, err := strconv.Atoi(strings.TrimPrefix(uid, "p")); err == nil && !slices.Equal(starts[j], uids) {
				t.Errorf("p%d plays %q, p%d plays %q", i, uids, j, starts[j])
			}
		}
	}
}

func resumes(t *testing.T, n [2]*node) {
	a, b := pair(t, n)
	b.Conn.Close()
	b2 := n[0].person(t, "b", b.token)
	want(t, "start", b2.start(), "a", "b")
	b2.emit("choice", `{"choice":3}`)
	want(t, "result", a.result(), "a 0", "b 1")
	want(t, "result", b2.result(), "a 0", "b 1")
	// The room is on the first node; its player goes to the second.
	a.Conn.Close()
	a2 := n[1].person(t, "a", a.token)
	b2.emit("join", "{}")
	want(t, "start", a2.start(), "a", "b")
}

func ownerKilled(t *testing.T, n [2]*node) {
	a, b := pair(t, n)
	b.emit("choice", `{"choice":1}`)
	var moved any
	a.event("movement", &moved)
	n[0].Stop()
	start := time.Now()
	want(t, "result", b.result(), "a 0", "b 0")
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("the result took %v", took)
	}
	a2 := n[1].person(t, "a", a.token)
	want(t, "result of who was on the dead node", a2.result(), "a 0", "b 0")
	a2.emit("join", "{}")
	var room any
	a2.event("room", &room)
	b.emit("join", "{}")
	want(t, "next", b.start(), "a", "b")
}

// The room stays where it is; its lost player is judged by the choice.
func partnerKilled(t *testing.T, n [2]*node) {
	a, b := pair(t, n)
	b.emit("choice", `{"choice":2}`)
	var moved any
	a.event("movement", &moved)
	n[1].Stop()
	want(t, "result", a.result(), "a 0", "b 1")
	b2 := n[0].person(t, "b", b.token)
	want(t, "start", b2.start(), "a", "b")
	want(t, "result", b2.result(), "a 0", "b 1")
}

// Redis goes and comes back empty: games end as they would have, new ones are
// played on each node alone, and the lobby comes back.
func TestProcessesRedisRestarts(t *testing.T) {
	t.Parallel()
	redis := redistest.Start(t)
	n := nodes(t, redis, 2)
	a, b := pair(t, n)
	a.emit("choice", `{"choice":3}`)
	b.emit("choice", `{"choice":1}`)
	var moved any
	a.event("movement", &moved)
	redis.Stop()
	want(t, "result on the room's node", a.result(), "a 0", "b 1")
	alone := n[1].person(t, "c", "")
	alone.emit("join", "{}")
	if uids := alone.start(); len(uids) != 2 || uids[0] != "c" || !strings.HasPrefix(uids[1], "robot-") {
		t.Errorf("without Redis: %q", uids)
	}
	if n[0].ready(t) {
		t.Error("a node says that it is ready without Redis")
	}
	redis.Restart()
	want(t, "result on the other node", b.result(), "a 0", "b 1")
	for _, node := range n {
		lobbytest.Until(t, "a node is ready", func() bool { return node.ready(t) })
	}
	alone.result()
	alone.emit("leave", "{}")
	a.emit("join", "{}")
	want(t, "again", a.start(), "a", "b")
	want(t, "again", b.start(), "a", "b")
	d, e := n[0].person(t, "d", ""), n[1].person(t, "e", "")
	d.emit("join", "{}")
	var room any
	d.event("room", &room)
	e.emit("join", "{}")
	want(t, "new", d.start(), "d", "e")
	want(t, "new", e.start(), "d", "e")
}

// Without Redis at the start a node says so, and where it looked.
func TestProcessWithoutRedis(t *testing.T) {
	t.Parallel()
	program, err := build()
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(l.Addr().String())
	l.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, "serve", "rps", "--addr", "127.0.0.1:0", "--redis-config-host", "127.0.0.1", "--redis-config-port", port)
	cmd.Dir = t.TempDir()
	cmd.Env = append(os.Environ(), "REDIS_PASSWORD=hunter2")
	out, err := cmd.CombinedOutput()
	if err == nil || ctx.Err() != nil || !strings.Contains(string(out), "Redis runs at 127.0.0.1:"+port) || strings.Contains(string(out), "hunter2") {
		t.Errorf("%v: %s", err, out)
	}
}
