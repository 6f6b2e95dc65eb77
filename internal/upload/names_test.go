package upload

import (
	"errors"
	"strings"
	"testing"
)

func TestValidateKey(t *testing.T) {
	tests := []struct {
		key string
		ok  bool
	}{
		{"a.png", true},
		{"images/图片/标志@2x.png", true},
		{"a b/(1)#?%&+.png", true},
		{"a//b.png", true},
		{"...", true},
		{".hidden/..a", true},
		{strings.Repeat("x", 850), true},
		{strings.Repeat("x", 851), false},
		{"", false},
		{".", false},
		{"..", false},
		{"./a", false},
		{"a/../b", false},
		{"a/.", false},
		{"/a", false},
		{`\a`, false},
		{"a\nb", false},
		{"a\x00b", false},
		{"a\x7fb", false},
		{"a\u0085b", false},
		{"a\xffb", false},
	}
	for _, tt := range tests {
		err := ValidateKey(tt.key)
		var key *KeyError
		if (err == nil) != tt.ok || err != nil && !errors.As(err, &key) {
			t.Errorf("%q: %v", shorten(tt.key), err)
		}
	}
}

func TestTemplate(t *testing.T) {
	sum := [32]byte{0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef, 31: 0xff}
	tests := []struct {
		template, rel string
		want          string
		hashed        bool
	}{
		{"", "a/b/c.png", "a/b/c.png", false},
		{"[path][name][ext]", "c.png", "c.png", false},
		{"[path][name][ext]", "图 片/a.b.@2x.PNG", "图 片/a.b.@2x.PNG", false},
		{"[path][name].[hash:8][ext]", "a/b/c.png", "a/b/c.01234567.png", true},
		{"[hash:1][ext]", "a/b/c.png", "0.png", true},
		{"[hash]", "a/b/c.png", "0123456789abcdef" + strings.Repeat("0", 46) + "ff", true},
		{"v1/[name]-x[ext]", "a/b/c.png", "v1/c-x.png", false},
		{"[path][name][ext]", "noext", "noext", false},
		{"[name][ext]", "a.png/b.png", "b.png", false},
		{"/[path][name][ext]", "a/c.png", "/a/c.png", false}, // Key drops the slash
	}
	for _, tt := range tests {
		tpl, err := ParseTemplate(tt.template)
		if err != nil {
			t.Errorf("%q: %v", tt.template, err)
			continue
		}
		if got := tpl.Name(tt.rel, sum, false); got != tt.want {
			t.Errorf("%q of %q: %q, want %q", tt.template, tt.rel, got, tt.want)
		}
		if got := tpl.Name(tt.rel, sum, true); got != tt.rel {
			t.Errorf("%q of %q, plain: %q", tt.template, tt.rel, got)
		}
		if tpl.Hashed() != tt.hashed {
			t.Errorf("%q: hashed %v", tt.template, tpl.Hashed())
		}
	}
	if zero := (Template{}); zero.Name("a/b.png", sum, false) != "a/b.png" || zero.String() != DefaultTemplate {
		t.Error("the zero Template is not the default one")
	}
	for _, bad := range []string{
		"[path", "path]", "[]", "[[name]]", "[nam]", "[name ]", "[hash:]", "[hash:0]", "[hash:65]", "[hash:x]",
		"[path]", "../[name]", "[path]./[name]", "a\x00[name]", strings.Repeat("x", 900),
	} {
		var want *TemplateError
		if tpl, err := ParseTemplate(bad); !errors.As(err, &want) {
			t.Errorf("%q is accepted: %v", shorten(bad), tpl)
		}
	}
}

