package storetest_test

import (
	"testing"

	"github.com/wecos-go/wecos/internal/servers/album/storetest"
)

func TestMemory(t *testing.T) {
	storetest.Run(t, func(*testing.T) storetest.Subject {
		m := new(storetest.Memory)
		return storetest.Subject{Store: m, Read: storetest.Opened(m)}
	})
}
