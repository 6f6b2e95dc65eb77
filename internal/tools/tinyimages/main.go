// Command tinyimages writes a picture of one pixel to each path it is given,
// in the format that the suffix names. The colour follows from the path below
// the folder in or want, so that pictures of a golden project differ from each
// other but the kept one in want equals its twin in in. It never overwrites a
// file.
package main

import (
	"bytes"
	"errors"
	"fmt"
	"hash/fnv"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

func main() {
	for _, name := range os.Args[1:] {
		if err := write(name); err != nil {
			fmt.Fprintln(os.Stderr, "tinyimages:", err)
			os.Exit(1)
		}
	}
}

func write(name string) error {
	data, err := encode(name)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Close())
}

func encode(name string) ([]byte, error) {
	slash := filepath.ToSlash(name)
	if _, below, ok := strings.Cut(slash, "/in/"); ok {
		slash = below
	} else if _, below, ok := strings.Cut(slash, "/want/"); ok {
		slash = below
	}
	h := fnv.New32a()
	h.Write([]byte(slash))
	v := h.Sum32()
	img := image.NewNRGBA(image.Rect(0, 0, 1, 1))
	img.Set(0, 0, color.NRGBA{byte(v), byte(v >> 8), byte(v >> 16), 255})

	var buf bytes.Buffer
	var err error
	switch ext := strings.ToLower(filepath.Ext(name)); ext {
	case ".png":
		err = png.Encode(&buf, img)
	case ".jpg", ".jpeg":
		err = jpeg.Encode(&buf, img, nil)
	case ".gif":
		pal := image.NewPaletted(img.Rect, color.Palette{img.At(0, 0)})
		err = gif.Encode(&buf, pal, nil)
	case ".svg":
		fmt.Fprintf(&buf, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"1\" height=\"1\"><rect fill=\"#%06x\" width=\"1\" height=\"1\"/></svg>\n", v>>8)
	default:
		err = fmt.Errorf("no encoder for %q", ext)
	}
	return buf.Bytes(), err
}
