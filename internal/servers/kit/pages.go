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
	p := &pages{files: make(map[string]page), policy: "default-src 'self'; img-src " + media + "; media-src " + media +
		"; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"}
	// What cannot be read is not served; an embedded file always can.
	_ = fs.WalkDir(fsys, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		content, err := fs.ReadFile(fsys, name)
		if err == nil {
			p.files["/"+name] = page{content, strconv.Quote(contentTag(content))}
		}
		return err
	})
	return p
}

type page struct {
	content []byte
	tag     string
}

type pages struct {
	files  map[string]page // by path
	policy string
}

func (p *pages) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := r.URL.Path
	if strings.HasSuffix(name, "/") {
		name += "index.html"
	}
	file, ok := p.files[name]
	if !ok || r.Method != http.MethodGet && r.Method != http.MethodHead {
		NotFound(w, r)
		return
	}
	h := w.Header()
	SecurePage(h, p.policy)
	h.Set("Cache-Control", "no-cache") // ask each time; the ETag answers
	h.Set("ETag", file.tag)
	http.ServeContent(w, r, path.Base(name), time.Time{}, bytes.NewReader(file.content))
}

// SecurePage sets the headers that keep other sites out of a page; policy is
// its Content-Security-Policy.
func SecurePage(h http.Header, policy string) {
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
}