func TestDestination(t *testing.T) {
	base := Settings{Bucket: "pic-125", Region: "ap-guangzhou"}
	const service = "https://pic-125.cos.ap-guangzhou.myqcloud.com"
	with := func(change func(*Settings)) Settings {
		s := base
		change(&s)
		return s
	}
	tests := []struct {
		name string
		in   Settings
		want Destination
	}{
		{"defaults", base, Destination{service, "pic-125", "", service}},
		{"root folder", with(func(s *Settings) { s.Folder = "/" }), Destination{service, "pic-125", "", service}},
		{"folder", with(func(s *Settings) { s.Folder = " /a//b " }), Destination{service, "pic-125", "a/b/", service}},
		{"folder with a dot", with(func(s *Settings) { s.Folder = "./图/" }), Destination{service, "pic-125", "图/", service}},
		{"name and appid", Settings{BucketName: "pic", AppID: "125", Region: "ap-guangzhou"}, Destination{service, "pic-125", "", service}},
		{"full name and appid", Settings{BucketName: "pic-125", AppID: "125", Region: "ap-guangzhou"}, Destination{service, "pic-125", "", service}},
		{"acceleration", with(func(s *Settings) { s.Region = "accelerate" }),
			Destination{"https://pic-125.cos.accelerate.myqcloud.com", "pic-125", "", "https://pic-125.cos.accelerate.myqcloud.com"}},
		{"target host", with(func(s *Settings) { s.TargetHost = "img.example.com" }), Destination{service, "pic-125", "", "https://img.example.com"}},
		{"without scheme", with(func(s *Settings) { s.TargetHost = "//IMG.example.com:8443/图 a/" }),
			Destination{service, "pic-125", "", "https://img.example.com:8443/%E5%9B%BE%20a"}},
		{"with scheme", with(func(s *Settings) { s.TargetHost = " https://img.example.com/ " }), Destination{service, "pic-125", "", "https://img.example.com"}},
		{"endpoint", with(func(s *Settings) { s.Endpoint, s.Region = "https://cos.example.com/", "" }),
			Destination{"https://cos.example.com", "pic-125", "", "https://cos.example.com"}},
		{"loopback endpoint", with(func(s *Settings) { s.Endpoint = "http://127.0.0.1:19000" }),
			Destination{"http://127.0.0.1:19000", "pic-125", "", "http://127.0.0.1:19000"}},
		{"loopback by name", with(func(s *Settings) { s.Endpoint = "http://localhost:1" }), Destination{"http://localhost:1", "pic-125", "", "http://localhost:1"}},
		{"loopback IPv6", with(func(s *Settings) { s.Endpoint = "http://[::1]:1" }), Destination{"http://[::1]:1", "pic-125", "", "http://[::1]:1"}},
	}
	for _, tt := range tests {
		got, err := NewDestination(tt.in)
		if err != nil || got != tt.want {
			t.Errorf("%s: %+v, %v\nwant %+v", tt.name, got, err, tt.want)
		}
	}
	bad := []struct {
		setting string
		in      Settings
	}{
		{"cos.bucket", Settings{Region: "ap-guangzhou"}},
		{"cos.bucket", with(func(s *Settings) { s.Bucket = "pic" })},
		{"cos.bucket", with(func(s *Settings) { s.Bucket = "Pic-125" })},
		{"cos.bucket", with(func(s *Settings) { s.Bucket = "evil.example.com/x-125" })},
		{"cos.appid", Settings{BucketName: "pic", Region: "ap-guangzhou"}},
		{"cos.bucketname", Settings{BucketName: "p_c", AppID: "125", Region: "ap-guangzhou"}},
		{"cos.region", Settings{Bucket: "pic-125"}},
		{"cos.region", with(func(s *Settings) { s.Region = "gz.evil.com/" })},
		{"cos.folder", with(func(s *Settings) { s.Folder = "a/../b" })},
		{"cos.folder", with(func(s *Settings) { s.Folder = "a\tb" })},
		{"cos.folder", with(func(s *Settings) { s.Folder = strings.Repeat("x", 850) })},
		{"cos.endpoint", with(func(s *Settings) { s.Endpoint = "http://cos.example.com" })},
		{"cos.endpoint", with(func(s *Settings) { s.Endpoint = "https://cos.example.com/path" })},
		{"cos.endpoint", with(func(s *Settings) { s.Endpoint = "http://127.0.0.1.example.com" })},
		{"targetHost", with(func(s *Settings) { s.TargetHost = "http://img.example.com" })},
		{"targetHost", with(func(s *Settings) { s.TargetHost = "ftp://img.example.com" })},
		{"targetHost", with(func(s *Settings) { s.TargetHost = "https://img.example.com?x" })},
		{"targetHost", with(func(s *Settings) { s.TargetHost = "https://img.example.com/#x" })},
		{"targetHost", with(func(s *Settings) { s.TargetHost = "https://" })},
		{"targetHost", with(func(s *Settings) { s.TargetHost = "https://u:hunter2@img.example.com" })},
		{"targetHost", with(func(s *Settings) { s.TargetHost = "https://u:hunter2@[::bad" })},
	}
	for _, tt := range bad {
		_, err := NewDestination(tt.in)
		var setting *SettingError
		if !errors.As(err, &setting) || setting.Setting != tt.setting || setting.Hint == "" {
			t.Errorf("%+v: %v, want an error of %s", tt.in, err, tt.setting)
			continue
		}
		if strings.Contains(setting.Text+setting.Hint, "hunter2") {
			t.Errorf("the password is in the error: %v", err)
		}
	}
}

