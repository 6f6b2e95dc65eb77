package album

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/wecos-go/wecos/internal/servers/kit"
)

// picturePath begins the routes of pictures, after the base path.
const picturePath = "/album/picture/"

// pictureAge is how long a picture is kept by caches: it never changes, but it
// may be deleted.
const pictureAge = "public, max-age=86400"

// picture hands out the picture with the escaped key, or with ?w= a narrower
// version of it.
func (s *Server) picture(w http.ResponseWriter, r *http.Request, escaped string) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		kit.NotFound(w, r)
		return
	}
	width := 0
	if text := r.URL.Query().Get("w"); text != "" {
		var err error
		if width, err = readWidth(text); err != nil {
			http.Error(w, "Bad Request: w is one of "+widthList(), http.StatusBadRequest)
			return
		}
	}
	key, err := url.PathUnescape(escaped)
	if err != nil || !validKey(key) || !strings.HasPrefix(key, s.folder) {
		kit.NotFound(w, r)
		return
	}
	p, err := s.opener.Open(r.Context(), key)
	if err == nil && width > 0 {
		p, err = s.narrowed(r.Context(), p, key, width)
	}
	switch {
	case errors.Is(err, ErrNotFound):
		kit.NotFound(w, r)
		return
	case err != nil:
		kit.Log(r.Context()).Error("a picture was not read", "error", err)
		http.Error(w, "Internal Server Error", http.StatusInternalServerError)
		return
	}
	defer p.Close()
	h := w.Header()
	h.Set("Content-Type", p.Type)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "sandbox") // whatever it is, it runs nothing
	h.Set("Cache-Control", pictureAge)
	h.Set("Etag", strconv.Quote(p.ETag))
	http.ServeContent(w, r, "", p.Time, p)
}

// narrowed returns the version of p that is no wider than width, which is p
// itself when nothing is gained. It closes p unless it returns it.
func (s *Server) narrowed(ctx context.Context, p *Picture, key string, width int) (*Picture, error) {
	t, err := s.thumbs.get(ctx, key, p.ETag, width, func() ([]byte, error) {
		if _, err := p.Seek(0, io.SeekStart); err != nil {
			return nil, err
		}
		return io.ReadAll(io.LimitReader(p, MaxUpload))
	})
	if err != nil {
		p.Close()
		return nil, err
	}
	if t == nil {
		return p, nil
	}
	made := *p
	made.ReadSeekCloser, made.Type, made.Size = t.open(), t.mime, int64(len(t.data))
	made.ETag = p.ETag + "-w" + strconv.Itoa(width)
	return &made, p.Close()
}
