package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

func TestSecretNeverShows(t *testing.T) {
	const text = "AKIDvery+secret"
	s := NewSecret(text)
	hidden := struct {
		s Secret
		n int
	}{s, 1}
	w := &Wecos{COS: COS{SecretKey: s}}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d", "%10s", "%T %v"} {
		args := []any{s}
		if strings.HasPrefix(verb, "%T") {
			args = append(args, s)
		}
		if got := fmt.Sprintf(verb, args...); strings.Contains(got, text) || strings.Contains(got, fmt.Sprintf("%x", text)) {
			t.Errorf("%s shows %s", verb, got)
		}
		if verb != "%T %v" {
			for _, v := range []any{hidden, &hidden, w, *w, []Secret{s}, map[string]Secret{"k": s}} {
				if got := fmt.Sprintf(verb, v); strings.Contains(got, text) || strings.Contains(got, fmt.Sprintf("%x", text)) {
					t.Errorf("%s of %T shows it: %s", verb, v, got)
				}
			}
		}
	}
	if out, err := json.Marshal(map[string]any{"s": s, "w": w.COS}); err != nil || strings.Contains(string(out), "AKID") {
		t.Errorf("JSON: %s, %v", out, err)
	}
	if out, err := s.MarshalText(); err != nil || string(out) != masked {
		t.Errorf("text: %s, %v", out, err)
	}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "s", s, "w", w.COS)
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "s", s, "w", w.COS)
	if strings.Contains(log.String(), "AKID") {
		t.Errorf("log: %s", log.String())
	}
	if s.Reveal() != text || s.Empty() || s.String() != masked {
		t.Errorf("Reveal = %q", s.Reveal())
	}
	if empty := NewSecret(""); !empty.Empty() || empty.String() != "" || empty.Reveal() != "" {
		t.Error("an empty secret is not empty")
	}
}
