package cos

import (
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	sdk "github.com/tencentyun/cos-go-sdk-v5"
)

// try sends a signed request and returns what came of it.
func try(t *testing.T, method, address, body string) (status int, text string, err error) {
	t.Helper()
	req, err := http.NewRequest(method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	sdk.AddAuthorizationHeader(testKeys.ID, testKeys.Key, "", req, sdk.NewAuthTime(time.Hour))
	resp, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(req)
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	return resp.StatusCode, string(b), err
}

func TestFaultKinds(t *testing.T) {
	var fault atomic.Pointer[Fault]
	s, address := start(t, Options{Fault: func(*http.Request) Fault { return *fault.Load() }})
	large := strings.Repeat("large body ", 1<<16)
	put := func(f Fault, body string) (int, string, error) {
		fault.Store(&f)
		return try(t, "PUT", address+"/k", body)
	}
	has := func(want string) {
		t.Helper()
		o, err := s.buckets[DefaultBucket].store.Get("k")
		if err != nil {
			if want != "" {
				t.Error(err)
			}
			return
		}
		defer o.Close()
		if b, _ := io.ReadAll(o); string(b) != want {
			t.Errorf("the object holds %d bytes, want %d", len(b), len(want))
		}
	}

	for _, body := range []string{"small", large} {
		if _, _, err := put(Fault{Reset: true}, body); err == nil {
			t.Error("reset: a reply came")
		}
		if _, _, err := put(Fault{ResetAfterBody: true}, body); err == nil {
			t.Error("reset after the body: a reply came")
		}
		has("")
	}
	if _, _, err := put(Fault{LoseReply: true}, large); err == nil {
		t.Error("a lost reply came")
	}
	has(large)
	if status, _, err := put(Fault{}, "now"); status != 200 || err != nil {
		t.Errorf("no fault: %d, %v", status, err)
	}

	fault.Store(&Fault{Truncate: 2})
	if status, text, err := try(t, "GET", address+"/k", ""); status != 200 || text != "no" || !broken(err) {
		t.Errorf("truncated: %d %q, %v", status, text, err)
	}
	fault.Store(&Fault{Truncate: 3})
	if _, text, err := try(t, "GET", address+"/k", ""); text != "now" || err != nil {
		t.Errorf("not truncated: %q, %v", text, err)
	}

	fault.Store(&Fault{WrongCRC: true})
	c := client(t, address, testKeys)
	if _, err := c.Object.Put(t.Context(), "k", strings.NewReader("x"), nil); err == nil || !strings.Contains(err.Error(), "verification failed") {
		t.Errorf("wrong CRC: %v", err)
	}
	has("x")

	for status, want := range map[int]string{503: "ServiceUnavailable", 500: "InternalError"} {
		if got, text, _ := put(Fault{Status: status}, "x"); got != status || code(text) != want {
			t.Errorf("%d %s, want %d %s", got, text, status, want)
		}
	}
	begin := time.Now()
	if status, _, _ := put(Fault{Latency: 20 * time.Millisecond}, "x"); status != 200 || time.Since(begin) < 20*time.Millisecond {
		t.Errorf("latency: %d after %v", status, time.Since(begin))
	}
	status, text, _ := put(Fault{Status: 503, Code: "SlowDown", RetryAfter: 1500 * time.Millisecond}, "x")
	if status != 503 || code(text) != "SlowDown" {
		t.Errorf("slow down: %d %s", status, text)
	}
	if resp, _ := send(t, nil, "GET", address+"/k", ""); resp.Header.Get("Retry-After") != "2" {
		t.Errorf("Retry-After: %v", resp.Header)
	}
	begin = time.Now()
	if status, _, err := put(Fault{Rate: 10000}, strings.Repeat("x", 1000)); status != 200 || err != nil || time.Since(begin) < 90*time.Millisecond {
		t.Errorf("slow body: %d, %v, after %v", status, err, time.Since(begin))
	}
	fault.Store(&Fault{Rate: 10000})
	begin = time.Now()
	if _, text, err := try(t, "GET", address+"/k", ""); len(text) != 1000 || err != nil || time.Since(begin) < 70*time.Millisecond {
		t.Errorf("slow reply: %d bytes, %v, after %v", len(text), err, time.Since(begin))
	}
	for _, skew := range []time.Duration{2 * time.Hour, -2 * time.Hour} {
		if _, text, _ := put(Fault{Skew: skew}, "x"); code(text) != "RequestTimeTooSkewed" {
			t.Errorf("skew %v: %s", skew, text)
		}
	}
}

// broken reports whether a reply was cut off.
func broken(err error) bool {
	return err != nil && (errors.Is(err, io.ErrUnexpectedEOF) || strings.Contains(err.Error(), "reset"))
}

func planned(p FaultPlan, n int) []Fault {
	f := p.Func()
	faults := make([]Fault, n)
	for i := range faults {
		req, _ := http.NewRequest("PUT", fmt.Sprintf("http://x/%d?uploadId=%d&partNumber=1", i/2, i), nil)
		faults[i] = f(req)
	}
	return faults
}

func TestFaultPlanRates(t *testing.T) {
	p := FaultPlan{
		Seed: 7, Errors: .1, SlowDown: .05, Reset: .05, ResetAfterBody: .05, LoseReply: .05, Truncate: .05, WrongCRC: .02, Slow: .03,
		Latency: time.Millisecond, Jitter: 3 * time.Millisecond, Skew: time.Second, RetryAfter: time.Second,
	}
	const n = 20000
	count := map[string]int{}
	for _, f := range planned(p, n) {
		if f.Latency < time.Millisecond || f.Latency >= 3*time.Millisecond || f.Skew != time.Second {
			t.Fatalf("%+v", f)
		}
		switch {
		case f.Code == "SlowDown":
			count["SlowDown"]++
		case f.Status != 0:
			count["Errors"]++
		case f.Reset:
			count["Reset"]++
		case f.ResetAfterBody:
			count["ResetAfterBody"]++
		case f.LoseReply:
			count["LoseReply"]++
		case f.Truncate > 0:
			count["Truncate"]++
		case f.WrongCRC:
			count["WrongCRC"]++
		case f.Rate == 1024:
			count["Slow"]++
		default:
			count["none"]++
		}
	}
	for name, want := range map[string]float64{
		"Errors": .1, "SlowDown": .05, "Reset": .05, "ResetAfterBody": .05, "LoseReply": .05, "Truncate": .05, "WrongCRC": .02, "Slow": .03, "none": .6,
	} {
		if got := float64(count[name]) / n; math.Abs(got-want) > .01 {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}

// The same seed is the same fate, whatever the order; another one is another.
func TestFaultPlanIsDeterministic(t *testing.T) {
	p := FaultPlan{Seed: 1, Errors: .5}
	first := planned(p, 1000)
	f := p.Func()
	again := make([]Fault, 1000)
	var wg sync.WaitGroup
	for w := range 4 { // in another order; of two requests alike the first comes first
		wg.Go(func() {
			for i := 998 - 2*w; i >= 0; i -= 8 {
				for j := i; j < i+2; j++ {
					req, _ := http.NewRequest("PUT", fmt.Sprintf("http://y/%d?uploadId=other&partNumber=1", j/2), nil)
					again[j] = f(req)
				}
			}
		})
	}
	wg.Wait()
	differs := 0
	p.Seed = 2
	other := planned(p, 1000)
	retries := 0
	for i := range first {
		if first[i] != again[i] {
			t.Fatalf("request %d: %+v, then %+v", i, first[i], again[i])
		}
		if first[i] != other[i] {
			differs++
		}
		if i%2 == 1 && (first[i].Status != 0) != (first[i-1].Status != 0) {
			retries++
		}
	}
	if differs < 300 || retries < 100 {
		t.Errorf("%d of 1000 differ with another seed, %d of 500 at the second try", differs, retries)
	}
}

func TestFaultPlanRequestRate(t *testing.T) {
	now := time.Unix(0, 0)
	p := FaultPlan{RequestsPerSecond: 10, Burst: 5, Now: func() time.Time { return now }, Only: func(r *http.Request) bool { return r.Method == "PUT" }}
	f := p.Func()
	passed := func(method string, n int) (ok int) {
		for range n {
			req, _ := http.NewRequest(method, "http://x/k", nil)
			if f(req).Code == "" {
				ok++
			}
		}
		return ok
	}
	for i, tt := range []struct {
		wait   time.Duration
		method string
		want   int
	}{{0, "PUT", 5}, {0, "GET", 20}, {100 * time.Millisecond, "PUT", 1}, {300 * time.Millisecond, "PUT", 3}, {time.Hour, "PUT", 5}} {
		now = now.Add(tt.wait)
		if got := passed(tt.method, 20); got != tt.want {
			t.Errorf("step %d: %d of 20 passed, want %d", i, got, tt.want)
		}
	}
}
