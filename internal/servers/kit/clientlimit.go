package kit

import (
	"net/http"
	"time"
)

// ClientLimit bounds how often each client may do one thing of an app, beside
// the limit of all requests.
type ClientLimit struct{ rates *clientRates }

// NewClientLimit lets a client act burst times at once, and from then on once
// in every. It limits nobody when one of them is 0 or less.
func NewClientLimit(every time.Duration, burst int) *ClientLimit {
	if every <= 0 || burst <= 0 {
		return &ClientLimit{}
	}
	return &ClientLimit{newRates(every, burst)}
}

// Take counts one act of the client of r; the error is a *LimitError, which is
// answered with 429.
func (l *ClientLimit) Take(r *http.Request) error {
	if wait := l.rates.take(ClientAddr(r), time.Now()); wait > 0 {
		return &LimitError{RetryAfter: wait}
	}
	return nil
}
