package sqlitestore_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/wecos-go/wecos/internal/servers/session/weapp/sqlitestore"
	"github.com/wecos-go/wecos/internal/servers/session/weapp/storetest"
)

func TestStore(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sessions.db")
	s, err := sqlitestore.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	storetest.Run(t, s)
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// Another process, later: what was there is there, and the code that is the key
// is not.
func TestStoreRemembersAndHidesCodes(t *testing.T) {
	const code = "the-login-code-of-somebody"
	path := filepath.Join(t.TempDir(), "sessions.db")
	for i := range 2 {
		s, err := sqlitestore.Open(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			err = s.Set(t.Context(), code, []byte("value"), time.Hour)
		} else if value, getErr := s.Get(t.Context(), code); getErr != nil || string(value) != "value" {
			t.Errorf("%q, %v", value, getErr)
		}
		if err != nil {
			t.Error(err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	text, err := os.ReadFile(path)
	if err != nil || !bytes.Contains(text, []byte("value")) || bytes.Contains(text, []byte(code)) {
		t.Errorf("the file holds the code: %v (%v)", bytes.Contains(text, []byte(code)), err)
	}
}

func TestExpiredRowsGo(t *testing.T) {
	s, err := sqlitestore.Open(t.Context(), filepath.Join(t.TempDir(), "sessions.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Set(t.Context(), "a", []byte("x"), -time.Second); err != nil {
		t.Fatal(err)
	}
	if n, err := s.Rows(t.Context()); err != nil || n != 0 {
		t.Errorf("%d rows, %v", n, err)
	}
}
