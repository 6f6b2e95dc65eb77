package session_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/wecos-go/wecos/internal/servers/kit/redisclient"
	"github.com/wecos-go/wecos/internal/servers/session/drawing"
	"github.com/wecos-go/wecos/internal/servers/session/drawing/mongostore"
	drawingdb "github.com/wecos-go/wecos/internal/servers/session/drawing/sqlitestore"
	"github.com/wecos-go/wecos/internal/servers/session/weapp"
	"github.com/wecos-go/wecos/internal/servers/session/weapp/redisstore"
	sessiondb "github.com/wecos-go/wecos/internal/servers/session/weapp/sqlitestore"
)

// bareEnv makes this program the bare server on the stores that it names.
const bareEnv = "WECOS_BARE_SESSION"

// where are stores: a folder, or the addresses of Redis and MongoDB.
type where struct{ Dir, Redis, Mongo string }

func TestMain(m *testing.M) {
	if text := os.Getenv(bareEnv); text != "" {
		if err := bare(text); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// stores opens those of w.
func (w where) stores(ctx context.Context) (weapp.Store, drawing.Store, error) {
	if w.Dir != "" {
		s, err := sessiondb.Open(ctx, filepath.Join(w.Dir, "sessions.db"))
		if err != nil {
			return nil, nil, err
		}
		d, err := drawingdb.Open(ctx, filepath.Join(w.Dir, "drawings.db"), drawing.DefaultLimits)
		return s, d, err
	}
	host, port, err := net.SplitHostPort(w.Mongo)
	if err != nil {
		return nil, nil, err
	}
	n, err := strconv.Atoi(port)
	if err != nil {
		return nil, nil, err
	}
	d, err := mongostore.Open(mongostore.Options{Host: host, Port: n, Database: "applet"}, drawing.DefaultLimits)
	return redisstore.New(redisstore.Options{Options: redisclient.Options{Addrs: []string{w.Redis}}}), d, err
}

// bare serves the list and the save of the session server as plainly as net/http
// allows: the same queries, the same JSON, and nothing else.
func bare(text string) error {
	var w where
	if err := json.Unmarshal([]byte(text), &w); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	sessions, drawings, err := w.stores(ctx)
	if err != nil {
		return err
	}
	// owner looks up the code and the login that counts.
	owner := func(r *http.Request) (string, error) {
		value, err := sessions.Get(r.Context(), r.Header.Get("X-WX-Code"))
		if err != nil {
			return "", err
		}
		var user struct{ OpenID string }
		if err := json.Unmarshal(value, &user); err != nil {
			return "", err
		}
		_, err = sessions.Get(r.Context(), user.OpenID)
		return user.OpenID, err
	}
	answer := func(rw http.ResponseWriter, data any, err error) {
		if err != nil {
			http.Error(rw, err.Error(), http.StatusInternalServerError)
			return
		}
		rw.Header().Set("Content-Type", "application/json; charset=utf-8")
		_ = json.NewEncoder(rw).Encode(map[string]any{"code": 0, "msg": "success", "data": data})
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+base+list, func(rw http.ResponseWriter, r *http.Request) {
		who, err := owner(r)
		if err != nil {
			answer(rw, nil, err)
			return
		}
		all, err := drawings.List(r.Context(), who)
		answer(rw, all, err)
	})
	mux.HandleFunc("POST "+base+save, func(rw http.ResponseWriter, r *http.Request) {
		who, err := owner(r)
		if err != nil {
			answer(rw, nil, err)
			return
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			answer(rw, nil, err)
			return
		}
		var d drawing.Drawing
		if err = json.Unmarshal(body, &d); err == nil {
			err = drawings.Save(r.Context(), who, d)
		}
		answer(rw, struct{}{}, err)
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Printf("http://%s serves nothing else\n", l.Addr())
	server := &http.Server{Handler: mux}
	go func() { <-ctx.Done(); _ = server.Close() }()
	_ = server.Serve(l) // it ends when it is closed
	_ = sessions.Close()
	return drawings.Close()
}
