package web

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"html/template"
	"net/http"
	"strconv"
	"sync"
	"time"
)

var (
	//go:embed page.html
	pageHTML string
	//go:embed page.css
	pageCSS []byte
)

// shown is what every template is given.
type shown struct {
	Title    string
	Style    string
	Token    string
	SignedIn bool
	Data     any
}

// templates are parsed when the first page is asked for, which most runs of a
// store never are.
var templates = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("").Funcs(template.FuncMap{
		"iso":  func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
		"when": func(t time.Time) string { return t.Local().Format("2006-01-02 15:04") },
	}).Parse(pageHTML))
})

// styleURL changes with the style sheet, which a browser may keep for ever.
var styleURL = func() string {
	sum := sha256.Sum256(pageCSS)
	return link("style", "version", hex.EncodeToString(sum[:8]))
}()

func (v *visit) style() error {
	h := v.w.Header()
	h.Set("Content-Type", "text/css; charset=utf-8")
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Content-Length", strconv.Itoa(len(pageCSS)))
	v.w.WriteHeader(http.StatusOK)
	_, _ = v.w.Write(pageCSS) // the visitor may have gone
	return nil
}
