package rps_test

import (
	"testing"

	"github.com/wecos-go/wecos/internal/servers/rps"
	"github.com/wecos-go/wecos/internal/servers/rps/lobbytest"
)

func TestHub(t *testing.T) {
	lobbytest.Run(t, func(*testing.T) lobbytest.Make {
		hub := rps.NewHub()
		return func(_ *testing.T, node string) rps.Lobby { return hub.Lobby(node) }
	})
}
