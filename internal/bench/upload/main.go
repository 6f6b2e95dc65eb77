// Command upload measures the uploader beside the least that any program needs
// to send files, bare PUTs of net/http, and beside cos-nodejs-sdk-v5 when node
// and npm are there. All of them take turns within one invocation, each with as
// many requests in flight, against a store of their own, whose work is not
// counted. It never touches anything outside its temporary folder.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "upload:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) (err error) {
	flags := flag.NewFlagSet("upload", flag.ContinueOnError)
	files := flags.Int("files", 2000, "files of 2 to 20 KB to send")
	rounds := flags.Int("rounds", 3, "measurements of each kind; the median counts")
	list := flags.String("workers", "1,8,32,64", "requests in flight")
	seconds := flags.Float64("seconds", 3, "how long a measurement with latency takes at most, with fewer files")
	node := flags.Bool("node", true, "also measure cos-nodejs-sdk-v5, if node and npm are there")
	dir := flags.String("dir", "", "where the temporary folder is made (default: the system's)")
	check := flags.Bool("check", false, "fail when a target is missed")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *rounds < 1 || *files < 1 || !(*seconds > 0) {
		return errors.New("rounds, files and seconds must be at least 1")
	}
	b := &bench{files: *files, rounds: *rounds, seconds: *seconds, node: *node}
	for text := range strings.SplitSeq(*list, ",") {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			return fmt.Errorf("%q is no number of workers", text)
		}
		b.workers = append(b.workers, n)
	}
	if b.temp, err = os.MkdirTemp(*dir, "wecos-bench-"); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(b.temp)) }()
	if err := b.prepare(ctx); err != nil {
		return err
	}
	fmt.Fprintf(out, "%d files of 2 to 20 KB, fewer for few workers with latency; medians of %d, all in turns\n", *files, *rounds)
	if b.noNode != "" {
		fmt.Fprintf(out, "without cos-nodejs-sdk-v5: %s\n", b.noNode)
	}
	fmt.Fprintln(out)
	t := table{out: out}
	t.head()
	for _, latency := range []time.Duration{0, 30 * time.Millisecond} {
		for _, workers := range b.workers {
			if err := b.compare(ctx, &t, latency, workers); err != nil {
				return err
			}
		}
	}
	if t.missed > 0 {
		fmt.Fprintf(out, "\n%d targets missed\n", t.missed)
		if *check {
			return errors.New("a target was missed")
		}
	}
	return nil
}
