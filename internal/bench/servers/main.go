// Command servers measures the demo servers under load, each beside a bare
// net/http handler that makes the same query and encodes the same rows. Both are
// processes of their own and take turns within one invocation; wrk asks them. It
// never uses a database or a server that runs already.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"
)

// bare are the programs that servers are compared with: this one, started with
// the name and arguments of one of them. They listen, say where, and serve.
var bare = map[string]func(ctx context.Context, args []string) error{
	"bare-album": bareAlbum,
	"bare-video": bareVideo,
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var err error
	if len(os.Args) > 1 && bare[os.Args[1]] != nil {
		err = bare[os.Args[1]](ctx, os.Args[2:])
	} else {
		err = run(ctx, os.Args[1:], os.Stdout)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "servers:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) (err error) {
	flags := flag.NewFlagSet("servers", flag.ContinueOnError)
	seconds := flags.Int("seconds", 4, "how long each measurement takes")
	rounds := flags.Int("rounds", 3, "measurements of each; the median counts")
	clients := flags.Int("clients", 16, "connections that ask at the same time")
	only := flags.String("only", "", "the one server to measure")
	check := flags.Bool("check", false, "fail when a target is missed")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *seconds < 1 || *rounds < 1 || *clients < 1 {
		return errors.New("seconds, rounds and clients must be at least 1")
	}
	if _, err := exec.LookPath("wrk"); err != nil {
		return errors.New("wrk is not installed (Debian: apt-get install wrk)")
	}
	b := &bench{out: out, duration: time.Duration(*seconds) * time.Second, rounds: *rounds, clients: *clients}
	if b.temp, err = os.MkdirTemp("", "wecos-bench-"); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.close(), os.RemoveAll(b.temp)) }()
	if b.self, err = os.Executable(); err != nil {
		return err
	}
	b.appletctl = filepath.Join(b.temp, "appletctl")
	build := exec.CommandContext(ctx, "go", "build", "-o", b.appletctl, "github.com/wecos-go/wecos/cmd/appletctl")
	if said, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %w\n%s", err, said)
	}
	fmt.Fprintf(out, "%d clients, medians of %d times %s, all in turns\n", *clients, *rounds, b.duration)
	for _, server := range []struct {
		name string
		run  func(context.Context) error
	}{{"album", b.album}, {"video", b.video}} {
		if *only != "" && *only != server.name {
			continue
		}
		if err := server.run(ctx); err != nil {
			return err
		}
	}
	if b.missed > 0 {
		fmt.Fprintf(out, "\n%d targets missed\n", b.missed)
		if *check {
			return errors.New("a target was missed")
		}
	}
	return nil
}
