package session_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wecos-go/wecos/internal/servers/session/wechattest"
)

// artist saves drawings and knows what must be there.
type artist struct {
	client *wechattest.Client
	// sure is what the server said it has, by id; tried what it may have as well,
	// since an answer was an error.
	sure  map[string]string
	tried map[string][]string
	steps int

	ok, failed *atomic.Int64
}

// step saves a drawing or deletes one, and looks at the answer.
func (a *artist) step(t *testing.T) {
	id := fmt.Sprint("d", a.steps%5)
	actions := fmt.Sprintf("[%q,%d]", a.client.OpenID, a.steps)
	body, path := fields{"id": id, "actions": actions}, save
	if a.steps%7 == 6 {
		body, path, actions = fields{"id": id}, remove, ""
	}
	a.steps++
	began := time.Now()
	answer, err := a.client.Request(t.Context(), "POST", path, body)
	_, known := errors.AsType[*wechattest.SessionError](err)
	switch {
	case err == nil && string(answer) == saved:
		a.sure[id], a.tried[id] = actions, nil
		a.ok.Add(1)
	case err == nil && string(answer) == noDrawings, known, errors.Is(err, wechattest.ErrRetries):
		a.tried[id] = append(a.tried[id], actions)
		a.failed.Add(1)
	case t.Context().Err() == nil:
		t.Errorf("%s: %s, %v", a.client.OpenID, answer, err)
	}
	// A request of the library may be four requests.
	if took := time.Since(began); took > 4*atMost+time.Second {
		t.Errorf("an answer took %v", took)
	}
}

// check fails unless the server has what it said it has.
func (a *artist) check(t *testing.T) {
	answer, err := a.client.Request(t.Context(), "GET", list, nil)
	if err != nil {
		t.Errorf("%s: %v", a.client.OpenID, err)
		return
	}
	var got struct {
		Data []struct{ ID, Actions string }
	}
	if err := json.Unmarshal(answer, &got); err != nil {
		t.Error(err)
	}
	there := map[string]string{}
	for _, d := range got.Data {
		if _, twice := there[d.ID]; twice {
			t.Errorf("%s has two rows of %s", a.client.OpenID, d.ID)
		}
		if !strings.Contains(d.Actions, a.client.OpenID) {
			t.Errorf("%s has a drawing of another: %s", a.client.OpenID, d.Actions)
		}
		there[d.ID] = d.Actions
	}
	for id, want := range a.sure {
		found := there[id] == want
		for _, other := range a.tried[id] {
			found = found || there[id] == other
		}
		if !found {
			t.Errorf("%s: %s is %q, want %q or one of %q", a.client.OpenID, id, there[id], want, a.tried[id])
		}
	}
}

// Redis and MongoDB are killed and started again while people draw: every answer
// comes in time and in the wire format, nothing that was said to be saved is lost or
// half, and all goes on without a restart.
func TestChaos(t *testing.T) {
	rounds := 2
	if os.Getenv("WECOS_SOAK") != "" {
		rounds = 60
	}
	t.Parallel()
	w := startReal(t)
	var ok, failed atomic.Int64
	var artists []*artist
	for i := range 6 {
		artists = append(artists, &artist{
			client: w.client(fmt.Sprint("oArtist", i)), ok: &ok, failed: &failed,
			sure: map[string]string{}, tried: map[string][]string{},
		})
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var wg sync.WaitGroup
	for _, a := range artists {
		wg.Go(func() {
			for ctx.Err() == nil {
				a.step(t)
			}
		})
	}
	// wait is until some requests went well, or came to an error.
	wait := func(n *atomic.Int64) {
		from := n.Load()
		tick := time.NewTicker(5 * time.Millisecond)
		defer tick.Stop()
		limit := time.After(30 * time.Second)
		for n.Load() < from+15 {
			select {
			case <-tick.C:
			case <-limit:
				t.Fatal("nothing happens for 30 s")
			}
		}
	}
	for range rounds {
		for _, server := range []interface{ Stop() }{w.redis, w.mongo} {
			wait(&ok)
			server.Stop()
			wait(&failed)
			server.(interface{ Restart() }).Restart()
		}
	}
	wait(&ok)
	stop()
	wg.Wait()
	for _, a := range artists {
		a.check(t)
	}
	if log := w.log.String(); strings.Contains(log, "panic") || strings.Contains(log, "s3cret") {
		t.Errorf("the log: %s", log)
	}
	t.Logf("%d requests went well, %d came to an error", ok.Load(), failed.Load())
}
