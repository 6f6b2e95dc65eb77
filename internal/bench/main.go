// Command bench measures wecos on a generated project against a floor: the
// least work that any program must do. Both run in turns within one
// invocation, so that they meet the same machine; the store they talk to is a
// third process whose work is not counted.
//
//	bench          plan, full run and second run against the floor
//	bench watch    how long a watcher takes to answer, and what it costs idle
//	bench peers    full runs beside npm's wecos
//
// It never touches anything outside its temporary folder.
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"time"

	"github.com/wecos-go/wecos/internal/bench/project"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) (err error) {
	what := "floor"
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		what, args = args[0], args[1:]
	}
	if !slices.Contains([]string{"floor", "watch", "peers"}, what) {
		return fmt.Errorf("there is no benchmark %q", what)
	}
	size := project.Default
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.IntVar(&size.Pages, "pages", size.Pages, "pages of the project")
	flags.IntVar(&size.Images, "images", size.Images, "images of the project")
	flags.IntVar(&size.References, "references", size.References, "references of the project")
	rounds := flags.Int("rounds", map[string]int{"watch": 15, "peers": 1}[what], "measurements of each kind; the median counts; 0 is 5")
	cache := flags.String("cache", "", "peers: where npm's wecos is installed (default: the user's cache folder)")
	dir := flags.String("dir", "", "where the temporary folder is made (default: the system's)")
	idle := flags.Duration("idle", idleTime, "watch: how long an idle watcher is looked at; 0 is not at all")
	check := flags.Bool("check", false, "fail when a target is missed")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *rounds < 0 {
		return errors.New("rounds must not be negative")
	}
	*rounds = cmp.Or(*rounds, 5)

	temp, err := os.MkdirTemp(*dir, "wecos-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(temp)) }()
	b := &bench{temp: temp, size: size, rounds: *rounds}
	if err := b.prepare(ctx); err != nil {
		return err
	}
	fmt.Fprintf(out, "%d pages, %d images (%.1f MB), %d references; medians of %d\n\n",
		size.Pages, size.Images, float64(b.imageBytes)/1e6, size.References, *rounds)
	missed := 0
	switch what {
	case "floor":
		missed, err = b.all(ctx, out)
	case "watch":
		missed, err = b.watch(ctx, out, *idle)
	case "peers":
		missed, err = b.peers(ctx, out, *cache)
	}
	if err != nil {
		return err
	}
	if missed > 0 {
		fmt.Fprintf(out, "\n%d targets missed\n", missed)
		if *check {
			return errors.New("a target was missed")
		}
	}
	return nil
}

// all measures everything that has a floor.
func (b *bench) all(ctx context.Context, out io.Writer) (missed int, err error) {
	t := table{out: out}
	t.head("against the floor")
	if err := b.plan(ctx, &t); err != nil {
		return 0, err
	}
	for _, latency := range []time.Duration{0, 30 * time.Millisecond} {
		if err := b.full(ctx, &t, latency); err != nil {
			return 0, err
		}
	}
	return t.missed, nil
}
