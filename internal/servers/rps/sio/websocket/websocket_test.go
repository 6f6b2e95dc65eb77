package websocket

import (
	"bufio"
	"bytes"
	"compress/flate"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/gobwas/ws"
	"go.uber.org/goleak"

	"github.com/wecos-go/wecos/internal/servers/rps/sio/siotest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fake is a connection that the client has written to and left.
type fake struct {
	net.Conn // nil: nothing else is called
	in       io.Reader
	out      bytes.Buffer
}

func (f *fake) Read(p []byte) (int, error)  { return f.in.Read(p) }
func (f *fake) Write(p []byte) (int, error) { return f.out.Write(p) }

// frame is a client's.
func frame(op ws.OpCode, fin bool, payload string) []byte {
	f := ws.NewFrame(op, fin, []byte(payload))
	b, err := ws.CompileFrame(ws.MaskFrame(f))
	if err != nil {
		panic(err)
	}
	return b
}

func join(frames ...[]byte) []byte { return bytes.Join(frames, nil) }

// read reads everything, from a connection that gives it as wrap says.
func read(t *testing.T, in []byte, wrap func(io.Reader) io.Reader, opt Options, deflated bool) (got []string, err error) {
	t.Helper()
	c := newConn(&fake{in: wrap(bytes.NewReader(in))}, nil, opt)
	c.deflate = deflated
	for {
		kind, message, err := c.Next()
		if err != nil {
			return got, err
		}
		got = append(got, map[Kind]string{Text: "t", Binary: "b", Ping: "ping", Pong: "pong"}[kind]+":"+string(message))
	}
}

func whole(r io.Reader) io.Reader { return r }

// Sentences of RFC 6455 about what a server reads.
func TestRead(t *testing.T) {
	long, huge := strings.Repeat("x", 5000), strings.Repeat("y", 70_000)
	unmasked := func(op ws.OpCode, payload string) []byte {
		b, _ := ws.CompileFrame(ws.NewFrame(op, true, []byte(payload)))
		return b
	}
	for _, c := range []struct {
		name string
		in   []byte
		want []string
		code int // of the ProtocolError or the CloseError; 0 is the end of the connection
	}{
		{"text and binary", join(frame(1, true, "石头"), frame(2, true, "\xff"), frame(1, true, "")), []string{"t:石头", "b:\xff", "t:"}, 0},
		{"every length", join(frame(1, true, huge[:125]), frame(1, true, huge[:126]), frame(1, true, huge[:512]), frame(1, true, huge[:4096]), frame(1, true, huge[:65536])),
			[]string{"t:" + huge[:125], "t:" + huge[:126], "t:" + huge[:512], "t:" + huge[:4096], "t:" + huge[:65536]}, 0},
		{"fragments, a ping between them", join(frame(1, false, "a"), frame(9, true, "p"), frame(0, false, long), frame(0, true, "b")), []string{"ping:p", "t:a" + long + "b"}, 0},
		{"a character may be cut by a fragment", join(frame(1, false, "\xe7\x9f"), frame(0, true, "\xb3")), []string{"t:石"}, 0},
		{"text must be UTF-8", frame(1, true, "\xff"), nil, 1007},
		{"text must be UTF-8 as a whole", join(frame(1, false, "\xe7\x9f"), frame(0, true, "x")), nil, 1007},
		{"frames must be masked", unmasked(1, "x"), nil, 1002},
		{"control frames must be masked", unmasked(9, "x"), nil, 1002},
		{"reserved bits must be 0", join([]byte{0x80 | 0x40 | 1}, frame(1, true, "x")[1:]), nil, 1002},
		{"reserved operation codes", frame(3, true, "x"), nil, 1002},
		{"reserved control codes", frame(0xb, true, "x"), nil, 1002},
		{"control frames must not be fragmented", frame(9, false, "x"), nil, 1002},
		{"control frames have at most 125 bytes", frame(9, true, huge[:126]), nil, 1002},
		{"no continuation of nothing", frame(0, true, "x"), nil, 1002},
		{"no message within another", join(frame(1, false, "x"), frame(1, true, "x")), nil, 1002},
		{"the longest length has no sign", []byte{0x81, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4}, nil, 1002},
		{"too long", frame(1, true, huge+huge), nil, 1009},
		{"too long in fragments", join(frame(1, false, huge), frame(0, true, huge)), nil, 1009},
		{"announced, but far too long", []byte{0x81, 0xff, 0, 0, 0x10, 0, 0, 0, 0, 0, 1, 2, 3, 4}, nil, 1009},
		{"endless empty fragments", join(frame(1, false, ""), bytes.Repeat(frame(0, false, ""), 5000)), nil, 1009},
		{"a goodbye", frame(8, true, "\x03\xe8bye"), nil, 1000},
		{"a goodbye without a code", frame(8, true, ""), nil, 1005},
		{"half a code", frame(8, true, "\x03"), nil, 1002},
		{"codes that are never sent", frame(8, true, "\x03\xed"), nil, 1002},
		{"codes that do not exist", frame(8, true, "\x00\x01"), nil, 1002},
		{"codes of programs", frame(8, true, "\x0f\xa1"), nil, 4001},
		{"a reason that is not UTF-8", frame(8, true, "\x03\xe8\xff"), nil, 1002},
		{"cut in a header", frame(1, true, "x")[:3], nil, 0},
		{"cut in a payload", frame(1, true, long)[:2000], nil, 0},
	} {
		for name, wrap := range map[string]func(io.Reader) io.Reader{"": whole, " byte by byte": iotest.OneByteReader, " by halves": iotest.HalfReader} {
			t.Run(c.name+name, func(t *testing.T) {
				got, err := read(t, c.in, wrap, Options{MaxMessage: 100_000}, false)
				if strings.Join(got, "|") != strings.Join(c.want, "|") {
					t.Errorf("got %.200q, want %.200q", got, c.want)
				}
				var protocol *ProtocolError
				var closed *CloseError
				code := 0
				switch {
				case errors.As(err, &protocol):
					code = protocol.Code
				case errors.As(err, &closed):
					code = closed.Code
				}
				if code != c.code {
					t.Errorf("%v, want code %d", err, c.code)
				}
				if want := c.code; want != 0 && want != statusNone && Code(err) != want {
					t.Errorf("answered with %d", Code(err))
				}
			})
		}
	}
}

// A connection at rest has no buffer but its small one.
func TestRest(t *testing.T) {
	in := join(frame(1, true, strings.Repeat("x", 3000)), frame(1, true, strings.Repeat("x", 30_000)), frame(1, true, "x"))
	ours, theirs := net.Pipe()
	defer theirs.Close()
	c := newConn(ours, nil, Options{})
	go func() { _, _ = theirs.Write(in) }()
	for range 3 {
		if _, _, err := c.Next(); err != nil {
			t.Fatal(err)
		}
	}
	done := make(chan error)
	go func() { _, _, err := c.Next(); done <- err }()
	theirs.Close()
	if err := <-done; err == nil {
		t.Error("no end")
	}
	if len(c.buf) != restSize || c.borrowed != nil || cap(c.message) > busySize {
		t.Errorf("%d bytes, %v, %d of messages", len(c.buf), c.borrowed != nil, cap(c.message))
	}
}

func TestAppend(t *testing.T) {
	c := newConn(&fake{}, nil, Options{})
	for _, n := range []int{0, 1, 124, 125, 126, 65534, 65535, 70_000} {
		body := bytes.Repeat([]byte("z"), n)
		f, err := siotest.ReadFrame(bytes.NewReader(c.Append(nil, Text, []byte("4"), body)))
		if err != nil || !f.Header.Fin || f.Header.Masked || f.Header.OpCode != ws.OpText || string(f.Payload) != "4"+string(body) {
			t.Errorf("%d: %+v %v", n, f.Header, err)
		}
	}
	f, err := siotest.ReadFrame(bytes.NewReader(AppendClose(nil, 1001)))
	if err != nil || f.Header.OpCode != ws.OpClose || !bytes.Equal(f.Payload, []byte{3, 0xe9}) {
		t.Errorf("%+v %v", f, err)
	}
}

func squeeze(t *testing.T, s string) string {
	t.Helper()
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, 9)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(w, s); err != nil {
		t.Fatal(err)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSuffix(b.String(), "\x00\x00\xff\xff")
}

// RFC 7692.
func TestDeflate(t *testing.T) {
	const rsv = 0x40
	mark := func(f []byte) []byte { f[0] |= rsv; return f }
	story := strings.Repeat("rock paper scissors ", 200)
	bomb := squeeze(t, strings.Repeat("x", 1_000_000))
	for _, c := range []struct {
		name string
		in   []byte
		want string
		code int
	}{
		{"a message", mark(frame(1, true, squeeze(t, story))), "t:" + story, 0},
		{"one that is not compressed", frame(1, true, "plain"), "t:plain", 0},
		{"in fragments", join(mark(frame(1, false, squeeze(t, story)[:9])), frame(0, true, squeeze(t, story)[9:])), "t:" + story, 0},
		{"only the first fragment is marked", join(mark(frame(1, false, "x")), mark(frame(0, true, "x"))), "", 1002},
		{"control frames are not", mark(frame(9, true, "x")), "", 1002},
		{"a bomb", mark(frame(1, true, bomb)), "", 1009},
		{"garbage", mark(frame(1, true, "\xff\xff\xff")), "", 1007},
		{"not UTF-8", mark(frame(1, true, squeeze(t, "\xff"))), "", 1007},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := read(t, c.in, whole, Options{MaxMessage: 100_000}, true)
			var protocol *ProtocolError
			if errors.As(err, &protocol) && protocol.Code != c.code || protocol == nil && c.code != 0 || strings.Join(got, "") != c.want {
				t.Errorf("%.100q %v", got, err)
			}
		})
	}
	c := newConn(&fake{}, nil, Options{CompressFrom: 100})
	c.deflate = true
	out := c.Append(nil, Text, []byte("4"), []byte(story))
	if len(out) > len(story)/4 || out[0] != 0x80|rsv|1 {
		t.Fatalf("%d bytes, %x", len(out), out[0])
	}
	f, err := siotest.ReadFrame(bytes.NewReader(out))
	if err != nil {
		t.Fatal(err)
	}
	if back, err := inflate(f.Payload, 1e6); err != nil || string(back) != "4"+story {
		t.Errorf("%q %v", back, err)
	}
	if small := c.Append(nil, Text, nil, []byte("x")); small[0] != 0x81 {
		t.Errorf("a small message is compressed: %x", small)
	}
}

