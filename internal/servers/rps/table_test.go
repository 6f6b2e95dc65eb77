package rps

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wecos-go/wecos/internal/servers/rps/sio/siotest"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// cluster is some nodes in a bubble of virtual time.
type cluster struct {
	t     *testing.T
	hub   *Hub
	opt   Options
	nodes []*testNode
}

type testNode struct {
	*Server
	listen *siotest.Listener
	front  *http.Server
	served chan struct{}
	killed bool
}

// inCluster runs a test with n nodes.
func inCluster(t *testing.T, n int, opt Options, test func(*cluster)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		c := &cluster{t: t, hub: NewHub(), opt: opt}
		for i := range n {
			c.add(fmt.Sprint("node", i))
		}
		defer func() {
			for _, node := range c.nodes {
				if !node.killed {
					c.stop(node)
				}
			}
			time.Sleep(time.Second) // net/http lingers
		}()
		test(c)
	})
}

func (c *cluster) add(name string) *testNode {
	c.t.Helper()
	opt := c.opt
	opt.Lobby = c.hub.Lobby(name)
	s, err := New(c.t.Context(), opt)
	if err != nil {
		c.t.Fatal(err)
	}
	node := &testNode{Server: s, listen: siotest.Listen(), front: &http.Server{Handler: s}, served: make(chan struct{})}
	go func() { defer close(node.served); _ = node.front.Serve(node.listen) }()
	c.nodes = append(c.nodes, node)
	return node
}

// stop ends a node as kit does.
func (c *cluster) stop(node *testNode) {
	node.killed = true
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	node.Drain(ctx)
	node.front.Close()
	<-node.served
	if err := node.Close(); err != nil {
		c.t.Error(err)
	}
	node.mu.Lock()
	defer node.mu.Unlock()
	if n := node.sockets.Stats().Sessions; n != 0 {
		c.t.Errorf("%d sessions are left", n)
	}
}

// person plays by hand, as the tutorial's client does: revision 3 of Engine.IO,
// nothing but a WebSocket, two slashes.
type person struct {
	*siotest.Client
	t   *testing.T
	uid string
	hi  string // the resume token
}

func (c *cluster) connect(node int) *person {
	c.t.Helper()
	s, err := siotest.Dial(c.t, c.nodes[node].listen.Dial, "ws://host/applet/websocket/socket.io//?EIO=3&transport=websocket", nil)
	if err != nil {
		c.t.Fatal(err)
	}
	s.Open()
	s.Want("40")
	return &person{Client: s, t: c.t}
}

// person connects and says hello.
func (c *cluster) person(node int, uid string) *person {
	c.t.Helper()
	p := c.connect(node)
	p.hello(uid, "")
	return p
}

func (p *person) hello(uid, more string) (nearby int) {
	p.t.Helper()
	p.uid = uid
	p.Send(fmt.Sprintf(`42["hello",{"user":{"uid":%q,"uname":"N%s","uavatar":"https://x/%s"}%s}]`, uid, uid, uid, more))
	var hi struct {
		Message string
		Nearby  int
		Resume  string
	}
	p.event("hi", &hi)
	if hi.Message != "welcome" || hi.Resume == "" {
		p.t.Fatalf("hi %+v", hi)
	}
	p.hi = hi.Resume
	return hi.Nearby
}

func (p *person) emit(event string, arg string) {
	p.t.Helper()
	p.Send(fmt.Sprintf(`42[%q,%s]`, event, arg))
}

// nextEvent returns the next event, without pings.
func (p *person) nextEvent() (name string, arg string) {
	p.t.Helper()
	text := p.Next()
	for text == "ping" {
		text = p.Next()
	}
	if !strings.HasPrefix(text, "42") {
		p.t.Fatalf("%s got %q, want an event", p.uid, text)
	}
	var parts []json.RawMessage
	if err := json.Unmarshal([]byte(text[2:]), &parts); err != nil || len(parts) != 2 || json.Unmarshal(parts[0], &name) != nil {
		p.t.Fatalf("%s got %q", p.uid, text)
	}
	return name, string(parts[1])
}

// event wants a certain event, room events aside.
func (p *person) event(name string, into any) {
	p.t.Helper()
	got, arg := p.nextEvent()
	for got == "room" && name != "room" {
		got, arg = p.nextEvent()
	}
	if got != name {
		p.t.Fatalf("%s got %s %s, want %s", p.uid, got, arg, name)
	}
	if into != nil {
		if err := json.Unmarshal([]byte(arg), into); err != nil {
			p.t.Fatal(arg, err)
		}
	}
}

// line is what start and result say of a player.
type line struct {
	UID, UName, UAvatar    string
	Choice                 *int
	RoundScore, TotalScore int
	WinStreak              int
}

type startEvent struct {
	GameTime  float64
	RoomUsers []line
}

func (p *person) start() (s startEvent) {
	p.t.Helper()
	p.event("start", &s)
	return s
}

// result returns the lines, as "uid choice round total streak".
func (p *person) result() string {
	p.t.Helper()
	var arg json.RawMessage
	p.event("result", &arg)
	return resultText(p.t, string(arg))
}

func resultText(t *testing.T, arg string) string {
	t.Helper()
	var r struct{ Result []line }
	if err := json.Unmarshal([]byte(arg), &r); err != nil {
		t.Fatal(arg, err)
	}
	var texts []string
	for _, l := range r.Result {
		choice := "-"
		if l.Choice != nil {
			choice = fmt.Sprint(*l.Choice)
		}
		texts = append(texts, fmt.Sprintf("%s %s %d %d %d", l.UID, choice, l.RoundScore, l.TotalScore, l.WinStreak))
	}
	return strings.Join(texts, ", ")
}

func (p *person) wantResult(want string) {
	p.t.Helper()
	if got := p.result(); got != want {
		p.t.Errorf("%s got result %q, want %q", p.uid, got, want)
	}
}

func (p *person) quiet() {
	p.t.Helper()
	synctest.Wait()
	for _, text := range p.Pending() {
		if text != "ping" {
			p.t.Errorf("%s got %q, want nothing", p.uid, text)
		}
	}
}

// pair seats two people.
func (c *cluster) pair(a, b *person) {
	c.t.Helper()
	a.emit("join", "{}")
	synctest.Wait()
	b.emit("join", "{}")
	a.start()
	b.start()
}

// counts are what a node holds.
func (n *testNode) counts() (players, rooms int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return len(n.players), len(n.rooms)
}
