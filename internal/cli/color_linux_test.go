package cli

import (
	"os"
	"testing"
)

// NO_COLOR and TERM=dumb count on a real terminal, and only there is colour.
func TestColorOnATerminal(t *testing.T) {
	terminal, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Skipf("no terminal can be made: %v", err)
	}
	defer terminal.Close()
	file, err := os.Create(t.TempDir() + "/log")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for _, tt := range []struct {
		file *os.File
		env  map[string]string
		want bool
	}{
		{terminal, nil, true},
		{terminal, map[string]string{"NO_COLOR": "1"}, false},
		{terminal, map[string]string{"NO_COLOR": ""}, true},
		{terminal, map[string]string{"TERM": "dumb"}, false},
		{file, nil, false},
	} {
		if got := Color(tt.file, func(k string) string { return tt.env[k] }); got != tt.want {
			t.Errorf("%s with %v: %v", tt.file.Name(), tt.env, got)
		}
	}
}
