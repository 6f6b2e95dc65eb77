package kit

import (
	"net/http"
	"slices"
)

// cors lets pages of the allowed origins read the reply. It reports whether the
// request is a preflight, which needs no other answer.
func cors(h http.Header, r *http.Request, allowed []string) bool {
	if len(allowed) == 0 {
		return false
	}
	h.Add("Vary", "Origin")
	origin := r.Header.Get("Origin")
	if origin == "" || !slices.Contains(allowed, origin) && !slices.Contains(allowed, "*") {
		return false
	}
	h.Set("Access-Control-Allow-Origin", origin)
	if r.Method != http.MethodOptions || r.Header.Get("Access-Control-Request-Method") == "" {
		return false
	}
	h.Set("Access-Control-Allow-Methods", "GET, HEAD, POST")
	if names := r.Header.Get("Access-Control-Request-Headers"); names != "" {
		h.Set("Access-Control-Allow-Headers", names)
	}
	h.Set("Access-Control-Max-Age", "600") // seconds
	return true
}
