package redisstore_test

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/wecos-go/wecos/internal/servers/kit/redisclient"
	"github.com/wecos-go/wecos/internal/servers/redistest"
	"github.com/wecos-go/wecos/internal/servers/session/weapp"
	"github.com/wecos-go/wecos/internal/servers/session/weapp/redisstore"
	"github.com/wecos-go/wecos/internal/servers/session/weapp/storetest"
)

func open(t *testing.T, opt redisstore.Options) *redisstore.Store {
	s := redisstore.New(opt)
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func TestSingleServer(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t, "--requirepass", "secret")
	storetest.Run(t, open(t, redisstore.Options{Options: redisclient.Options{Addrs: []string{server.Addr}, Password: "secret", DB: 3}}))
	// Nothing outside the database and the prefix.
	c := redis.NewClient(&redis.Options{Addr: server.Addr, Password: "secret"})
	defer c.Close()
	if n, err := c.DBSize(t.Context()).Result(); err != nil || n != 0 {
		t.Errorf("%d keys in another database, %v", n, err)
	}
	c3 := redis.NewClient(&redis.Options{Addr: server.Addr, Password: "secret", DB: 3})
	defer c3.Close()
	keys, err := c3.Keys(t.Context(), "*").Result()
	ours, _ := c3.Keys(t.Context(), "weapp-session:*").Result()
	if err != nil || len(keys) == 0 || len(keys) != len(ours) {
		t.Errorf("keys %q, %v", keys, err)
	}
	wrong := open(t, redisstore.Options{Options: redisclient.Options{Addrs: []string{server.Addr}, Password: "wrong"}})
	if err := wrong.Ping(t.Context()); err == nil {
		t.Error("a wrong password is taken")
	}
}

func TestCluster(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	var nodes []*redistest.Server
	for i, slots := range []string{"0 8191", "8192 16383"} {
		n := redistest.Start(t, "--cluster-enabled", "yes", "--cluster-config-file", fmt.Sprintf("nodes%d.conf", i))
		if err := redistest.Command(ctx, n.Addr, "CLUSTER", "ADDSLOTSRANGE", slots); err != nil {
			t.Fatal(err)
		}
		nodes = append(nodes, n)
	}
	if err := redistest.Command(ctx, nodes[0].Addr, "CLUSTER", "MEET", "127.0.0.1", strconv.Itoa(nodes[1].Port())); err != nil {
		t.Fatal(err)
	}
	s := open(t, redisstore.Options{Options: redisclient.Options{Addrs: []string{nodes[0].Addr}, Cluster: true}})
	storetest.Until(t, "the nodes know each other", func() bool {
		for i := range 8 { // keys of several slots
			if err := s.Set(ctx, fmt.Sprint("probe", i), []byte("x"), time.Second); err != nil {
				return false
			}
		}
		return true
	})
	storetest.Run(t, s)
	for _, n := range nodes {
		c := redis.NewClient(&redis.Options{Addr: n.Addr})
		if keys, err := c.DBSize(ctx).Result(); err != nil || keys == 0 {
			t.Errorf("%s holds %d keys, %v", n.Addr, keys, err)
		}
		_ = c.Close()
	}
}

// The master goes, its replica takes over, and the store finds it.
func TestSentinelFailsOver(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	master := redistest.Start(t)
	redistest.Start(t, "--replicaof", "127.0.0.1", strconv.Itoa(master.Port()), "--repl-diskless-sync-delay", "0")
	sentinel := redistest.StartSentinel(t,
		fmt.Sprintf("sentinel monitor sessions 127.0.0.1 %d 1", master.Port()),
		"sentinel down-after-milliseconds sessions 300",
		"sentinel failover-timeout sessions 2000",
	)
	s := open(t, redisstore.Options{Options: redisclient.Options{Addrs: []string{sentinel.Addr}, Master: "sessions"}})
	storetest.Run(t, s)
	if err := s.Set(ctx, "before", []byte("x"), time.Hour); err != nil {
		t.Fatal(err)
	}
	c := redis.NewClient(&redis.Options{Addr: master.Addr})
	defer c.Close()
	storetest.Until(t, "the replica has it", func() bool { return c.Wait(ctx, 1, time.Second).Val() == 1 })
	storetest.Until(t, "the sentinel knows the replica", func() bool {
		sc := redis.NewSentinelClient(&redis.Options{Addr: sentinel.Addr})
		defer sc.Close()
		replicas, err := sc.Replicas(ctx, "sessions").Result()
		return err == nil && len(replicas) == 1
	})
	master.Stop()
	storetest.Until(t, "the replica is the master", func() bool {
		limited, cancel := context.WithTimeout(ctx, time.Second)
		defer cancel()
		return s.Set(limited, "after", []byte("y"), time.Hour) == nil
	})
	if got, err := s.Get(ctx, "before"); err != nil || string(got) != "x" {
		t.Errorf("from before: %q, %v", got, err)
	}
}

// Down, hanging and back: errors come in time, and all is well without a new
// store.
func TestRecovers(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	s := open(t, redisstore.Options{Options: redisclient.Options{Addrs: []string{server.Addr}}})
	try := func() error {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		_, err := s.Get(ctx, "key")
		if took := time.Since(began); took > 1500*time.Millisecond {
			t.Errorf("an answer took %v", took)
		}
		return err
	}
	if err := s.Set(t.Context(), "key", []byte("x"), time.Hour); err != nil {
		t.Fatal(err)
	}
	server.Stop()
	if err := try(); err == nil || errors.Is(err, weapp.ErrNotFound) {
		t.Errorf("stopped: %v", err)
	}
	server.Restart()
	if err := try(); !errors.Is(err, weapp.ErrNotFound) {
		t.Errorf("restarted, and empty: %v", err)
	}
}
