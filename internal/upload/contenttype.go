package upload

import (
	"bytes"
	"net/http"
	"path"
	"strings"
)

// sniffLength is how much of an object decides its Content-Type.
const sniffLength = 512

// suffixTypes are for content that does not show what it is.
var suffixTypes = map[string]string{
	".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".gif": "image/gif",
	".webp": "image/webp", ".svg": "image/svg+xml", ".bmp": "image/bmp", ".ico": "image/x-icon",
	".avif": "image/avif",
}

// ContentType returns the type of an image by the first bytes of its content.
// Where they do not show one the name decides, so that a damaged image never
// becomes a page that a browser would run.
func ContentType(name string, head []byte) string {
	head = head[:min(len(head), sniffLength)]
	if found := http.DetectContentType(head); strings.HasPrefix(found, "image/") {
		return found
	}
	if len(head) >= 12 && string(head[4:8]) == "ftyp" && string(head[8:11]) == "avi" {
		return "image/avif"
	}
	text := bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n")
	if bytes.HasPrefix(text, []byte("<")) && bytes.Contains(text, []byte("<svg")) && !bytes.Contains(text, []byte("<html")) {
		return "image/svg+xml"
	}
	if byName := suffixTypes[strings.ToLower(path.Ext(name))]; byName != "" {
		return byName
	}
	return "application/octet-stream"
}
