package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// loadVideo loads a file that holds this text.
func loadVideo(t *testing.T, text string, env map[string]string) (*Video, error) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "video.config.json"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	v := NewVideo()
	return v, LoadServer(v, ServerLoad{Dir: dir, Env: func(name string) string { return env[name] }})
}

func TestVideo(t *testing.T) {
	v, err := loadVideo(t, `{}`, nil)
	if err != nil || v.Port != 9994 || v.Host != "" || v.BasePath != "/applet" || v.CommentsPerMinute != 20 || v.CacheMilliseconds != 1000 {
		t.Errorf("the defaults: %+v, %v", v, err)
	}
	v, err = loadVideo(t, `{
		"port": "8765", "ROUTE_BASE_PATH": "/x/", "host": " 127.0.0.1 ", "user": "applet", "password": "s e", "database": "films", "publicURL": "film.example.com/x/",
	}`, map[string]string{"VIDEO_PASSWORD": "from the environment"})
	if err != nil || v.Port != 8765 || v.BasePath != "/x" || v.Host != "127.0.0.1" || v.Database != "films" || v.PublicURL != "https://film.example.com/x" || v.Password.Reveal() != "from the environment" {
		t.Errorf("%+v, %v", v, err)
	}
}

func TestVideoRefused(t *testing.T) {
	for text, want := range map[string]string{
		`{"database": "x"}`:               "database needs host",
		`{"host": "h", "user": "u"}`:      "host needs database",
		`{"host": "h", "database": "d"}`:  "host needs user",
		`{"publicURL": "https://a.b/?x"}`: "publicURL must not hold a query",
		`{"commentsPerMinute": -1}`:       "commentsPerMinute must be a number from 0",
	} {
		_, err := loadVideo(t, text, nil)
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "video.config.json:1:") {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}
