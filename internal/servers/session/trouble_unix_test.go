//go:build unix

package session_test

import (
	"os"
	"syscall"
	"testing"
)

// Redis and MongoDB hang: their connections are open, and nothing comes.
func TestHangingStores(t *testing.T) {
	t.Parallel()
	w := startReal(t)
	code := w.session("oAnn")
	w.inTime("before", "POST", save, `{"id":"1","actions":"[1]"}`, saved, "X-WX-Code", code)
	hangs := func(server interface{ Signal(os.Signal) error }, requests func()) {
		t.Helper()
		if err := server.Signal(syscall.SIGSTOP); err != nil {
			t.Fatal(err)
		}
		requests()
		if err := server.Signal(syscall.SIGCONT); err != nil {
			t.Fatal(err)
		}
		w.recovers("GET", list, "", listing(t, draw("1", "[1]")), "X-WX-Code", code)
	}
	hangs(w.redis, func() {
		w.inTime("Redis hangs, list", "GET", list, "", noSessions, "X-WX-Code", code)
		w.inTime("Redis hangs, login", "GET", list, "", noSessions, w.first("oBob")...)
	})
	hangs(w.mongo, func() {
		w.inTime("MongoDB hangs, list", "GET", list, "", noDrawings, "X-WX-Code", code)
		w.inTime("MongoDB hangs, delete", "POST", remove, `{"id":"2"}`, noDrawings, "X-WX-Code", code)
	})
}
