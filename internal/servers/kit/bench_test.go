package kit

import (
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
)

// BenchmarkHandler measures what the kit adds to a bare handler that encodes
// the same rows, without the network.
func BenchmarkHandler(b *testing.B) {
	type row struct {
		ID      int    `json:"id"`
		Nick    string `json:"nick"`
		Avatar  string `json:"avatar"`
		Content string `json:"content"`
	}
	rows := make([]row, 20)
	for i := range rows {
		rows[i] = row{i, "somebody", "https://example.com/avatar.png", "a comment of some length that people write"}
	}
	value := map[string]any{"code": 0, "msg": "ok", "data": rows}
	rt := &Routes{Base: "/applet"}
	rt.Handle("GET", "/rows", func(w http.ResponseWriter, r *http.Request) error { return WriteJSON(w, r, value) })
	s := &Server{opt: Options{Log: slog.New(slog.NewJSONHandler(io.Discard, nil)), Limits: Limits{ClientRate: -1}}.withDefaults(), apps: []App{{Name: "rows", Handler: rt}}}
	var err error
	if s.metrics, err = newMetrics(nil, s.apps); err != nil {
		b.Fatal(err)
	}
	bare := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		_ = json.NewEncoder(w).Encode(value)
	})
	for name, h := range map[string]http.Handler{"bare": bare, "kit": s.handler()} {
		b.Run(name, func(b *testing.B) {
			r := httptest.NewRequest("GET", "/applet/rows", nil)
			for b.Loop() {
				h.ServeHTTP(httptest.NewRecorder(), r)
			}
		})
	}
}
