// Command sampleimages draws the pictures of the sample mini-program in
// testdata/projects/teashop. The same program always draws the same pictures;
// they are committed, so that nothing needs to run it but a change of the
// sample. It never reads a picture and writes only below the folder it is
// given.
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: sampleimages APPDIR")
		os.Exit(2)
	}
	if err := drawAll(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "sampleimages:", err)
		os.Exit(1)
	}
}

// drawAll writes every picture of the sample below dir.
func drawAll(dir string) error {
	for _, p := range pictures() {
		data, err := p.encode()
		if err != nil {
			return fmt.Errorf("%s: %w", p.path, err)
		}
		name := filepath.Join(dir, filepath.FromSlash(p.path))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(name, data, 0o644); err != nil {
			return err
		}
	}
	return nil
}
