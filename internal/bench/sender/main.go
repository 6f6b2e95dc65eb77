// Command sender puts every file of a folder into the store and says how fast:
//
//	sender uploader DIR ENDPOINT WORKERS   with package upload
//	sender bare DIR ENDPOINT WORKERS       with net/http and nothing else
//
// It prints one line of JSON: files, seconds and cpu (also seconds), both from
// the first request to the last reply. It reads nothing but the folder.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/wecos-go/wecos/internal/bench/measure"
	"github.com/wecos-go/wecos/internal/upload"
)

func main() {
	if err := run(context.Background(), os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "sender:", err)
		os.Exit(1)
	}
}

type result struct {
	Files   int     `json:"files"`
	Seconds float64 `json:"seconds"`
	CPU     float64 `json:"cpu"`
}

func run(ctx context.Context, args []string, out io.Writer) error {
	if len(args) != 4 {
		return errors.New("usage: sender uploader|bare DIR ENDPOINT WORKERS")
	}
	mode, dir, endpoint := args[0], args[1], args[2]
	workers, err := strconv.Atoi(args[3])
	if err != nil || workers < 1 {
		return fmt.Errorf("%q workers", args[3])
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = e.Name()
	}
	send, done, err := sender(mode, endpoint, workers)
	if err != nil {
		return err
	}
	begin, cpu := time.Now(), measure.OwnCPU()
	errs := upload.Each(ctx, workers, names, func(ctx context.Context, name string) error {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return err
		}
		return send(ctx, "images/"+name, data)
	})
	res := result{Files: len(names), Seconds: time.Since(begin).Seconds(), CPU: (measure.OwnCPU() - cpu).Seconds()}
	if err := errors.Join(append(errs, done())...); err != nil {
		return err
	}
	return json.NewEncoder(out).Encode(res)
}

func sender(mode, endpoint string, workers int) (send func(context.Context, string, []byte) error, done func() error, err error) {
	switch mode {
	case "uploader":
		c, err := upload.NewCOS(upload.COSConfig{
			Endpoint: endpoint, Bucket: "wecos-1250000000",
			SecretID: measure.SecretID, SecretKey: measure.SecretKey, Workers: workers,
		})
		if err != nil {
			return nil, nil, err
		}
		return func(ctx context.Context, key string, data []byte) error {
			return c.Put(ctx, key, upload.Object{Data: data})
		}, c.Close, nil
	case "bare":
		c := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: workers}}
		return func(ctx context.Context, key string, data []byte) error {
			return bare(ctx, c, endpoint+"/"+(&url.URL{Path: key}).EscapedPath(), data)
		}, func() error { c.CloseIdleConnections(); return nil }, nil
	}
	return nil, nil, fmt.Errorf("no sender %q", mode)
}

func bare(ctx context.Context, c *http.Client, url string, data []byte) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPut, url, bytes.NewReader(data))
	if err != nil {
		return err
	}
	resp, err := c.Do(req)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, resp.Body)
	resp.Body.Close()
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", url, resp.Status)
	}
	return err
}
