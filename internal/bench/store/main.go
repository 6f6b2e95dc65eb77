// Command store serves an object store for the benchmark in a process of its
// own, so that its work is not counted. It prints its address, then serves
// until its standard input ends. Requests without a signature are signed on
// arrival, because the floor program sends none.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	sdk "github.com/tencentyun/cos-go-sdk-v5"

	"github.com/wecos-go/wecos/internal/servers/cos"
)

func main() {
	var opt options
	flag.StringVar(&opt.dir, "dir", "", "folder of the objects")
	flag.StringVar(&opt.id, "id", "", "secret id")
	flag.StringVar(&opt.key, "key", "", "secret key")
	flag.DurationVar(&opt.latency, "latency", 0, "how long every request waits")
	flag.Parse()
	if err := run(opt, os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "store:", err)
		os.Exit(1)
	}
}

type options struct {
	dir, id, key string
	latency      time.Duration
}

func run(opt options, in io.Reader, out io.Writer) (err error) {
	srv, err := cos.New(cos.Options{
		Dir:         opt.dir,
		Credentials: []cos.Credentials{{ID: opt.id, Key: opt.key}},
		NoSync:      true,
		Fault:       func(*http.Request) cos.Fault { return cos.Fault{Latency: opt.latency} },
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, srv.Close()) }()
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	running, err := cos.Listen(ctx, "127.0.0.1:0", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPut && r.Header.Get("Authorization") == "" {
			sdk.AddAuthorizationHeader(opt.id, opt.key, "", r, sdk.NewAuthTime(time.Hour))
		}
		srv.ServeHTTP(w, r)
	}))
	if err != nil {
		return err
	}
	fmt.Fprintln(out, running.URL)
	_, err = io.Copy(io.Discard, in)
	stop()
	return errors.Join(err, running.Wait())
}
