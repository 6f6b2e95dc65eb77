package config

import (
	"os"
	"path/filepath"
	"testing"
)

func TestRPS(t *testing.T) {
	for _, c := range []struct {
		name     string
		file     string
		root     string
		strength float64
		fails    bool
	}{
		{"defaults", `{}`, "/applet/websocket/socket.io", 0, false},
		{"a path with slashes", `{"rootPath": " /x/socket.io/ "}`, "/x/socket.io", 0, false},
		{"robots", `{"robots": "habits", "robotStrength": 70}`, "/applet/websocket/socket.io", 0.7, false},
		{"no path", `{"rootPath": "/"}`, "", 0, true},
		{"a path with a query", `{"rootPath": "/x?y"}`, "", 0, true},
		{"a room for nine", `{"roomSize": 9}`, "", 0, true},
		{"robots of another kind", `{"robots": "strong"}`, "", 0, true},
		{"redis", `{"redisConfig": {"host": "10.0.0.2", "port": "6380", "password": "p", "db": 1}}`, "/applet/websocket/socket.io", 0, false},
		{"redis without a prefix", `{"redisConfig": {"prefix": " "}}`, "", 0, true},
		{"a session's key of redis", `{"redisConfig": {"ttl": 60}}`, "", 0, true},
		{"a base path, which it has not", `{"ROUTE_BASE_PATH": "/x"}`, "", 0, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg := NewRPS()
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, ServerFile("rps")), []byte(c.file), 0o600); err != nil {
				t.Fatal(err)
			}
			err := LoadServer(cfg, ServerLoad{Dir: dir})
			if (err != nil) != c.fails {
				t.Fatal(err)
			}
			if err == nil && (cfg.RootPath != c.root || cfg.Strength() != c.strength) {
				t.Errorf("%q %v", cfg.RootPath, cfg.Strength())
			}
		})
	}
}
