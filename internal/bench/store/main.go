// Command store serves an object store for the benchmarks in a process of its
// own, so that its work is not counted. It prints its address, serves until its
// standard input ends, and prints how many connections clients opened. Requests
// without a signature are signed on arrival, because the floor programs send
// none.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"sync/atomic"
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
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	var opened atomic.Int64
	server := &http.Server{
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPut && r.Header.Get("Authorization") == "" {
				sdk.AddAuthorizationHeader(opt.id, opt.key, "", r, sdk.NewAuthTime(time.Hour))
			}
			srv.ServeHTTP(w, r)
		}),
		ConnState: func(_ net.Conn, s http.ConnState) {
			if s == http.StateNew {
				opened.Add(1)
			}
		},
		ReadHeaderTimeout: 10 * time.Second,
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(ln) }()
	fmt.Fprintln(out, "http://"+ln.Addr().String())
	_, err = io.Copy(io.Discard, in)
	err = errors.Join(err, server.Close())
	if e := <-served; e != http.ErrServerClosed {
		err = errors.Join(err, e)
	}
	fmt.Fprintln(out, opened.Load())
	return err
}
