package sqlstore_test

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/wecos-go/wecos/internal/servers/video/mariadbtest"
)

var mariadb mariadbtest.Shared

func TestMain(m *testing.M) {
	// The server ends before goroutines are counted.
	goleak.VerifyTestMain(stopping{m})
}

type stopping struct{ m *testing.M }

func (s stopping) Run() int {
	code := s.m.Run()
	if err := mariadb.Stop(); err != nil && code == 0 {
		panic(err)
	}
	return code
}
