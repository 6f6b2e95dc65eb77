package sqlitestore_test

import (
	"path/filepath"
	"testing"

	"github.com/wecos-go/wecos/internal/servers/session/drawing"
	"github.com/wecos-go/wecos/internal/servers/session/drawing/sqlitestore"
	"github.com/wecos-go/wecos/internal/servers/session/drawing/storetest"
)

func TestStore(t *testing.T) {
	path := filepath.Join(t.TempDir(), "drawings.db")
	for i := range 2 { // what the first leaves is there for the second
		s, err := sqlitestore.Open(t.Context(), path, storetest.Limits)
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			storetest.Run(t, s)
		}
		storetest.Has(t, s, "ann", drawing.Drawing{ID: "same", Actions: `["mine"]`})
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}
