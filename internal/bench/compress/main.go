// Command compress measures the local compression of pictures beside pngquant
// and jpegoptim: total bytes at equal similarity, and CPU time. It draws its
// own pictures and takes more from a folder; it never writes to that folder.
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
	"runtime"

	"github.com/wecos-go/wecos/internal/upload/compress"
)

// target is the most that our bytes may be of theirs.
const target = 1.15

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "bench-compress:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("bench-compress", flag.ContinueOnError)
	real := flags.String("real", os.Getenv("REAL"), "a folder of real pictures to take as well (default: $REAL)")
	most := flags.Int("most", 100, "real pictures at the most")
	quality := flags.Int("quality", compress.DefaultQuality, "our quality")
	each := flags.Bool("each", false, "a line for each picture as well")
	check := flags.Bool("check", false, "fail when the target is missed")
	if err := flags.Parse(args); err != nil {
		return err
	}
	for _, tool := range []string{pngquant, jpegoptim} {
		if _, err := exec.LookPath(tool); err != nil {
			return fmt.Errorf("%s is not installed, so there is nothing to compare with\nhint: apt-get install -y %s %s", tool, pngquant, jpegoptim)
		}
	}
	// One thread, as the tools have.
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	engine, err := compress.New(compress.Options{Quality: *quality})
	if err != nil {
		return err
	}
	pictures, err := drawn()
	if err != nil {
		return err
	}
	n := len(pictures)
	if *real != "" {
		found, err := collect(*real, *most)
		if err != nil {
			return err
		}
		pictures = append(pictures, found...)
	}
	fmt.Fprintf(out, "%d drawn and %d real pictures, our quality %d; theirs: the setting of the tool that is as similar or more (SSIM)\n\n",
		n, len(pictures)-n, *quality)
	var t table
	for _, p := range pictures {
		r, err := measure(ctx, engine, p)
		if err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
		if *each {
			r.print(out)
		}
		t.add(r)
	}
	ratio := t.print(out)
	if ratio > target {
		fmt.Fprintf(out, "\nabove the target of %.2f\n", target)
		if *check {
			return errors.New("the target was missed")
		}
	}
	return nil
}
