// Command icons draws the pictures of the servers' mini-programs. It is run by
// hand when one of them is to change; what it writes is committed.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

// sets are the pictures, by the folder that they go to.
var sets = map[string][]icon{
	"album/applet/images": album,
	"rps/applet/images":   rps,
}

func main() {
	dir := flag.String("dir", "internal/servers", "folder of the servers")
	flag.Parse()
	for folder, icons := range sets {
		for _, i := range icons {
			if err := i.write(filepath.Join(*dir, filepath.FromSlash(folder))); err != nil {
				fmt.Fprintf(os.Stderr, "icons: %s: %v\n", i.name, err)
				os.Exit(1)
			}
		}
	}
}
