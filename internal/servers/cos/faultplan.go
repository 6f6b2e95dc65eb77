package cos

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"
)

// FaultPlan strews faults over the requests of a test. What happens to a
// request depends on Seed, its method, path and part number, and on how often
// it has come before: not on chance, nor on the order in which requests that
// are under way at once arrive. Only a rate of requests depends on time.
//
// The rates are shares of the requests, from 0 to 1. They are added up: at
// most one of them strikes a request.
type FaultPlan struct {
	Seed uint64

	Errors         float64 // a status of Statuses
	SlowDown       float64 // 503 SlowDown
	Reset          float64 // Fault.Reset
	ResetAfterBody float64 // Fault.ResetAfterBody
	LoseReply      float64 // Fault.LoseReply
	Truncate       float64 // Fault.Truncate, after a byte
	WrongCRC       float64 // Fault.WrongCRC
	Slow           float64 // Fault.Rate, of SlowRate

	// Statuses are those of Errors, each as likely; nil is 500, 502 and 503.
	Statuses []int
	// RetryAfter goes with SlowDown.
	RetryAfter time.Duration
	// SlowRate is in bytes a second; 0 is 1024.
	SlowRate int
	// Latency is that of every request, and Jitter up to which it may grow.
	Latency, Jitter time.Duration
	// Skew is that of every request: see Fault.Skew.
	Skew time.Duration

	// RequestsPerSecond above which 503 SlowDown is answered; 0 is unbounded.
	// Burst is how many may come at once; 0 is a second's worth.
	RequestsPerSecond float64
	Burst             int
	// Now is the clock of RequestsPerSecond; nil is time.Now.
	Now func() time.Time

	// Only says which requests the plan is for; nil is all.
	Only func(*http.Request) bool
}

// Func returns the plan as Options.Fault. Each call begins anew.
func (p FaultPlan) Func() func(*http.Request) Fault {
	if p.Statuses == nil {
		p.Statuses = []int{500, 502, 503}
	}
	if p.SlowRate <= 0 {
		p.SlowRate = 1 << 10
	}
	if p.Burst <= 0 {
		p.Burst = max(1, int(p.RequestsPerSecond))
	}
	if p.Now == nil {
		p.Now = time.Now
	}
	run := &faultRun{plan: p, seen: make(map[uint64]uint64), tokens: float64(p.Burst), last: p.Now()}
	return run.fault
}

// faultRun is a plan at work.
type faultRun struct {
	plan FaultPlan

	mu     sync.Mutex
	seen   map[uint64]uint64 // requests by what they are, and how often
	tokens float64
	last   time.Time
}

func (r *faultRun) fault(req *http.Request) Fault {
	p := &r.plan
	if p.Only != nil && !p.Only(req) {
		return Fault{}
	}
	h := fnv.New64a()
	fmt.Fprintf(h, "%s %s ", req.Method, req.URL.Path)
	for _, q := range parseQuery(req.URL.RawQuery) {
		if q.name == "partNumber" || q.name == "uploads" || q.name == "delete" || q.name == "marker" {
			fmt.Fprintf(h, "%s=%s&", q.name, q.value) // but no upload's id, nor a signature
		}
	}
	id := h.Sum64()
	r.mu.Lock()
	r.seen[id]++
	nth := r.seen[id]
	within := r.take()
	r.mu.Unlock()

	dice := rand.New(rand.NewPCG(p.Seed^id, nth))
	roll := dice.Float64()
	f := Fault{Latency: p.Latency, Skew: p.Skew}
	if p.Jitter > p.Latency {
		f.Latency += time.Duration(dice.Int64N(int64(p.Jitter - p.Latency)))
	}
	if !within {
		p.slowDown(&f)
		return f
	}
	for _, c := range []struct {
		rate  float64
		apply func(*Fault)
	}{
		{p.Errors, func(f *Fault) { f.Status = p.Statuses[dice.IntN(len(p.Statuses))] }},
		{p.SlowDown, p.slowDown},
		{p.Reset, func(f *Fault) { f.Reset = true }},
		{p.ResetAfterBody, func(f *Fault) { f.ResetAfterBody = true }},
		{p.LoseReply, func(f *Fault) { f.LoseReply = true }},
		{p.Truncate, func(f *Fault) { f.Truncate = 1 }},
		{p.WrongCRC, func(f *Fault) { f.WrongCRC = true }},
		{p.Slow, func(f *Fault) { f.Rate = p.SlowRate }},
	} {
		if roll < c.rate {
			c.apply(&f)
			break
		}
		roll -= c.rate
	}
	return f
}

func (p *FaultPlan) slowDown(f *Fault) {
	f.Status, f.Code, f.RetryAfter = errSlowDown.status, errSlowDown.code, p.RetryAfter
}

// take reports whether the rate of requests allows one more.
func (r *faultRun) take() bool {
	if r.plan.RequestsPerSecond <= 0 {
		return true
	}
	now := r.plan.Now()
	r.tokens = min(float64(r.plan.Burst), r.tokens+now.Sub(r.last).Seconds()*r.plan.RequestsPerSecond)
	r.last = now
	if r.tokens < 1 {
		return false
	}
	r.tokens--
	return true
}
