package mongostore

import (
	"context"
	"fmt"
	"net"
	"strconv"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/wecos-go/wecos/internal/servers/ferrettest"
	"github.com/wecos-go/wecos/internal/servers/kit/proctest"
	"github.com/wecos-go/wecos/internal/servers/session/drawing"
	"github.com/wecos-go/wecos/internal/servers/session/drawing/storetest"
)

var storeLimits = storetest.Limits

// open opens the store of a database of its own.
func open(t *testing.T, server *proctest.Server, database string) *Store {
	t.Helper()
	host, port, err := net.SplitHostPort(server.Addr)
	if err != nil {
		t.Fatal(err)
	}
	n, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	// SQLite below FerretDB lets one write at a time, and is unfair to many that wait.
	s, err := Open(Options{Host: host, Port: n, Database: database, Query: "maxPoolSize=6"}, storeLimits)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func TestOnFerretDB(t *testing.T) {
	server := ferrettest.Start(t)
	t.Run("conformance", func(t *testing.T) { storetest.Run(t, open(t, server, "suite")) })
	t.Run("old documents", func(t *testing.T) { oldDocuments(t, open(t, server, "old")) })
	t.Run("doubles", func(t *testing.T) { doubles(t, open(t, server, "doubles")) })
	t.Run("recovery", func(t *testing.T) { recovers(t, server, open(t, server, "recovery")) })
}

func paint(owner, id, actions string) bson.D {
	return bson.D{{Key: "openId", Value: owner}, {Key: "id", Value: id}, {Key: "actions", Value: actions}}
}

func insert(t *testing.T, s *Store, docs ...any) {
	t.Helper()
	if _, err := s.paints.InsertMany(t.Context(), docs); err != nil {
		t.Fatal(err)
	}
}

// What the Node.js server wrote is read as it is, even what would not be taken
// today, and can be changed and deleted.
func oldDocuments(t *testing.T, s *Store) {
	ctx := t.Context()
	insert(t, s,
		paint("oA", "1", `[{"method":"stroke"}]`),
		paint("oA", "2", "[object Object]"),
		paint("oB", "1", "not JSON"),
	)
	one := drawing.Drawing{ID: "1", Actions: `[{"method":"stroke"}]`}
	two := drawing.Drawing{ID: "2", Actions: "[object Object]"}
	storetest.Has(t, s, "oA", two, one)
	one.Actions = `[]`
	if err := s.Save(ctx, "oA", one); err != nil {
		t.Fatal(err)
	}
	storetest.Has(t, s, "oA", two, one)
	if err := s.Delete(ctx, "oA", "2"); err != nil {
		t.Fatal(err)
	}
	storetest.Has(t, s, "oA", one)
	storetest.Has(t, s, "oB", drawing.Drawing{ID: "1", Actions: "not JSON"})
}

// Racing saves of the Node.js server left several documents; all are kept.
func doubles(t *testing.T, s *Store) {
	ctx := t.Context()
	insert(t, s, paint("oA", "1", `["first"]`), paint("oA", "1", `["second"]`), paint("oB", "1", `["other"]`), paint("oA", "1", `["third"]`))
	if err := s.Save(ctx, "oA", drawing.Drawing{ID: "1", Actions: `["changed"]`}); err != nil {
		t.Fatal(err)
	}
	list, err := s.List(ctx, "oA")
	if err != nil || len(list) != 3 {
		t.Fatalf("%v, %v", list, err)
	}
	if got := fmt.Sprint(list[0].Actions, list[1].Actions, list[2].Actions); got != `["third"]["second"]["changed"]` {
		t.Error(got)
	}
	if list[2].ID != "1" || list[1].ID == "1" || list[1].ID == list[0].ID {
		t.Errorf("ids %v", list)
	}
	storetest.Has(t, s, "oB", drawing.Drawing{ID: "1", Actions: `["other"]`})
	again := &Store{client: s.client, paints: s.paints, limits: s.limits} // another process
	if err := again.index(ctx); err != nil {
		t.Errorf("the index, once more: %v", err)
	}
}

// Down and back: an error in time, and all is well without a new store.
func recovers(t *testing.T, server *proctest.Server, s *Store) {
	d := drawing.Drawing{ID: "1", Actions: `["kept"]`}
	if err := s.Save(t.Context(), "oA", d); err != nil {
		t.Fatal(err)
	}
	server.Stop()
	ctx, cancel := context.WithTimeout(t.Context(), 1800*time.Millisecond)
	defer cancel()
	began := time.Now()
	if list, err := s.List(ctx, "oA"); err == nil {
		t.Errorf("a server that is down lists %v", list)
	}
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("the error took %v", took)
	}
	server.Restart()
	storetest.Has(t, s, "oA", d)
	d.Actions = `["again"]`
	if err := s.Save(t.Context(), "oA", d); err != nil {
		t.Error(err)
	}
	storetest.Has(t, s, "oA", d)
}
