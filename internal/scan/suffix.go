package scan

import (
	"path"
	"strings"

	"github.com/wecos-go/wecos/internal/rewrite/source"
)

// knownImages are the suffixes of images, whatever the configuration asks for.
var knownImages = []string{".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg", ".bmp", ".ico"}

// shipping are the suffixes that the uploader packs: the platform's list, and
// the sources that are compiled to one of them. A local webp works in the
// developer tools only.
var shipping = map[string]bool{
	".wxml": true, ".wxss": true, ".wxs": true, ".js": true, ".json": true,
	".png": true, ".jpg": true, ".jpeg": true, ".gif": true, ".svg": true, ".ico": true, ".cur": true,
	".mp3": true, ".aac": true, ".m4a": true, ".mp4": true, ".wav": true, ".ogg": true, ".silk": true,
	".wasm": true, ".br": true, ".skel": true,
	".cer": true, ".crt": true, ".cert": true,
	".ts": true, ".less": true, ".scss": true, ".sass": true,
}

// ships reports whether a file called name counts in the package. Type
// declarations compile to nothing.
func ships(name string) bool {
	name = strings.ToLower(name)
	return shipping[path.Ext(name)] && !strings.HasSuffix(name, ".d.ts")
}

// imageSuffixes maps every suffix of an image to whether it may go online.
func imageSuffixes(configured []string) map[string]bool {
	suffixes := make(map[string]bool)
	for _, s := range knownImages {
		suffixes[s] = false
	}
	for _, s := range configured {
		suffixes[strings.ToLower(s)] = true
	}
	return suffixes
}

// imageSuffix finds the suffix of name among suffixes. A configured suffix may
// have several dots (.9.png).
func imageSuffix(suffixes map[string]bool, name string) (suffix string, image bool) {
	name = strings.ToLower(name)
	for i := strings.IndexByte(name, '.'); i >= 0; {
		if _, ok := suffixes[name[i:]]; ok {
			return name[i:], true
		}
		next := strings.IndexByte(name[i+1:], '.')
		if next < 0 {
			break
		}
		i += 1 + next
	}
	return "", false
}

// Reads reports whether what a file called name holds, or that it is there, can
// mean something to a plan: it is a source or an image. suffixes are those of
// Options.
func Reads(name string, suffixes []string) bool {
	_, image := imageSuffix(imageSuffixes(suffixes), name)
	return image || source.KindOf(name) != source.Other
}
