package kit

import (
	"bytes"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"
)

// Pages serves the files of an embedded page, index.html at folders. Scripts,
// styles and requests come from the page's own server only; images and media
// may come from the given origins as well. Nothing may be inline.
func Pages(fsys fs.FS, origins ...string) http.Handler {
	media := strings.Join(append([]string{"'self'", "blob:"}, origins...), " ")
	policy := "default-src 'self'; img-src " + media + "; media-src " + media +
		"; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
	return &pages{fsys: fsys, policy: policy}
}

type pages struct {
	fsys   fs.FS
	policy string
}

func (p *pages) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		NotFound(w, r)
		return
	}
	name := strings.TrimPrefix(r.URL.Path, "/")
	if name == "" || strings.HasSuffix(name, "/") {
		name += "index.html"
	}
	if !fs.ValidPath(name) {
		NotFound(w, r)
		return
	}
	content, err := fs.ReadFile(p.fsys, name)
	if err != nil {
		NotFound(w, r)
		return
	}
	SecurePage(w.Header(), p.policy)
	h := w.Header()
	h.Set("Cache-Control", "no-cache") // ask each time; the ETag answers
	h.Set("ETag", strconv.Quote(strings.Trim(weakTag(content), `W/"`)))
	http.ServeContent(w, r, path.Base(name), time.Time{}, bytes.NewReader(content))
}

// SecurePage sets the headers that keep other sites out of a page.
func SecurePage(h http.Header, policy string) {
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
}
