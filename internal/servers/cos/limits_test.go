package cos

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	sdk "github.com/tencentyun/cos-go-sdk-v5"

	"github.com/wecos-go/wecos/internal/servers/kit/conn"
)

// serveOn listens with options and returns the address as host:port.
func serveOn(t *testing.T, opt Options, listen ListenOptions) string {
	t.Helper()
	opt.Dir, opt.Credentials, opt.NoSync = t.TempDir(), []Credentials{testKeys}, true
	s, err := New(opt)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	r, err := ListenWith(ctx, "127.0.0.1:0", s, listen)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stop()
		if err := r.Wait(); err != nil {
			t.Error(err)
		}
		s.Close()
	})
	return strings.TrimPrefix(r.URL, "http://")
}

func dial(t *testing.T, addr string) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	if err := c.SetDeadline(time.Now().Add(20 * time.Second)); err != nil { // a test that hangs fails
		t.Fatal(err)
	}
	return c
}

// signedHead is the beginning of a signed PUT of length bytes.
func signedHead(t *testing.T, addr string, length int) string {
	t.Helper()
	req, err := http.NewRequest("PUT", "http://"+addr+"/slow", nil)
	if err != nil {
		t.Fatal(err)
	}
	sdk.AddAuthorizationHeader(testKeys.ID, testKeys.Key, "", req, sdk.NewAuthTime(time.Hour))
	return fmt.Sprintf("PUT /slow HTTP/1.1\r\nHost: %s\r\nAuthorization: %s\r\nContent-Length: %d\r\n\r\n", addr, req.Header.Get("Authorization"), length)
}

// drip writes a byte at a time until the connection is gone.
func drip(c net.Conn, text string, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for i := range len(text) {
		<-tick.C
		if _, err := io.WriteString(c, text[i:i+1]); err != nil {
			return
		}
	}
}

// A client that sends the header byte by byte is cut off.
func TestSlowHeader(t *testing.T) {
	addr := serveOn(t, Options{}, ListenOptions{HeaderTimeout: 100 * time.Millisecond})
	c := dial(t, addr)
	done := make(chan struct{})
	go func() {
		defer close(done)
		drip(c, "GET / HTTP/1.1\r\nHost: x\r\n"+strings.Repeat("X-Filler: x\r\n", 1000), 10*time.Millisecond)
	}()
	begin := time.Now()
	_, _ = io.Copy(io.Discard, c)
	if d := time.Since(begin); d > 5*time.Second {
		t.Errorf("cut off after %v", d)
	}
	c.Close()
	<-done
}

// A body that stops, or that comes byte by byte, ends the request; nothing is
// stored.
func TestSlowBody(t *testing.T) {
	for name, pace := range map[string]conn.Pace{
		"stops": {Idle: 50 * time.Millisecond},
		"drips": {Idle: 100 * time.Millisecond, Rate: 1 << 20},
	} {
		t.Run(name, func(t *testing.T) {
			addr := serveOn(t, Options{Pace: pace}, ListenOptions{})
			c := dial(t, addr)
			if _, err := io.WriteString(c, signedHead(t, addr, 100000)+"begin"); err != nil {
				t.Fatal(err)
			}
			done := make(chan struct{})
			go func() {
				defer close(done)
				if name == "drips" {
					drip(c, strings.Repeat("x", 90000), 5*time.Millisecond)
				}
			}()
			reply, err := http.ReadResponse(bufio.NewReader(c), nil)
			if err != nil {
				t.Fatal(err)
			}
			body, _ := io.ReadAll(reply.Body)
			reply.Body.Close()
			if reply.StatusCode != 400 || code(string(body)) != "RequestTimeOut" {
				t.Errorf("%s %s", reply.Status, body)
			}
			c.Close()
			<-done
			if resp, _ := send(t, &testKeys, "HEAD", "http://"+addr+"/slow", ""); resp.StatusCode != 404 {
				t.Errorf("something was stored: %s", resp.Status)
			}
		})
	}
}