func TestURLs(t *testing.T) {
	d, err := NewDestination(Settings{Bucket: "pic-125", Region: "ap-guangzhou", Folder: "/app 1/", TargetHost: "img.example.com/x"})
	if err != nil {
		t.Fatal(err)
	}
	for rel, want := range map[string]string{
		"a.png":          "a.png",
		"/a.png":         "a.png",
		"icons/a@2x.png": "icons/a@2x.png",
		"图/标志.png":       "%E5%9B%BE/%E6%A0%87%E5%BF%97.png",
		"a b.png":        "a%20b.png",
		"50%.png":        "50%25.png",
		"a#b?c.png":      "a%23b%3Fc.png",
		"a+b&c=d.png":    "a%2Bb%26c%3Dd.png",
		"(1)'\"<>.png":   "%281%29%27%22%3C%3E.png",
		"a\\b;c,d.png":   "a%5Cb%3Bc%2Cd.png",
		"~a-b_c.png":     "~a-b_c.png",
	} {
		key := d.Key(rel)
		if !strings.HasPrefix(key, "app 1/") {
			t.Errorf("key %q", key)
		}
		if got := d.URL(key); got != "https://img.example.com/x/app%201/"+want {
			t.Errorf("%q: %s", rel, got)
		}
		if !strings.HasPrefix(d.URL(key), d.URLPrefix()) {
			t.Errorf("%s does not begin with %s", d.URL(key), d.URLPrefix())
		}
	}
	other := d
	other.Folder = "b/"
	if d.ID() == other.ID() || d.ID() == "" {
		t.Errorf("ids %q and %q", d.ID(), other.ID())
	}
}

func TestContentType(t *testing.T) {
	tests := []struct {
		name, content, want string
	}{
		{"a.jpg", "\x89PNG\r\n\x1a\n", "image/png"}, // the bytes count, not the name
		{"a.png", "\xff\xd8\xff\xe0", "image/jpeg"},
		{"a.png", "GIF89a", "image/gif"},
		{"a.png", "RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"},
		{"a.bin", "\x00\x00\x00\x1cftypavif\x00\x00", "image/avif"},
		{"a.ico", "\x00\x00\x01\x00", "image/x-icon"},
		{"a.bmp", "BM", "image/bmp"},
		{"a", "<svg xmlns='x'/>", "image/svg+xml"},
		{"a", "\xef\xbb\xbf\n <svg/>", "image/svg+xml"},
		{"a", "<?xml version='1.0'?><svg/>", "image/svg+xml"},
		{"a.SVG", "<!--" + strings.Repeat("x", 600), "image/svg+xml"},
		{"a.svg", "{}", "image/svg+xml"},
		{"a.png", "<html><svg>", "image/png"},
		{"a.JPG", "", "image/jpeg"},
		{"a.bin", "<html>", "application/octet-stream"},
	}
	for _, tt := range tests {
		if got := ContentType(tt.name, []byte(tt.content)); got != tt.want {
			t.Errorf("%s %.20q: %s, want %s", tt.name, tt.content, got, tt.want)
		}
	}
}
