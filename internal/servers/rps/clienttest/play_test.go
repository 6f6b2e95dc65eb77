package clienttest

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/wecos-go/wecos/internal/servers/kit/nodetest"
	"github.com/wecos-go/wecos/internal/servers/rps"
	"github.com/wecos-go/wecos/internal/servers/rps/sio"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const tables = 8

// Each client plays a full game with another of its kind and one with a
// stranger, and says everything that the protocol has to an echo.
func TestClients(t *testing.T) {
	modules := nodetest.Modules(t, "testdata/npm")
	// Who looks for a partner must not meet those of other checks: each check
	// that runs at the same time has a server of its own.
	var games []*rps.Server
	for i := range tables {
		game, err := rps.New(t.Context(), rps.Options{
			RootPath: fmt.Sprintf("/game%d/socket.io", i), GameTime: 1500 * time.Millisecond, RobotWait: 20 * time.Second, EventRate: -1,
		})
		if err != nil {
			t.Fatal(err)
		}
		games = append(games, game)
	}
	echo := echoServer()
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if sio.Under("/echo", r.URL.Path) {
			echo.ServeHTTP(w, r)
			return
		}
		for i, game := range games {
			if strings.HasPrefix(r.URL.Path, fmt.Sprintf("/game%d/", i)) {
				game.ServeHTTP(w, r)
			}
		}
	}))
	defer front.Close()
	defer func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		echo.Close(ctx)
		for _, game := range games {
			game.Drain(ctx)
			if err := game.Close(); err != nil {
				t.Error(err)
			}
		}
	}()
	nodetest.Run(t, "testdata/npm/play.cjs", 30, "NODE_PATH="+modules, "SERVER="+front.URL, fmt.Sprintf("TABLES=%d", tables))
}

// echoServer sends everything back, in two namespaces, with short heartbeats.
func echoServer() *sio.Server {
	s := sio.New(sio.Options{PingInterval: 300 * time.Millisecond, PingTimeout: 2 * time.Second})
	for _, name := range []string{"/", "/other"} {
		n := s.Of(name)
		n.OnConnect(func(s *sio.Socket, h *sio.Handshake) {
			_ = s.Emit("handshake", map[string]any{"auth": h.Auth, "token": h.Query.Get("token")})
		})
		n.On("disconnect me", func(s *sio.Socket, _ *sio.Event) { s.Disconnect() })
		n.On("ask me", func(s *sio.Socket, e *sio.Event) {
			question := values(e)
			err := s.EmitAck(5*time.Second, func(args []sio.Value, err error) {
				answer := []any{err == nil}
				for _, a := range args {
					answer = append(answer, a)
				}
				_ = s.Emit("you said", answer...)
			}, "question", question...)
			if err != nil {
				_ = s.Emit("you said", err.Error())
			}
		})
		n.OnOther(func(s *sio.Socket, e *sio.Event) {
			if e.WantsAck() {
				_ = e.Ack(values(e)...)
				return
			}
			_ = s.Emit(e.Name, values(e)...)
		})
	}
	s.Of("/guarded").Authorize(func(*sio.Handshake) error { return &sio.ConnectError{Message: "Not authorized"} })
	return s
}

func values(e *sio.Event) []any {
	args := make([]any, len(e.Args))
	for i, a := range e.Args {
		args[i] = a
	}
	return args
}
