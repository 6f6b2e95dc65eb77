package main

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/wecos-go/wecos/internal/scripttest"
	"github.com/wecos-go/wecos/internal/servers/cos"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"wecos": main})
}

// Every script has a bucket of its own: its address is $STORE, its keys are in
// the environment.
func TestScripts(t *testing.T) {
	scripttest.Run(t, "../../testdata/script/wecos", bucket, map[string]scripttest.Command{
		"fits": fits, "grow": grow, "listen": listen, "subst": subst,
	})
}

func bucket(env *testscript.Env) error {
	keys := cos.NewCredentials()
	server, err := cos.New(cos.Options{Dir: filepath.Join(env.WorkDir, ".bucket"), Credentials: []cos.Credentials{keys}, NoSync: true})
	if err != nil {
		return err
	}
	url, err := serve(env.Defer, server.Close, server)
	if err != nil {
		return err
	}
	env.Setenv("STORE", url)
	env.Setenv("COS_SECRET_ID", keys.ID)
	env.Setenv("COS_SECRET_KEY", keys.Key)
	return nil
}

func serve(later func(func()), done func() error, server *cos.Server) (url string, err error) {
	ctx, cancel := context.WithCancel(context.Background())
	running, err := cos.Listen(ctx, "127.0.0.1:0", server)
	if err != nil {
		cancel()
		return "", err
	}
	later(func() {
		cancel()
		running.Wait()
		done()
	})
	return running.URL, nil
}

// grow writes a file of so many KB: grow app/a.png 3000.
func grow(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: grow FILE KILOBYTES")
	}
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), make([]byte, n<<10), 0o644))
}

// listen finds an address and names it in a variable: listen ADDR is one that
// is free, listen busy ADDR one that is taken until the script ends.
func listen(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: listen [busy] VARIABLE")
	}
	server, err := cos.New(cos.Options{Dir: ts.MkAbs(".other" + args[len(args)-1]), Credentials: []cos.Credentials{cos.NewCredentials()}, NoSync: true})
	ts.Check(err)
	var stop func()
	url, err := serve(func(f func()) { stop = f }, server.Close, server)
	ts.Check(err)
	ts.Setenv(args[len(args)-1], strings.TrimPrefix(url, "http://"))
	if args[0] == "busy" {
		ts.Defer(stop)
		return
	}
	stop()
}

// subst puts the values of variables into a file.
func subst(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: subst FILE ...")
	}
	for _, name := range args {
		text := os.Expand(ts.ReadFile(name), ts.Getenv)
		ts.Check(os.WriteFile(ts.MkAbs(name), []byte(text), 0o644))
	}
}
