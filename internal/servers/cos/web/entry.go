package web

import (
	"fmt"
	"mime"
	"path"
	"strings"
	"time"
	"unicode"

	"github.com/wecos-go/wecos/internal/servers/cos/disk"
)

// crumb is a name that leads somewhere.
type crumb struct{ Name, URL string }

// folder is what one page of a folder shows.
type folder struct {
	Crumbs      []crumb
	Folders     []crumb
	Objects     []entry
	First, Next string // addresses, "" where there is no such page
}

// confirmation is what the question before a deletion shows.
type confirmation struct {
	Crumbs              []crumb
	Bucket, Key, Marker string
	Entry               entry
	Back                string
}

// entry is an object as the page shows it.
type entry struct {
	Name   string
	URL    string // of the content
	Delete string
	// Picture is the address of a thumbnail; without one Badge stands there.
	Picture string
	Badge   string
	Size    string
	Type    string
	Time    time.Time
}

// thumbnailTypes are those of which the store makes thumbnails.
var thumbnailTypes = map[string]bool{
	"image/jpeg": true, "image/png": true, "image/gif": true, "image/webp": true, "image/bmp": true,
}

// The largest objects that a page shows, in bytes: pictures that are processed,
// and drawings, which are sent as they are.
const (
	maxPicture = 32 << 20
	maxDrawing = 256 << 10
)

func newEntry(bucket, prefix, marker string, o disk.Info) entry {
	name := o.Key[len(prefix):]
	e := entry{
		Name: printable(name), Size: size(o.Size), Type: TypeOf(o), Time: o.ModTime, Badge: badge(name),
		// The version keeps a browser from showing what it has remembered.
		URL:    link("object", "bucket", bucket, "key", o.Key, "version", o.ETag),
		Delete: link("delete", "bucket", bucket, "key", o.Key, "marker", marker),
	}
	if name == "" {
		e.Name = "(this folder)" // some clients make an object for each
	}
	switch {
	case thumbnailTypes[e.Type] && o.Size > 0 && o.Size <= maxPicture:
		e.Picture = link("thumbnail", "bucket", bucket, "key", o.Key, "version", o.ETag)
	case e.Type == "image/svg+xml" && o.Size <= maxDrawing:
		e.Picture = e.URL
	}
	return e
}

// pictureTypes are those of names, which must not depend on the computer.
var pictureTypes = map[string]string{
	".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".gif": "image/gif",
	".webp": "image/webp", ".bmp": "image/bmp",
}

const unknownType = "application/octet-stream"

// TypeOf is the type that an object was given, without parameters. Where it
// says nothing, the name of a picture counts.
func TypeOf(o disk.Info) string {
	kind, _, err := mime.ParseMediaType(o.Header["Content-Type"])
	if err == nil && kind != unknownType {
		return kind
	}
	if named := pictureTypes[strings.ToLower(path.Ext(o.Key))]; named != "" {
		return named
	}
	return unknownType
}

// badge is the ending of a name, if it is one that fits.
func badge(name string) string {
	ext := strings.TrimPrefix(path.Ext(name), ".")
	if ext == "" || len(ext) > 6 || strings.ContainsFunc(ext, func(c rune) bool { return c > unicode.MaxASCII || !unicode.IsPrint(c) }) {
		return "file"
	}
	return strings.ToLower(ext)
}

// size is a number of bytes for people, in units of 1024.
func size(n int64) string {
	if n < 1024 {
		return fmt.Sprintf("%d B", n)
	}
	f := float64(n)
	for _, unit := range []string{"KB", "MB", "GB"} {
		if f /= 1024; f < 1000 || unit == "GB" {
			return fmt.Sprintf("%.1f %s", f, unit)
		}
	}
	return ""
}

// printable shows what a name holds and a page would not: control characters
// as their pictures, others that cannot be seen as their numbers, an empty name
// as such.
func printable(name string) string {
	if name == "" {
		return "(no name)"
	}
	var b strings.Builder
	for _, c := range name {
		switch {
		case c < ' ':
			b.WriteRune('\u2400' + c)
		case c == 0x7f:
			b.WriteRune('\u2421')
		case c != ' ' && !unicode.IsPrint(c):
			fmt.Fprintf(&b, "<%U>", c)
		default:
			b.WriteRune(c)
		}
	}
	return b.String()
}
