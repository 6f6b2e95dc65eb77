// Command floor does the least that any program must do to slim an app, as
// plainly as Go allows, so that wecos can be measured against it:
//
//	floor read DIR                   read every file once
//	floor all DIR ENDPOINT BACKUP    and PUT every .png over 32 connections and
//	                                 copy it to BACKUP, synced
//
// It checks nothing, decides nothing and removes nothing.
package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"sync"
)

const connections = 32

func main() {
	var err error
	switch {
	case len(os.Args) == 3 && os.Args[1] == "read":
		_, err = read(os.Args[2])
	case len(os.Args) == 5 && os.Args[1] == "all":
		err = all(os.Args[2], os.Args[3], os.Args[4])
	default:
		err = errors.New("usage: floor read DIR | floor all DIR ENDPOINT BACKUP")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "floor:", err)
		os.Exit(1)
	}
}

// read reads every file below dir and returns the images' paths.
func read(dir string) ([]string, error) {
	var images []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if filepath.Ext(path) == ".png" {
			images = append(images, path)
		}
		_, err = os.ReadFile(path)
		return err
	})
	return images, err
}

// all reads the sources' and the images' bytes once: the images are read where
// they are sent.
func all(dir, endpoint, backup string) error {
	var images []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if filepath.Ext(path) == ".png" {
			images = append(images, path)
			return os.MkdirAll(filepath.Join(backup, filepath.Dir(path[len(dir):])), 0o755)
		}
		_, err = os.ReadFile(path)
		return err
	})
	if err != nil {
		return err
	}
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: connections}}
	todo := make(chan string)
	failed := make(chan error, connections)
	var workers sync.WaitGroup
	for range connections {
		workers.Go(func() {
			for path := range todo {
				if err := move(client, path, endpoint+filepath.ToSlash(path[len(dir):]), filepath.Join(backup, path[len(dir):])); err != nil {
					select {
					case failed <- err:
					default:
					}
				}
			}
		})
	}
	for _, path := range images {
		todo <- path
	}
	close(todo)
	workers.Wait()
	close(failed)
	return <-failed
}

func move(client *http.Client, path, url, backup string) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	req, err := http.NewRequest(http.MethodPut, url, bytes.NewReader(data))
	if err != nil {
		return err
	}
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, resp.Body)
	resp.Body.Close()
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", url, resp.Status)
	}
	f, err := os.Create(backup)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Sync(), f.Close())
}
