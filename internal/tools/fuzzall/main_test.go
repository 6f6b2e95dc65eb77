package main

import (
	"slices"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	events := `{"Action":"start","Package":"example.com/a"}
{"Action":"output","Package":"example.com/a","Output":"FuzzOne\n"}
{"Action":"output","Package":"example.com/a","Output":"FuzzTwo\n"}
{"Action":"output","Package":"example.com/a","Output":"ok  \texample.com/a\t0.01s\n"}
{"Action":"output","Package":"example.com/b","Output":"?   \texample.com/b\t[no test files]\n"}
{"Action":"pass","Package":"example.com/a"}
`
	got, err := parse(strings.NewReader(events))
	if err != nil {
		t.Fatal(err)
	}
	want := []target{{"example.com/a", "FuzzOne"}, {"example.com/a", "FuzzTwo"}}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if _, err := parse(strings.NewReader("not JSON")); err == nil {
		t.Error("no error for what is not JSON")
	}
}

func TestProgress(t *testing.T) {
	out := "fuzz: elapsed: 0s, gathering\nfuzz: elapsed: 2s, execs: 99 (50/sec)\nPASS\n"
	if got, want := progress([]byte(out)), "fuzz: elapsed: 2s, execs: 99 (50/sec)"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