// A client that does not take its reply gives up its place.
func TestSlowReader(t *testing.T) {
	s, address := start(t, Options{Pace: conn.Pace{Idle: 50 * time.Millisecond, Rate: 1 << 30}})
	const size = 32 << 20 // more than the buffers of a connection
	store := s.buckets[DefaultBucket].store
	if _, err := store.Put("large", io.LimitReader(zeros{}, size), diskPut(size)); err != nil {
		t.Fatal(err)
	}
	c := dial(t, strings.TrimPrefix(address, "http://"))
	if _, err := io.WriteString(c, "GET /large HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	freed := make(chan struct{})
	go func() {
		defer close(freed)
		tick := time.NewTicker(5 * time.Millisecond)
		defer tick.Stop()
		for _, busy := range []bool{true, false} { // until it has begun, and ended
			for now := !busy; now != busy; {
				<-tick.C
				s.mu.Lock()
				now = s.buckets[DefaultBucket].users > 0
				s.mu.Unlock()
			}
		}
	}()
	select {
	case <-freed:
	case <-time.After(10 * time.Second):
		t.Error("the request goes on")
	}
	n, err := io.Copy(io.Discard, c)
	if n >= size {
		t.Errorf("%d bytes came, %v", n, err)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// A connection on which nothing comes is closed.
func TestIdleConnection(t *testing.T) {
	addr := serveOn(t, Options{}, ListenOptions{IdleTimeout: 50 * time.Millisecond})
	c := dial(t, addr)
	if _, err := io.WriteString(c, "HEAD /none HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	reply, err := io.ReadAll(c) // to the end of the connection
	if err != nil || !strings.HasPrefix(string(reply), "HTTP/1.1 404") {
		t.Errorf("%q, %v", reply, err)
	}
}

// A slow request on a connection must not shorten the time of the next one.
func TestPaceBeginsAnew(t *testing.T) {
	// One takes 240 ms, all of them take longer than Idle.
	addr := serveOn(t, Options{Pace: conn.Pace{Idle: 600 * time.Millisecond}}, ListenOptions{})
	c := dial(t, addr)
	in := bufio.NewReader(c)
	for i := range 3 {
		if _, err := io.WriteString(c, signedHead(t, addr, 4)); err != nil {
			t.Fatal(err)
		}
		drip(c, "body", 60*time.Millisecond)
		reply, err := http.ReadResponse(in, nil)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, reply.Body)
		reply.Body.Close()
		if reply.StatusCode != 200 {
			t.Errorf("request %d: %s", i, reply.Status)
		}
	}
}

func TestHeaderSize(t *testing.T) {
	addr := serveOn(t, Options{}, ListenOptions{})
	for size, want := range map[int]int{8 << 10: 404, 80 << 10: 431} {
		if resp, _ := send(t, nil, "GET", "http://"+addr+"/none", "", "X-Large", strings.Repeat("x", size)); resp.StatusCode != want {
			t.Errorf("%d bytes: %s", size, resp.Status)
		}
	}
}

// Those above the limit wait until another one leaves.
func TestConnections(t *testing.T) {
	addr := serveOn(t, Options{}, ListenOptions{MaxConns: 2})
	head := "HEAD /none HTTP/1.1\r\nHost: x\r\n\r\n"
	first, second, third := dial(t, addr), dial(t, addr), dial(t, addr)
	for _, c := range []net.Conn{first, second} {
		if _, err := io.WriteString(c, head); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Read(make([]byte, 4096)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := io.WriteString(third, head); err != nil {
		t.Fatal(err)
	}
	_ = third.SetReadDeadline(time.Now().Add(100 * time.Millisecond))
	if n, err := third.Read(make([]byte, 10)); err == nil {
		t.Fatalf("the third one was answered with %d bytes", n)
	}
	first.Close()
	_ = third.SetReadDeadline(time.Now().Add(10 * time.Second))
	if _, err := third.Read(make([]byte, 10)); err != nil {
		t.Errorf("the third one after the first: %v", err)
	}
}

// Whatever a key looks like, nothing appears outside of the folder of objects.
func TestPathEscapes(t *testing.T) {
	parent := t.TempDir()
	dir := filepath.Join(parent, "store")
	_, address := start(t, Options{Dir: dir})
	for _, key := range []string{
		"../x", "../../x", "a/../../../x", "%2e%2e/%2e%2e/x", "..%2f..%2fx", "..%5c..%5cx", "a/./b/..", "C:/x", "con", "a%00b", "~/x", "a/%2e%2e/x",
	} {
		req, err := http.NewRequest("PUT", address, strings.NewReader("x"))
		if err != nil {
			t.Fatal(err)
		}
		req.URL.Opaque = "//" + req.URL.Host + "/" + key // as it is
		req.URL.Path = "/" + unescape(key)
		sdk.AddAuthorizationHeader(testKeys.ID, testKeys.Key, "", req, sdk.NewAuthTime(time.Hour))
		resp, body := roundTrip(t, req)
		if resp.StatusCode != 200 {
			t.Errorf("%s: %s %s", key, resp.Status, body)
		}
	}
	inside := filepath.Join(dir, DefaultBucket)
	err := filepath.WalkDir(parent, func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() && !strings.HasPrefix(path, inside) {
			t.Errorf("%s has appeared", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	for _, host := range []string{"../x-1.localhost", "..%2fx-1.cos", "x/../y-1250000000.cos"} {
		resp, body := send(t, &testKeys, "PUT", address+"/", "", "Host", host)
		if resp.StatusCode == 200 {
			t.Errorf("a bucket of host %s: %s", host, body)
		}
	}
}

func TestXMLSizes(t *testing.T) {
	_, address := start(t, Options{})
	for path, limit := range map[string]int{"/?cors": maxSettingXML, "/?acl": maxSettingXML, "/?tagging": maxSettingXML, "/?delete": maxXML} {
		method := "PUT"
		if path == "/?delete" {
			method = "POST"
		}
		for _, extra := range []int{-100, 100} {
			want := "MalformedXML"
			if extra > 0 {
				want = "XMLSizeLimit"
			}
			resp, body := send(t, &testKeys, method, address+path, "<x>"+strings.Repeat(" ", limit+extra)+"</x>")
			if code(body) != want {
				t.Errorf("%s with %d bytes: %s %s", path, limit+extra, resp.Status, body)
			}
		}
	}
	// Nested deeply, and with entities.
	for _, text := range []string{strings.Repeat("<a>", 100000), `<!DOCTYPE x [<!ENTITY a "b">]><Delete>&a;</Delete>`} {
		if resp, body := send(t, &testKeys, "POST", address+"/?delete", text); resp.StatusCode != 400 {
			t.Errorf("%s %s", resp.Status, body)
		}
	}
}

func TestManyBuckets(t *testing.T) {
	s, address := start(t, Options{})
	for i := range maxBuckets {
		if resp, body := send(t, &testKeys, "PUT", address+"/", "", "Host", fmt.Sprintf("b%d-1.cos", i)); resp.StatusCode != 200 {
			if i == maxBuckets-1 && code(body) == "TooManyBuckets" {
				break
			}
			t.Fatalf("bucket %d: %s %s", i, resp.Status, body)
		}
	}
	if n := len(s.buckets); n != maxBuckets {
		t.Errorf("%d buckets", n)
	}
}

// What clients have made is there after a restart.
func TestSettingsSurviveARestart(t *testing.T) {
	dir := t.TempDir()
	opt := Options{Dir: dir, Credentials: []Credentials{testKeys}, NoSync: true}
	rule := `<CORSConfiguration><CORSRule><AllowedOrigin>http://a</AllowedOrigin><AllowedMethod>GET</AllowedMethod></CORSRule></CORSConfiguration>`
	for restart := range 2 {
		s, err := New(opt)
		if err != nil {
			t.Fatal(err)
		}
		addr, stop := listenFor(t, s)
		host := []string{"Host", "made-1.cos.x.myqcloud.com"}
		if restart == 0 {
			for _, r := range [][3]string{
				{"PUT", "/", ""}, {"PUT", "/?cors", rule}, {"PUT", "/k", "x"},
				{"PUT", "/?tagging", "<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>"},
			} {
				if resp, body := send(t, &testKeys, r[0], addr+r[1], r[2], host...); resp.StatusCode >= 300 {
					t.Errorf("%s %s: %s %s", r[0], r[1], resp.Status, body)
				}
			}
			if resp, body := send(t, &testKeys, "PUT", addr+"/?acl", "", append(host, "x-cos-acl", "private")...); resp.StatusCode != 200 {
				t.Error(body)
			}
		}
		for path, want := range map[string]string{"/?cors": "http://a", "/?tagging": "<Key>a</Key>", "/?acl": "FULL_CONTROL", "/k": "x"} {
			if resp, body := send(t, &testKeys, "GET", addr+path, "", host...); !strings.Contains(body, want) {
				t.Errorf("restart %d: %s: %s %s", restart, path, resp.Status, body)
			}
		}
		if resp, _ := send(t, nil, "GET", addr+"/k", "", host...); resp.StatusCode != 403 {
			t.Errorf("restart %d: a private bucket: %s", restart, resp.Status)
		}
		stop()
		s.Close()
	}
}

func listenFor(t *testing.T, h http.Handler) (address string, stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	r, err := Listen(ctx, "127.0.0.1:0", h)
	if err != nil {
		t.Fatal(err)
	}
	return r.URL, func() {
		cancel()
		if err := r.Wait(); err != nil && !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	}
}
