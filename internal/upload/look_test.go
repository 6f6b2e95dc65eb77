package upload

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestLook(t *testing.T) {
	asked := ""
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked += r.Method + " "
		switch r.URL.Path {
		case "/a.png":
			w.Header().Set("Content-Type", "image/png")
			w.Header().Set("Content-Disposition", "attachment")
			w.Write([]byte("picture"))
		case "/nohead.png":
			if r.Method == http.MethodHead {
				w.WriteHeader(http.StatusMethodNotAllowed)
			}
		case "/away":
			http.Redirect(w, r, "/a.png", http.StatusFound)
		default:
			http.NotFound(w, r)
		}
	}))
	defer server.Close()
	tests := []struct {
		path   string
		status int
		asked  string
		text   string // of the error
	}{
		{"/a.png", 200, "HEAD", ""},
		{"/nohead.png", 200, "HEAD GET", ""},
		{"/away", 200, "HEAD HEAD", ""},
		{"/none.png", 404, "HEAD GET", "answers with status 404"},
	}
	for _, tt := range tests {
		asked = ""
		got, err := Look(t.Context(), server.Client(), server.URL+tt.path)
		if got.Status != tt.status || strings.TrimSpace(asked) != tt.asked || (err == nil) != (tt.text == "") {
			t.Errorf("%s: %+v, %v, asked %s", tt.path, got, err, asked)
		}
		if broken := (*ProbeError)(nil); tt.text != "" && (!errors.As(err, &broken) || broken.Text != tt.text || broken.Hint == "") {
			t.Errorf("%s: %v", tt.path, err)
		}
	}
	got, err := Look(t.Context(), server.Client(), server.URL+"/a.png")
	if err != nil || got.ContentType != "image/png" || got.Size != 7 || !got.ForcedDownload {
		t.Errorf("got %+v, %v", got, err)
	}
	server.Close()
	if got, err := Look(t.Context(), nil, server.URL+"/a.png"); err == nil || got.Status != 0 {
		t.Errorf("a closed server: %+v, %v", got, err)
	}
	if _, err := Look(t.Context(), nil, "http://[::1"); err == nil {
		t.Error("a broken address was asked for")
	}
}
