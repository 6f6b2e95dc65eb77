package mongostore

import (
	"errors"
	"strings"
	"testing"
)

func TestURI(t *testing.T) {
	for _, tt := range []struct {
		name string
		opt  Options
		want string
	}{
		{"least", Options{Host: "db", Port: 27017}, "mongodb://db:27017/"},
		{"account", Options{Username: "u@x", Password: "p:/?#", Host: "10.0.0.1", Port: 27017}, "mongodb://u%40x:p%3A%2F%3F%23@10.0.0.1:27017/"},
		{"query with its mark", Options{Host: "db", Port: 1, Query: "?authSource=admin"}, "mongodb://db:1/?authSource=admin"},
		{"query with a slash", Options{Host: "db", Port: 1, Query: "/?authSource=admin"}, "mongodb://db:1/?authSource=admin"},
		{"replica set", Options{Host: "a, b:2", Port: 1, Query: "replicaSet=rs"}, "mongodb://a:1,b:2/?replicaSet=rs"},
		{"IPv6", Options{Host: "::1", Port: 1}, "mongodb://[::1]:1/"},
		{"old mechanism", Options{Host: "db", Port: 1, Query: "authMechanism=MONGODB-CR&authSource=admin"}, "mongodb://db:1/?authSource=admin"},
		{"other mechanism", Options{Host: "db", Port: 1, Query: "authMechanism=SCRAM-SHA-1"}, "mongodb://db:1/?authMechanism=SCRAM-SHA-1"},
	} {
		if got, err := tt.opt.uri(); err != nil || got != tt.want {
			t.Errorf("%s: %s, %v, want %s", tt.name, got, err, tt.want)
		}
	}
}

// MONGODB-CR is taken, with a warning, and the driver negotiates.
func TestOldMechanism(t *testing.T) {
	opt := Options{Username: "u", Password: "p", Host: "db", Port: 27017, Query: "?authMechanism=mongodb-cr"}
	c, err := opt.client()
	if err != nil || c.Auth == nil || c.Auth.Username != "u" || c.Auth.AuthMechanism != "" {
		t.Errorf("%+v, %v", c, err)
	}
	if w := opt.Warnings(); len(w) != 1 || !strings.Contains(w[0], "SCRAM") {
		t.Errorf("warnings %q", w)
	}
	opt.Query = "authMechanism=SCRAM-SHA-256"
	if w := opt.Warnings(); len(w) != 0 {
		t.Errorf("warnings %q", w)
	}
}

func TestBadOptions(t *testing.T) {
	for _, opt := range []Options{
		{},
		{Host: "a/b"},
		{Host: "evil@db"},
		{Host: "db", Query: "a=%zz"},
		{Host: "db", Query: "authMechanism=NONSENSE"},
		{Host: "db:port"},
	} {
		opt.Username, opt.Password = "user", "the-password"
		_, err := Open(opt, storeLimits)
		bad, ok := errors.AsType[*OptionsError](err)
		if !ok || bad.Hint() == "" || strings.Contains(err.Error(), "the-password") {
			t.Errorf("%+v: %v", opt, err)
		}
	}
}
