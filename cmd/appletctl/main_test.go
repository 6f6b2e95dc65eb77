package main

import (
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/wecos-go/wecos/internal/scripttest"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"appletctl": main})
}

func TestScripts(t *testing.T) {
	scripttest.Run(t, "../../testdata/script/appletctl", setup, map[string]scripttest.Command{
		"private":     private,
		"start":       start,
		"halt":        halt,
		"haltnow":     haltNow,
		"request":     request,
		"stall":       stall,
		"certificate": certificate,
	})
}

// private checks that nobody but the owner may read a file.
func private(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: [!] private FILE")
	}
	info, err := os.Stat(ts.MkAbs(args[0]))
	ts.Check(err)
	if only := info.Mode().Perm()&0o077 == 0; only == neg {
		ts.Fatalf("%s has mode %v", args[0], info.Mode())
	}
}
