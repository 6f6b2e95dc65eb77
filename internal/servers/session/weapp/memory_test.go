package weapp_test

import (
	"bytes"
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wecos-go/wecos/internal/servers/session/weapp"
	"github.com/wecos-go/wecos/internal/servers/session/weapp/storetest"
)

// memory is a weapp.Store whose time may be virtual, and which may be told to
// fail.
type memory struct {
	mu   sync.Mutex
	rows map[string]row
	// fault is asked before every operation, such as "Set oUser".
	fault func(ctx context.Context, op string) error
}

type row struct {
	value []byte
	until time.Time
}

var _ weapp.Store = (*memory)(nil)

func newMemory() *memory { return &memory{rows: map[string]row{}} }

func TestMemory(t *testing.T) { storetest.Run(t, newMemory()) }

// enter begins an operation; what it returns ends it.
func (m *memory) enter(ctx context.Context, op string) (leave func(), err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	m.mu.Lock()
	fault := m.fault
	m.mu.Unlock()
	if fault != nil {
		if err := fault(ctx, op); err != nil {
			return nil, err
		}
	}
	m.mu.Lock()
	for key, r := range m.rows {
		if !time.Now().Before(r.until) {
			delete(m.rows, key)
		}
	}
	return m.mu.Unlock, nil
}

func (m *memory) failing(fault func(ctx context.Context, op string) error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.fault = fault
}

// text is all that the store holds.
func (m *memory) text() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	var all strings.Builder
	for _, key := range slices.Sorted(maps.Keys(m.rows)) {
		all.WriteString(key + " = " + string(m.rows[key].value) + "\n")
	}
	return all.String()
}

func (m *memory) Get(ctx context.Context, key string) ([]byte, error) {
	leave, err := m.enter(ctx, "Get "+key)
	if err != nil {
		return nil, err
	}
	defer leave()
	if r, ok := m.rows[key]; ok {
		return r.value, nil
	}
	return nil, weapp.ErrNotFound
}

func (m *memory) Set(ctx context.Context, key string, value []byte, ttl time.Duration) error {
	leave, err := m.enter(ctx, "Set "+key)
	if err != nil {
		return err
	}
	defer leave()
	m.rows[key] = row{value, time.Now().Add(ttl)}
	return nil
}

func (m *memory) SetNew(ctx context.Context, key string, value []byte, ttl time.Duration) (bool, error) {
	leave, err := m.enter(ctx, "SetNew "+key)
	if err != nil {
		return false, err
	}
	defer leave()
	if _, ok := m.rows[key]; ok {
		return false, nil
	}
	m.rows[key] = row{value, time.Now().Add(ttl)}
	return true, nil
}

func (m *memory) SetTTL(ctx context.Context, key string, ttl time.Duration) error {
	leave, err := m.enter(ctx, "SetTTL "+key)
	if err != nil {
		return err
	}
	defer leave()
	if r, ok := m.rows[key]; ok {
		m.rows[key] = row{r.value, time.Now().Add(ttl)}
	}
	return nil
}

func (m *memory) Delete(ctx context.Context, keys ...string) error {
	leave, err := m.enter(ctx, "Delete "+strings.Join(keys, " "))
	if err != nil {
		return err
	}
	defer leave()
	for _, key := range keys {
		delete(m.rows, key)
	}
	return nil
}

func (m *memory) DeleteIf(ctx context.Context, key string, value []byte) error {
	leave, err := m.enter(ctx, "DeleteIf "+key)
	if err != nil {
		return err
	}
	defer leave()
	if bytes.Equal(m.rows[key].value, value) {
		delete(m.rows, key)
	}
	return nil
}

func (m *memory) Ping(ctx context.Context) error {
	leave, err := m.enter(ctx, "Ping")
	if err != nil {
		return err
	}
	leave()
	return nil
}

func (m *memory) Close() error { return nil }
