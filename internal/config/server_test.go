package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// shop is the configuration of a server that exists only here.
type shop struct {
	Server
	Title    string
	AppID    string
	Password Secret
	Mode     string
	TTL      int
	Gates    []string
	Open     bool
}

func newShop() *shop {
	return &shop{Server: newServer("shop", 7777), Title: "Tea", Mode: "day", TTL: 7200}
}

func (s *shop) keys() []*serverKey {
	return []*serverKey{
		textKey("title", &s.Title, "name of the shop").explain("People see it."),
		wordKey("appId", &s.AppID, "number of the account"),
		secretKey("redisConfig.password", &s.Password, "password of Redis").alias("REDIS_PASSWORD"),
		numberKey("redisConfig.ttl", &s.TTL, 1, 100_000, "lifetime in seconds"),
		choiceKey("mode", &s.Mode, []string{"day", "night"}, "what kind of shop it is"),
		listKey("gates", &s.Gates, "where one enters"),
		boolKey("open", &s.Open, "whether it is open"),
	}
}

func (s *shop) finish() error {
	if s.Mode == "night" && !s.Open {
		return s.fail("mode", "set open", "needs open")
	}
	return nil
}

// load reads a configuration from files in a folder of their own.
func loadShop(t *testing.T, files map[string]string, opt ServerLoad) (*shop, error) {
	t.Helper()
	opt.Dir = t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(opt.Dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s := newShop()
	err := LoadServer(s, opt)
	return s, err
}

func env(pairs ...string) func(string) string {
	return func(name string) string {
		for i := 0; i < len(pairs); i += 2 {
			if pairs[i] == name {
				return pairs[i+1]
			}
		}
		return ""
	}
}

func TestServerDefaults(t *testing.T) {
	s, err := loadShop(t, nil, ServerLoad{})
	if err != nil {
		t.Fatal(err)
	}
	if s.Addr != "127.0.0.1:7777" || s.BasePath != "/applet" || s.File != "" || !s.AccessLog || s.AdminAddr != "" || len(s.TrustedProxies) > 0 {
		t.Errorf("got %+v", s)
	}
	if filepath.Base(s.Data) != "shop" || !filepath.IsAbs(s.Data) || s.CertificateDir() != filepath.Join(s.Data, "certificates") {
		t.Errorf("data is %s", s.Data)
	}
}

func TestServerLayers(t *testing.T) {
	file := `{
  // a comment
  "port": "80",
  "ROUTE_BASE_PATH": " /shop/v1/ ",
  "title": "  from the file ",
  "appId": 1250000000,
  "redisConfig": { "password": " filesecret ", "ttl": 60, },
  "gates": ["a", " b "],
  "data": "store",
  "trustedProxies": ["127.0.0.1", "::ffff:10.0.0.1", "fd00::/8", "192.168.1.7/16"],
  "allowedOrigins": "https://example.com/",
  "limits": { "burst": 5 },
}`
	s, err := loadShop(t, map[string]string{"shop.config.json": file}, ServerLoad{
		Env:   env("SHOP_GATES", "c, d", "REDIS_PASSWORD", "envsecret", "SHOP_TITLE", "  ", "PORT", "81", "SHOP_OPEN", "true"),
		Flags: map[string]string{"mode": "night", "redis-config-ttl": "90", "limits-burst": "6"},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := `Title from the file AppID 1250000000 Password envsecret TTL 90 Mode night Gates [c d] Open true ` +
		`Addr 127.0.0.1:81 Base /shop/v1 Burst 6 Origins [https://example.com] Proxies [127.0.0.1/32 10.0.0.1/32 fd00::/8 192.168.0.0/16]`
	got := fmt.Sprint("Title ", s.Title, " AppID ", s.AppID, " Password ", s.Password.Reveal(), " TTL ", s.TTL, " Mode ", s.Mode, " Gates ", s.Gates,
		" Open ", s.Open, " Addr ", s.Addr, " Base ", s.BasePath, " Burst ", s.Limits.Burst, " Origins ", s.AllowedOrigins, " Proxies ", s.TrustedProxies)
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if s.Data != filepath.Join(filepath.Dir(s.File), "store") {
		t.Errorf("data is %s", s.Data)
	}
	origins := map[string]string{}
	for _, row := range EffectiveServer(s) {
		origins[row.Key] = fmt.Sprint(row.Text(), " ", row.Origin.Source, " ", row.Origin.Place)
	}
	for key, want := range map[string]string{
		"port": "81 env PORT", "title": "from the file file shop.config.json:5:12", "redisConfig.password": "****** env REDIS_PASSWORD",
		"redisConfig.ttl": "90 flag --redis-config-ttl", "limits.burst": "6 flag --limits-burst", "accessLog": "true default ",
		"gates": `["c", "d"] env SHOP_GATES`, "addr": "127.0.0.1:81 env PORT", "ROUTE_BASE_PATH": "/shop/v1 file shop.config.json:4:22",
	} {
		if origins[key] != want {
			t.Errorf("%s: %q, want %q", key, origins[key], want)
		}
	}
	rows, err := json.Marshal(EffectiveServer(s))
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"filesecret", "envsecret"} {
		if strings.Contains(string(rows)+fmt.Sprintf("%+v %#v", s, *s), secret) {
			t.Errorf("%s shows", secret)
		}
	}
}

// Where the address comes from is where what it follows from stands.
func TestServerAddrOrigin(t *testing.T) {
	for _, tt := range []struct {
		file, port   string
		flags        map[string]string
		want, origin string
	}{
		{`{}`, "", nil, "127.0.0.1:7777", "default "},
		{`{"port": 1, "addr": ""}`, "", nil, "127.0.0.1:1", "file shop.config.json:1:10"},
		{`{"addr": ""}`, "", nil, "127.0.0.1:7777", "default "},
		{`{"addr": "", "port": 1}`, "2", nil, "127.0.0.1:2", "env PORT"},
		{`{"addr": "0.0.0.0:4"}`, "", nil, "0.0.0.0:4", "file shop.config.json:1:10"},
		{`{"addr": "0.0.0.0:4"}`, "2", nil, "0.0.0.0:2", "env PORT"},
		{`{"port": 1}`, "2", map[string]string{"addr": ":3"}, ":3", "flag --addr"},
		{`{}`, "", map[string]string{"port": "5"}, "127.0.0.1:5", "flag --port"},
		{`{"domain": "a.example", "addr": ""}`, "", nil, ":443", "file shop.config.json:1:12"},
		{`{"port": 443}`, "", map[string]string{"domain": "a.example", "addr": ":443"}, ":443", "flag --addr"},
		{`{"port": 1}`, "", map[string]string{"domain": "a.example", "acme-directory": "https://127.0.0.1:2/"}, "127.0.0.1:1", "file shop.config.json:1:10"},
		{`{"addr": "127.0.0.1:6"}`, "", map[string]string{"domain": "a.example"}, "127.0.0.1:6", "file shop.config.json:1:10"},
	} {
		s, err := loadShop(t, map[string]string{"shop.config.json": tt.file}, ServerLoad{Env: env("PORT", tt.port), Flags: tt.flags})
		if err != nil {
			t.Errorf("%s, PORT=%s, %v: %v", tt.file, tt.port, tt.flags, err)
			continue
		}
		for _, row := range EffectiveServer(s) {
			if got := string(row.Origin.Source) + " " + row.Origin.Place; row.Key == "addr" && (row.Text() != tt.want || s.Addr != tt.want || got != tt.origin) {
				t.Errorf("%s, PORT=%s, %v: %s from %s; want %s from %s", tt.file, tt.port, tt.flags, row.Text(), got, tt.want, tt.origin)
			}
		}
	}
}

// --addr wins over PORT, that over port in the file.
func TestServerAddr(t *testing.T) {
	for _, tt := range []struct {
		file, port, flag, want string
	}{
		{`{}`, "", "", "127.0.0.1:7777"},
		{`{"port": 1}`, "", "", "127.0.0.1:1"},
		{`{"port": 1}`, "2", "", "127.0.0.1:2"},
		{`{"port": 1}`, "2", "0.0.0.0:3", "0.0.0.0:3"},
		{`{"port": 1, "addr": ":4"}`, "", "", ":4"},
		{`{"port": 1, "addr": "0.0.0.0:4"}`, "2", "", "0.0.0.0:2"},
		{`{"addr": "[::1]:4"}`, "", "127.0.0.1:0", "127.0.0.1:0"},
	} {
		flags := map[string]string{}
		if tt.flag != "" {
			flags["addr"] = tt.flag
		}
		s, err := loadShop(t, map[string]string{"shop.config.json": tt.file}, ServerLoad{Env: env("PORT", tt.port), Flags: flags})
		if err != nil || s.Addr != tt.want {
			t.Errorf("%s, PORT=%s, --addr %s: %s, %v; want %s", tt.file, tt.port, tt.flag, s.Addr, err, tt.want)
		}
	}
}

func TestServerNodeConfig(t *testing.T) {
	s, err := loadShop(t, map[string]string{"config.js": "module.exports = {\n  port: '5757',\n  redisConfig: { password: 'x', ttl: 60 },\n};\n"},
		ServerLoad{Path: "config.js"})
	if err != nil || s.Port != 5757 || s.Password.Reveal() != "x" || s.TTL != 60 {
		t.Errorf("%+v, %v", s, err)
	}
	_, err = loadShop(t, map[string]string{"config.js": "module.exports = {\n  port: process.env.PORT || '9993',\n}"}, ServerLoad{Path: "config.js"})
	var e *Error
	if !errors.As(err, &e) || e.Error() != "config.js:2:9: variables of the environment are not looked up here" || e.Hint() == "" {
		t.Errorf("got %v", err)
	}
}

func TestServerErrors(t *testing.T) {
	for _, tt := range []struct {
		name, file string
		env        []string
		flags      map[string]string
		want, hint string
	}{
		{name: "syntax", file: "{\n  'port': 1}", want: "shop.config.json:2:3: strings stand in double quotes"},
		{name: "no object", file: "[]", want: "shop.config.json:1:1: the configuration must be an object, not a list"},
		{name: "empty", file: " ", want: "shop.config.json:1:2: the file ends too early: a bracket, a quote or a comment is not closed"},
		{name: "unknown", file: `{"titel": 1}`, want: `shop.config.json:1:2: unknown key "titel"`, hint: `did you mean "title"?`},
		{name: "other case", file: `{"Port": 1}`, want: `shop.config.json:1:2: unknown key "Port"`, hint: `did you mean "port"?`},
		{name: "far", file: `{"zzzzzz": 1}`, want: `shop.config.json:1:2: unknown key "zzzzzz"`, hint: "the keys are explained in the file that appletctl init shop writes"},
		{name: "unknown inside", file: `{"redisConfig": {"pasword": "x"}}`, want: `shop.config.json:1:18: unknown key "redisConfig.pasword"`, hint: `did you mean "redisConfig.password"?`},
		{name: "outside its object", file: `{"ttl": 1}`, want: `shop.config.json:1:2: unknown key "ttl"`, hint: `did you mean "ttl" inside "redisConfig"?`},
		{name: "with a dot", file: `{"redisConfig.ttl": 1}`, want: `shop.config.json:1:2: unknown key "redisConfig.ttl"`, hint: `did you mean "ttl" inside "redisConfig"?`},
		{name: "no group", file: `{"redisConfig": "x"}`, want: `shop.config.json:1:17: redisConfig must be an object, not a string`},
		{name: "twice", file: `{"port": 1, "port": 2}`, want: `shop.config.json:1:13: port stands here twice`, hint: "remove one of them"},
		{name: "wrong kind", file: `{"title": 1}`, want: `shop.config.json:1:11: title must be a string, not a number`},
		{name: "wrong number", file: `{"port": "http"}`, want: `shop.config.json:1:10: port must be a whole number`},
		{name: "range", file: `{"port": 70000}`, want: `shop.config.json:1:10: port must be a number from 0 to 65535`},
		{name: "choice", file: `{"mode": "dusk"}`, want: `shop.config.json:1:10: mode must be "day" or "night"`},
		{name: "app's own rule", file: `{"mode": "night"}`, want: "shop.config.json:1:10: mode needs open", hint: "set open"},
		{name: "base path", file: `{"ROUTE_BASE_PATH": "/a/../b"}`, want: "shop.config.json:1:21: ROUTE_BASE_PATH must be a plain path", hint: `it looks like "/applet"`},
		{name: "base path with a query", file: `{"ROUTE_BASE_PATH": "/a?b"}`, want: "shop.config.json:1:21: ROUTE_BASE_PATH must be a plain path", hint: `it looks like "/applet"`},
		{name: "proxy", file: `{"trustedProxies": ["nginx"]}`, want: `shop.config.json:1:20: trustedProxies has "nginx", which is no address or network`, hint: `it looks like "127.0.0.1" or "10.0.0.0/8"`},
		{name: "origin", file: `{"allowedOrigins": ["example.com"]}`, want: `shop.config.json:1:20: allowedOrigins has "example.com", which is no origin`, hint: `it looks like "https://example.com", or "*" for all`},
		{name: "address", flags: map[string]string{"addr": "80"}, want: "--addr must be host:port", hint: "it looks like 127.0.0.1:9993"},
		{name: "admin address", flags: map[string]string{"admin-addr": ":x"}, want: "--admin-addr has no port from 0 to 65535", hint: "it looks like 127.0.0.1:9993"},
		{name: "half TLS", flags: map[string]string{"tls-cert": "a"}, want: "--tls-cert needs tlsKey", hint: "give both --tls-cert and --tls-key"},
		{name: "other half", flags: map[string]string{"tls-key": "a"}, want: "--tls-key needs tlsCert", hint: "give both --tls-cert and --tls-key"},
		{name: "two certificates", flags: map[string]string{"tls-cert": "a", "tls-key": "b", "domain": "a.example"}, want: "--domain fetches certificates, but tlsCert names one already", hint: "use one of the two"},
		{name: "domain", flags: map[string]string{"domain": "https://a.example"}, want: `--domain has "https://a.example", which is no domain`, hint: "it looks like example.com"},
		{
			name: "a domain that nobody reaches", file: `{"port": 80}`, flags: map[string]string{"domain": "a.example"},
			want: "shop.config.json:1:10: port is that of 127.0.0.1 without addr, where no authority reaches the domain a.example",
			hint: "listen on all addresses with --addr :443, or leave port out",
		},
		{name: "NUL", flags: map[string]string{"data": "a\x00"}, want: "--data holds a NUL byte, which no path can", hint: "type the path anew"},
		{name: "no data", flags: map[string]string{"data": ""}, want: "--data must not be empty"},
		{name: "number in a variable", env: []string{"PORT", "http"}, want: "PORT must be a whole number"},
		{name: "range of a variable", env: []string{"SHOP_REDIS_CONFIG_TTL", "0"}, want: "SHOP_REDIS_CONFIG_TTL must be a number from 1 to 100000"},
		{name: "flag", flags: map[string]string{"open": "perhaps"}, want: "--open must be true or false"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			files := map[string]string{}
			if tt.file != "" {
				files["shop.config.json"] = tt.file
			}
			_, err := loadShop(t, files, ServerLoad{Env: env(tt.env...), Flags: tt.flags})
			var e *Error
			if !errors.As(err, &e) {
				t.Fatalf("err = %v, want an *Error", err)
			}
			if e.Error() != tt.want || e.Hint() != tt.hint {
				t.Errorf("got  %s | %s\nwant %s | %s", e, e.Hint(), tt.want, tt.hint)
			}
		})
	}
	if _, err := loadShop(t, nil, ServerLoad{Path: "gone.json"}); !errors.Is(err, ErrNoConfig) {
		t.Errorf("a file that is missing: %v", err)
	}
	if err := LoadServer(newShop(), ServerLoad{Dir: "relative"}); err == nil {
		t.Error("a working directory that is not absolute")
	}
}

func TestInitServer(t *testing.T) {
	work := t.TempDir()
	fresh := func() ServerConfig { return newShop() }
	flags := map[string]string{"title": `a "b" <c> 图`, "gates": "x,y", "redis-config-ttl": "5", "port": "8080"}
	created, err := InitServer(fresh, ServerInit{Work: work, Dir: "new/server", Flags: flags})
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join("new", "server", "shop.config.json")
	if created.File != name || len(created.Missing)+len(created.Warnings) > 0 {
		t.Errorf("created %+v", created)
	}
	text, err := os.ReadFile(filepath.Join(work, name))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"  // Name of the shop. People see it.\n  \"title\": \"a \\\"b\\\" <c> 图\",\n",
		"\n  \"redisConfig\": {\n    // Password of Redis. Better set REDIS_PASSWORD in the environment, and\n    // leave this empty.\n    \"password\": \"\",\n\n    // Lifetime in seconds.\n    \"ttl\": 5,\n  },\n",
		"  \"trustedProxies\": [\"127.0.0.1\", \"::1\"],\n", "  \"gates\": [\"x\", \"y\"],\n", "  \"data\": \"appletctl-data/shop\",\n",
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the file lacks %q:\n%s", want, text)
		}
	}
	for line := range strings.Lines(string(text)) {
		if len(line) > 81 {
			t.Errorf("a long line: %s", line)
		}
	}
	s := newShop()
	if err := LoadServer(s, ServerLoad{Dir: filepath.Join(work, "new", "server")}); err != nil {
		t.Fatal(err)
	}
	if s.Title != flags["title"] || s.TTL != 5 || s.Port != 8080 || len(s.TrustedProxies) != 2 {
		t.Errorf("read %+v", s)
	}

	var e *Error
	if _, err := InitServer(fresh, ServerInit{Work: work, Dir: "new/server"}); !errors.As(err, &e) || e.Hint() != "--force replaces it" {
		t.Errorf("over a file: %v", err)
	}
	if again, err := os.ReadFile(filepath.Join(work, name)); err != nil || !bytes.Equal(again, text) {
		t.Error("the file has changed")
	}
	created, err = InitServer(fresh, ServerInit{Work: work, Dir: "new/server", Force: true, Flags: map[string]string{"redis-config-password": "verysecret"}})
	if err != nil || len(created.Warnings) != 1 {
		t.Fatalf("%+v, %v", created, err)
	}
	if info, err := os.Stat(filepath.Join(work, name)); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("a file with secrets has %v", info.Mode())
	}
	for _, tt := range []struct {
		flags map[string]string
		want  string
	}{
		{map[string]string{"port": "70000"}, "--port must be a number from 0 to 65535"},
		{map[string]string{"mode": "night"}, "--mode needs open"},
		{map[string]string{"open": "x"}, "--open must be true or false"},
	} {
		if _, err := InitServer(fresh, ServerInit{Work: work, Dir: "other", Flags: tt.flags}); err == nil || err.Error() != tt.want {
			t.Errorf("%v: %v", tt.flags, err)
		}
	}
	if _, err := os.Stat(filepath.Join(work, "other")); err == nil {
		t.Error("a refused file has made a folder")
	}
}

// Every server's own keys are documented in one voice, and each has a flag of
// its own.
func TestServerKeys(t *testing.T) {
	for _, cfg := range []ServerConfig{newShop(), NewAlbum(), NewRPS(), NewSession(), NewVideo()} {
		names, flags := map[string]bool{}, map[string]bool{}
		for _, k := range serverKeys(cfg) {
			if names[k.name] || flags[k.flag] {
				t.Errorf("%s: %s or --%s is there twice", cfg.Common().App, k.name, k.flag)
			}
			names[k.name], flags[k.flag] = true, true
			if k.doc == "" || strings.HasSuffix(k.doc, ".") || strings.HasSuffix(k.more, " ") || k.more != "" && !strings.HasSuffix(k.more, ".") {
				t.Errorf("%s: %s says %q %q", cfg.Common().App, k.name, k.doc, k.more)
			}
		}
	}
	if got := serverFlagName("redisConfig.ttl") + envName("shop", "cosAppId") + envName("shop", "ROUTE_BASE_PATH"); got != "redis-config-ttlSHOP_COS_APP_IDSHOP_ROUTE_BASE_PATH" {
		t.Errorf("got %s", got)
	}
}
