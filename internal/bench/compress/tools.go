package main

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

const (
	pngquant  = "pngquant"
	jpegoptim = "jpegoptim"
)

// tool is a program that compresses a file to standard output.
type tool struct {
	name string
	// arguments for a quality from 1 to 100, or 101 for none; several where
	// the better of them counts.
	arguments func(quality int) [][]string
	// refused is the exit status, and what is said, for pictures that it
	// leaves alone.
	refused int
	says    string
}

func toolFor(data []byte) tool {
	if bytes.HasPrefix(data, []byte("\x89PNG")) {
		return tool{pngquant, func(q int) [][]string {
			if q > 100 {
				return nil
			}
			return [][]string{{"--quality", fmt.Sprintf("0-%d", q), "--strip", "--output", "-"}}
		}, 98, ""}
	}
	return tool{jpegoptim, func(q int) [][]string {
		var all [][]string
		for _, kind := range []string{"--all-normal", "--all-progressive"} {
			args := []string{"--strip-all", "--quiet", kind, "--stdout"}
			if q <= 100 {
				args = append(args, fmt.Sprintf("-m%d", q))
			}
			all = append(all, args)
		}
		return all
	}, 3, "write failed to stdout"} // with --stdout, when nothing is gained
}

// run compresses the file, whose content is data.
func (t tool) run(ctx context.Context, args []string, file string, data []byte) ([]byte, time.Duration, error) {
	cmd := exec.CommandContext(ctx, t.name, append(slices.Clone(args), file)...)
	var out, message bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &message
	err := cmd.Run()
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit) && exit.ExitCode() == t.refused && strings.Contains(message.String(), t.says):
		return data, 0, nil
	case err != nil:
		return nil, 0, fmt.Errorf("%s %s: %w: %s", t.name, strings.Join(args, " "), err, strings.TrimSpace(message.String()))
	}
	return out.Bytes(), cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), nil
}

// smallest leaves out pictures that are mostly header.
const smallest = 2 << 10

// collect takes pictures below a folder, each content once, in an order that
// mixes the projects they come from.
func collect(dir string, most int) ([]picture, error) {
	type found struct {
		picture
		hash [sha256.Size]byte
	}
	var all []found
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		ext := strings.ToLower(filepath.Ext(path))
		if ext != ".png" && ext != ".jpg" && ext != ".jpeg" {
			return nil
		}
		data, err := os.ReadFile(path)
		if err != nil || len(data) < smallest {
			return err
		}
		kind := "real JPEG"
		switch {
		case bytes.HasPrefix(data, []byte("\x89PNG")):
			kind = "real PNG"
		case !bytes.HasPrefix(data, []byte("\xff\xd8")):
			return nil
		}
		if _, err := pixels(data); err == nil {
			all = append(all, found{picture{kind, path, data}, sha256.Sum256(data)})
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(all, func(a, b found) int {
		return cmp.Or(bytes.Compare(a.hash[:], b.hash[:]), cmp.Compare(a.name, b.name))
	})
	all = slices.CompactFunc(all, func(a, b found) bool { return a.hash == b.hash })
	// JPEGs are few in mini-programs: all of them first.
	slices.SortStableFunc(all, func(a, b found) int { return cmp.Compare(a.kind, b.kind) })
	var pictures []picture
	for _, f := range all[:min(most, len(all))] {
		pictures = append(pictures, f.picture)
	}
	return pictures, nil
}