// The handshake, over a real connection.
func TestUpgrade(t *testing.T) {
	conns := make(chan *Conn, 1)
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !Requested(r) {
			w.WriteHeader(http.StatusTeapot)
			return
		}
		c, err := Upgrade(w, r, Options{Compress: true, Timeout: time.Second})
		if err != nil {
			return
		}
		conns <- c
	}))
	defer front.Close()
	answer := func(header ...string) string {
		t.Helper()
		conn, err := net.Dial("tcp", front.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		// A frame right behind the request is not lost.
		request := "GET / HTTP/1.1\r\nHost: x\r\n" + strings.Join(header, "\r\n") + "\r\n\r\n" + string(frame(1, true, "early"))
		if _, err := io.WriteString(conn, request); err != nil {
			t.Fatal(err)
		}
		resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode == http.StatusSwitchingProtocols {
			c := <-conns
			defer c.Close()
			if _, message, err := c.Next(); err != nil || string(message) != "early" {
				t.Errorf("%q %v", message, err)
			}
			return resp.Header.Get("Sec-Websocket-Accept") + " " + resp.Header.Get("Sec-Websocket-Extensions")
		}
		return resp.Status
	}
	good := []string{"Connection: keep-alive, Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="}
	if got := answer(good...); got != "s3pPLMBiTxaQ9kYGzzhZRbK+xOo= " {
		t.Errorf("got %q", got)
	}
	if got := answer(append(good, "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits")...); !strings.Contains(got, "permessage-deflate") || !strings.Contains(got, "server_no_context_takeover") {
		t.Errorf("got %q", got)
	}
	for i, bad := range map[int]string{0: "Connection: close", 1: "Upgrade: h2c", 2: "Sec-WebSocket-Version: 8", 3: "Sec-WebSocket-Key: short"} {
		header := append([]string{}, good...)
		header[i] = bad
		if got := answer(header...); !strings.HasPrefix(got, "4") {
			t.Errorf("%s: %q", bad, got)
		}
	}
}

// No frames are trouble, however they arrive.
func FuzzRead(f *testing.F) {
	seeds := [][]byte{
		frame(1, true, "hello"), join(frame(1, false, "a"), frame(9, true, "p"), frame(0, true, "b")),
		frame(8, true, "\x03\xe8bye"), frame(2, true, strings.Repeat("x", 600)), {0x81, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4},
	}
	if len(seeds) != 5 {
		f.Fatal("seeds are missing")
	}
	for _, s := range seeds {
		f.Add(s, false)
		f.Add(s, true)
	}
	f.Fuzz(func(t *testing.T, in []byte, deflated bool) {
		one, err1 := read(t, in, whole, Options{MaxMessage: 5000}, deflated)
		two, err2 := read(t, in, iotest.OneByteReader, Options{MaxMessage: 5000}, deflated)
		if strings.Join(one, "|") != strings.Join(two, "|") || err1 == nil || err2 == nil || Code(err1) != Code(err2) {
			t.Fatalf("%q %v, byte by byte %q %v", one, err1, two, err2)
		}
		for _, m := range one {
			if len(m) > 5000+5 {
				t.Fatalf("%d bytes", len(m))
			}
		}
	})
}
