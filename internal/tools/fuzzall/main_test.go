package main

import (
	"slices"
	"testing"
)

func TestFuzzTests(t *testing.T) {
	src := `package x
func FuzzOne(f *testing.F) {}
func TestOne(t *testing.T) {}
func (x) FuzzMethod(f *testing.F) {}
func Fuzzy() {}
func FuzzTwo(f *testing.F) {}
`
	got, err := fuzzTests("x_test.go", src)
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"FuzzOne", "FuzzTwo"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if _, err := fuzzTests("x_test.go", "not Go"); err == nil {
		t.Error("no error for what is not Go")
	}
}

func TestFind(t *testing.T) {
	got, err := find([]string{"github.com/wecos-go/wecos/internal/rewrite/wxss"})
	if err != nil || len(got) != 1 || got[0].pkg != "github.com/wecos-go/wecos/internal/rewrite/wxss" {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestProgress(t *testing.T) {
	out := "fuzz: elapsed: 0s, gathering\nfuzz: elapsed: 2s, execs: 99 (50/sec)\nPASS\n"
	if got, want := progress([]byte(out)), "fuzz: elapsed: 2s, execs: 99 (50/sec)"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
