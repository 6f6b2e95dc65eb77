package kit

import (
	"errors"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"
)

func TestClientLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := NewClientLimit(time.Minute, 3)
		one, other := httptest.NewRequest("POST", "/", nil), httptest.NewRequest("POST", "/", nil)
		one.RemoteAddr, other.RemoteAddr = "192.0.2.1:1000", "192.0.2.2:1000"
		for range 3 {
			if err := l.Take(one); err != nil {
				t.Fatal(err)
			}
		}
		limit, ok := errors.AsType[*LimitError](l.Take(one))
		if !ok || limit.RetryAfter != time.Minute {
			t.Errorf("the fourth: %v", limit)
		}
		if err := l.Take(other); err != nil {
			t.Errorf("another client: %v", err)
		}
		time.Sleep(time.Minute)
		if err := l.Take(one); err != nil {
			t.Errorf("a minute later: %v", err)
		}
		if err := l.Take(one); err == nil {
			t.Error("a minute is for one only")
		}
		for _, none := range []*ClientLimit{NewClientLimit(0, 3), NewClientLimit(time.Second, 0)} {
			for range 100 {
				if err := none.Take(one); err != nil {
					t.Fatal(err)
				}
			}
		}
	})
}
