package config

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func loadSession(t *testing.T, text string, opt ServerLoad) (*Session, error) {
	t.Helper()
	opt.Dir = t.TempDir()
	name := opt.Path
	if name == "" {
		name = "session.config.json"
	}
	if err := os.WriteFile(filepath.Join(opt.Dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	s := NewSession()
	return s, LoadServer(s, opt)
}

// The configuration of the Node.js server, as people have it.
func TestSessionKeysOfNode(t *testing.T) {
	s, err := loadSession(t, `module.exports = {
  port: '5757',
  ROUTE_BASE_PATH: '/applet',
  appId: ' wx123 ',
  appSecret: 'abc',
  redisConfig: { host: '10.0.0.2', port: '6380', password: 'r' },
  mongoConfig: { username: 'u', password: 'm', host: '10.0.0.3', port: '27018', query: '?authMechanism=MONGODB-CR', database: 'paint' },
};`, ServerLoad{Path: "config.js"})
	if err != nil {
		t.Fatal(err)
	}
	r, m := s.Redis, s.Mongo
	if s.Addr != "127.0.0.1:5757" || s.AppID != "wx123" || s.AppSecret.Reveal() != "abc" {
		t.Errorf("%+v", s)
	}
	if fmt.Sprint(r.Addrs()) != "[10.0.0.2:6380]" || r.Password.Reveal() != "r" || r.Prefix != "weapp-session:" || r.TTL != 7200 || r.DB != 0 {
		t.Errorf("%+v", r)
	}
	if m.Host != "10.0.0.3" || m.Port != 27018 || m.Username != "u" || m.Password.Reveal() != "m" || m.Database != "paint" || m.Query != "?authMechanism=MONGODB-CR" {
		t.Errorf("%+v", m)
	}
}

func TestSessionDefaults(t *testing.T) {
	s, err := loadSession(t, `{}`, ServerLoad{Env: env("WX_APP_SECRET", " s ", "SESSION_REDIS_CONFIG_ADDRESSES", "a:1, b:2"), Flags: map[string]string{"dev": "true"}})
	if err != nil || s.Redis.Host != "" || s.Mongo.Host != "" || s.AppSecret.Reveal() != "s" || !s.Dev {
		t.Errorf("%+v, %v", s, err)
	}
	if got := s.Redis.Addrs(); len(got) != 2 || got[1] != "b:2" {
		t.Errorf("addresses %q", got)
	}
	if s.Redis = (Redis{}); s.Redis.Addrs() != nil {
		t.Error("an address without a host")
	}
}

func TestSessionRefusals(t *testing.T) {
	for text, want := range map[string]string{
		`{"code2sessionURL": "http://api.weixin.qq.com/x"}`:                       "session.config.json:1:21: code2sessionURL would carry",
		`{"code2sessionURL": "https://u:p@x/"}`:                                   "code2sessionURL would carry",
		`{"redisConfig": {"addresses": ["10.0.0.1"]}}`:                            "not host:port",
		`{"redisConfig": {"addresses": ["a:1"], "cluster": true, "master": "m"}}`: "redisConfig.master is for sentinels",
		`{"redisConfig": {"host": "a", "cluster": true, "db": 1}}`:                "redisConfig.db must be 0",
		`{"redisConfig": {"prefix": " "}}`:                                        "redisConfig.prefix must not be empty",
		`{"redisConfig": {"ttl": 1}}`:                                             "redisConfig.ttl must be a number from 60",
		`{"mongoConfig": {"host": "a", "database": ""}}`:                          "mongoConfig.database must not be empty",
		`{"mongoConfig": {"hosts": "a"}}`:                                         `unknown key "mongoConfig.hosts"`,
		`{"code2sessionURL": "http://127.0.0.1.example.com/"}`:                    "code2sessionURL would carry",
	} {
		if _, err := loadSession(t, text, ServerLoad{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
	for _, address := range []string{"https://proxy.example.com/c2s", "http://127.0.0.1:1/", "http://localhost/", "http://[::1]/"} {
		if _, err := loadSession(t, fmt.Sprintf(`{"code2sessionURL": %q}`, address), ServerLoad{}); err != nil {
			t.Errorf("%s: %v", address, err)
		}
	}
}
