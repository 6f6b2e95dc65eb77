package upload

import (
	"bytes"
	"net/http"
	"strings"
)

// sniffLength is how much of an object decides its Content-Type.
const sniffLength = 512

// ContentType returns the type of an image by the first bytes of its content,
// whatever its name says. Only what cannot be told from the bytes goes by the
// name.
func ContentType(name string, head []byte) string {
	head = head[:min(len(head), sniffLength)]
	found := http.DetectContentType(head)
	switch {
	case strings.HasPrefix(found, "image/"):
		return found
	case isSVG(name, head):
		return "image/svg+xml"
	case bytes.HasPrefix(head, []byte("\x00\x00\x00")) && len(head) >= 12 && string(head[4:8]) == "ftyp" &&
		strings.HasPrefix(string(head[8:12]), "avi"):
		return "image/avif"
	}
	return found
}

// isSVG accepts a document whose root comes after the sniffed part if the
// name says that it is one.
func isSVG(name string, head []byte) bool {
	text := bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n")
	if bytes.HasPrefix(text, []byte("<svg")) {
		return true
	}
	return bytes.HasPrefix(text, []byte("<")) &&
		(bytes.Contains(text, []byte("<svg")) || strings.HasSuffix(strings.ToLower(name), ".svg"))
}
