package main

import (
	"strings"
	"testing"
	"time"
)

const said = `Running 3s test @ http://127.0.0.1:1/
  1 threads and 16 connections
  Latency Distribution
     50%  801.00us
     75%    1.20ms
     90%    2.00ms
     99%    1.50s
  12345 requests in 3.00s, 9.70MB read
Requests/sec:   4115.30
Transfer/sec:      3.23MB
`

func TestParseWrk(t *testing.T) {
	f, requests, err := parseWrk([]byte(said))
	if err != nil || requests != 12345 || f.perSecond != 4115.3 || f.p50 != 801*time.Microsecond || f.p99 != 1500*time.Millisecond {
		t.Errorf("%+v, %v, %v", f, requests, err)
	}
	for _, bad := range []string{
		"", strings.Replace(said, "12345", "0", 1),
		said + "  Non-2xx or 3xx responses: 5\n", said + "  Socket errors: connect 0, read 3, write 0, timeout 0\n",
	} {
		if _, _, err := parseWrk([]byte(bad)); err == nil {
			t.Errorf("taken: %q", bad)
		}
	}
}
