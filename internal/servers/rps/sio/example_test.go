package sio_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"

	"github.com/wecos-go/wecos/internal/servers/rps/sio"
)

// A server that greets whoever says hello, and a client that speaks the
// protocol by hand.
func Example() {
	server := sio.New(sio.Options{})
	main := server.Of("/")
	main.On("hello", func(s *sio.Socket, e *sio.Event) {
		var who struct{ Name string }
		if err := e.Arg(0, &who); err != nil {
			return // not what was expected: nothing happens
		}
		if e.WantsAck() {
			_ = e.Ack("nice to meet you, " + who.Name)
		}
		_ = s.Emit("greeting", map[string]any{"to": who.Name})
	})

	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !sio.Under("/socket.io", r.URL.Path) {
			http.NotFound(w, r)
			return
		}
		server.ServeHTTP(w, r)
	}))
	defer front.Close()
	defer server.Close(context.Background())

	conn, early, _, err := ws.Dial(context.Background(), "ws"+front.URL[len("http"):]+"/socket.io/?EIO=4&transport=websocket")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer conn.Close()
	next := func() []byte {
		var from io.ReadWriter = conn
		if early != nil && early.Buffered() > 0 { // what came with the answer to the handshake
			from = bufio.NewReadWriter(early, nil)
		}
		text, err := wsutil.ReadServerText(from)
		if err != nil {
			fmt.Println(err)
		}
		return text
	}
	fmt.Printf("%.7s…\n", next()) // the handshake
	_ = wsutil.WriteClientText(conn, []byte("40"))
	fmt.Printf("%.8s…\n", next()) // the main namespace
	_ = wsutil.WriteClientText(conn, []byte(`421["hello",{"name":"Ada"}]`))
	fmt.Printf("%s\n", next())
	fmt.Printf("%s\n", next())
	// Output:
	// 0{"sid"…
	// 40{"sid"…
	// 431["nice to meet you, Ada"]
	// 42["greeting",{"to":"Ada"}]
}
