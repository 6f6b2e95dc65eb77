package weapp

import (
	"context"
	"fmt"
	"testing"
	"time"
)

type instant struct{}

func (instant) Exchange(_ context.Context, code string) (Identity, error) {
	return Identity{OpenID: "o" + code, SessionKey: "k"}, nil
}

// However many codes come, a bounded number is remembered, and old ones go.
func TestFlightsAreBounded(t *testing.T) {
	now := time.Unix(0, 0)
	fs := newFlights(instant{}, func() time.Time { return now }, func(time.Duration, error) {})
	defer fs.close()
	for i := range maxFlights + 100 {
		f, began := fs.of(fmt.Sprint(i))
		<-f.done
		f.leave()
		if !began {
			t.Fatalf("code %d is known", i)
		}
	}
	if n := len(fs.known); n != maxFlights || len(fs.order) != n {
		t.Errorf("%d are known, %d in order", n, len(fs.order))
	}
	if fs.seen("5") != nil || fs.seen(fmt.Sprint(maxFlights)) == nil {
		t.Error("the wrong ones went")
	}
	now = now.Add(answerLifetime)
	if fs.seen("nothing") != nil || len(fs.known) != 0 || len(fs.order) != 0 {
		t.Errorf("%d are known after their time", len(fs.known))
	}
}
