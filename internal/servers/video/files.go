package video

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"net/http"
	"path"
	"strings"
	"time"

	"github.com/wecos-go/wecos/internal/servers/kit"
)

// SampleScheme begins the address of a file that this server has itself.
const SampleScheme = "sample:"

// Files are the files of the sample films, by name.
type Files map[string][]byte

// fileTypes are the types of such files, by suffix.
var fileTypes = map[string]string{".mp4": "video/mp4", ".jpg": "image/jpeg"}

// routes serves each file, with ranges: players ask for parts.
func (f Files) routes(to *kit.Routes) {
	for name, content := range f {
		sum := sha256.Sum256(content)
		tag := fmt.Sprintf(`"%x"`, sum[:12])
		to.Handle(http.MethodGet, "/video/samples/"+name, func(w http.ResponseWriter, r *http.Request) error {
			h := w.Header()
			h.Set("Content-Type", fileTypes[path.Ext(name)])
			h.Set("Cache-Control", "public, max-age=86400")
			h.Set("ETag", tag)
			http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(content))
			return nil
		})
	}
}

// address is where a client finds what a film names. base is where routes
// begin.
func (f Files) address(base, text string) string {
	name, ok := strings.CutPrefix(text, SampleScheme)
	if _, has := f[name]; !ok || !has {
		return text
	}
	return base + "/video/samples/" + name
}
