package sio

import (
	"io"
	"net/http"
	"strconv"
	"unicode/utf16"
)

// counted is a packet in a payload of revision 3.
func counted(packet string) string {
	return strconv.Itoa(len(utf16.Encode([]rune(packet)))) + ":" + packet
}

// slowBody begins a POST request whose body does not end until it is closed.
func slowBody(w *world, query string) (io.Closer, error) {
	r, body := io.Pipe()
	req, err := http.NewRequestWithContext(w.t.Context(), "POST", "http://host/?"+query, r)
	if err != nil {
		return nil, err
	}
	go func() {
		resp, err := w.http.Do(req)
		if err == nil {
			resp.Body.Close()
		}
	}()
	_, err = body.Write([]byte("4"))
	return body, err
}
