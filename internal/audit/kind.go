package audit

import (
	"path"
	"strings"

	"github.com/wecos-go/wecos/internal/rewrite"
	"github.com/wecos-go/wecos/internal/scan"
)

// Kind is what a file is to a person who looks for what is large.
type Kind string

// The kinds of files.
const (
	Image  Kind = "image"
	Audio  Kind = "audio"
	Video  Kind = "video"
	Font   Kind = "font"
	Script Kind = "script" // js, ts, wxs
	Markup Kind = "markup" // wxml
	Style  Kind = "style"  // wxss and what is compiled to it
	Data   Kind = "data"   // json
	Other  Kind = "other"
)

// Kinds lists them all.
func Kinds() []Kind { return []Kind{Image, Audio, Video, Font, Script, Markup, Style, Data, Other} }

var kinds = map[string]Kind{
	".png": Image, ".jpg": Image, ".jpeg": Image, ".gif": Image, ".svg": Image, ".webp": Image, ".bmp": Image,
	".ico": Image, ".cur": Image, ".avif": Image, ".heic": Image, ".tif": Image, ".tiff": Image,
	".mp3": Audio, ".aac": Audio, ".m4a": Audio, ".wav": Audio, ".ogg": Audio, ".silk": Audio, ".flac": Audio, ".amr": Audio,
	".mp4": Video, ".mov": Video, ".webm": Video, ".m4v": Video, ".avi": Video, ".mkv": Video,
	".ttf": Font, ".otf": Font, ".woff": Font, ".woff2": Font, ".eot": Font, ".ttc": Font,
	".js": Script, ".ts": Script, ".wxs": Script, ".wasm": Script,
	".wxml": Markup,
	".wxss": Style, ".less": Style, ".scss": Style, ".sass": Style, ".styl": Style,
	".json": Data,
}

// KindOf tells the kind of a file by its name.
func KindOf(name string) Kind {
	if k, ok := kinds[strings.ToLower(path.Ext(name))]; ok {
		return k
	}
	return Other
}

// notShipping says what to do about a file that does not reach a device, or ""
// when nobody expects it there: sources of other tools, notes, type
// declarations.
func notShipping(f *scan.File, kind Kind) string {
	suffix := strings.ToLower(path.Ext(f.Path))
	switch {
	case hidden(f.Path):
		return ""
	case kind == Image || f.Image:
		return suffix + " files do not ship and show in the developer tools only: convert it to png or jpg, or put it online"
	case kind == Font:
		return "fonts do not ship: put it online and load it with wx.loadFontFace, or inline it"
	case kind == Audio || kind == Video:
		return suffix + " files do not ship: convert it, or put it online"
	}
	return ""
}

func hidden(name string) bool { return strings.HasPrefix(name, ".") || strings.Contains(name, "/.") }

// named is the file that a url() names, or "".
func (a *auditor) named(s rewrite.StyleFile) string {
	if s.Image != "" {
		return s.Image
	}
	value, _, _ := strings.Cut(s.Value, "?")
	value, _, _ = strings.Cut(value, "#")
	dir := path.Dir(s.At.File)
	if strings.HasPrefix(value, "/") {
		dir = "."
	}
	if name := path.Join(dir, value); a.in.Tree.File(name) != nil {
		return name
	}
	return ""
}
