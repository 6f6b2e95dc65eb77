// Package redisstore keeps sessions in Redis: a single server, a cluster, or
// whichever server some sentinels say is the master. It never decides what a
// session is, and touches no key outside its prefix.
package redisstore

import (
	"context"
	"errors"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/wecos-go/wecos/internal/servers/kit/redisclient"
	"github.com/wecos-go/wecos/internal/servers/session/weapp"
)

// DefaultPrefix is that of weapp-session.
const DefaultPrefix = "weapp-session:"

// Options say where Redis is, and which keys are the store's.
type Options struct {
	redisclient.Options
	Prefix string // of all keys
}

// Store is a weapp.Store.
type Store struct {
	client redis.UniversalClient
	prefix string
}

var _ weapp.Store = (*Store)(nil)

// deleteIf touches one key, so it may run in a cluster.
var deleteIf = redis.NewScript(`if redis.call("GET", KEYS[1]) == ARGV[1] then return redis.call("DEL", KEYS[1]) end return 0`)

// attempts is how often a command is tried again: all may be carried out twice.
const attempts = 4

// New returns the store at opt. It connects when it is first used, and again
// whenever it has to; commands end with their context.
func New(opt Options) *Store {
	if opt.Prefix == "" {
		opt.Prefix = DefaultPrefix
	}
	opt.Retries = attempts
	return &Store{prefix: opt.Prefix, client: redisclient.New(opt.Options)}
}

// Get implements weapp.Store.
func (s *Store) Get(ctx context.Context, key string) ([]byte, error) {
	value, err := s.client.Get(ctx, s.prefix+key).Bytes()
	if errors.Is(err, redis.Nil) {
		return nil, weapp.ErrNotFound
	}
	return value, err
}

// Set implements weapp.Store.
func (s *Store) Set(ctx context.Context, key string, value []byte, ttl time.Duration) error {
	return s.client.Set(ctx, s.prefix+key, value, ttl).Err()
}

// SetNew implements weapp.Store.
func (s *Store) SetNew(ctx context.Context, key string, value []byte, ttl time.Duration) (bool, error) {
	err := s.client.SetArgs(ctx, s.prefix+key, value, redis.SetArgs{Mode: "NX", TTL: ttl}).Err()
	if errors.Is(err, redis.Nil) {
		return false, nil
	}
	return err == nil, err
}

// SetTTL implements weapp.Store.
func (s *Store) SetTTL(ctx context.Context, key string, ttl time.Duration) error {
	return s.client.PExpire(ctx, s.prefix+key, ttl).Err()
}

// Delete implements weapp.Store. Each key goes by itself: in a cluster they lie
// in different slots.
func (s *Store) Delete(ctx context.Context, keys ...string) error {
	for _, key := range keys {
		if err := s.client.Del(ctx, s.prefix+key).Err(); err != nil {
			return err
		}
	}
	return nil
}

// DeleteIf implements weapp.Store.
func (s *Store) DeleteIf(ctx context.Context, key string, value []byte) error {
	return deleteIf.Run(ctx, s.client, []string{s.prefix + key}, value).Err()
}

// Ping implements weapp.Store.
func (s *Store) Ping(ctx context.Context) error { return s.client.Ping(ctx).Err() }

// Close implements weapp.Store.
func (s *Store) Close() error { return s.client.Close() }
