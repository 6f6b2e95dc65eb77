package session_test

import (
	"net"
	"strconv"
	"testing"

	"github.com/wecos-go/wecos/internal/servers/ferrettest"
	"github.com/wecos-go/wecos/internal/servers/kit/proctest"
	"github.com/wecos-go/wecos/internal/servers/kit/redisclient"
	"github.com/wecos-go/wecos/internal/servers/redistest"
	"github.com/wecos-go/wecos/internal/servers/session"
	"github.com/wecos-go/wecos/internal/servers/session/drawing/mongostore"
	"github.com/wecos-go/wecos/internal/servers/session/weapp/redisstore"
)

// real is a world on a real Redis and a real server of MongoDB's protocol.
type real struct {
	*world
	redis *redistest.Server
	mongo *proctest.Server
}

// startReal skips the test where one of them is missing.
func startReal(t testing.TB) *real {
	t.Helper()
	r := &real{redis: redistest.Start(t, "--appendonly", "yes", "--appendfsync", "always"), mongo: ferrettest.Start(t)}
	r.world = start(t, r.options(t))
	return r
}

func (r *real) options(t testing.TB) session.Options {
	t.Helper()
	host, text, err := net.SplitHostPort(r.mongo.Addr)
	if err != nil {
		t.Fatal(err)
	}
	port, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return session.Options{
		Redis: &redisstore.Options{Options: redisclient.Options{Addrs: []string{r.redis.Addr}}},
		Mongo: &mongostore.Options{Host: host, Port: port, Database: "applet", Query: "?authMechanism=MONGODB-CR&maxPoolSize=6"},
	}
}
