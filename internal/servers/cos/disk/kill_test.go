package disk

import (
	"bufio"
	"crypto/md5"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
)

// writerDir makes the test binary a process that writes to the store in the
// folder that it names.
const writerDir = "DISK_TEST_WRITER"

// content is what the writer puts under the nth key of a worker.
func content(worker, n int) string {
	return strings.Repeat(fmt.Sprintf("worker %d, object %d\n", worker, n), 1+n%3*9000)
}

// write puts objects until it is killed, and prints each key once it is safe.
func write(dir string, out io.Writer) {
	s, err := Open(dir, Options{})
	if err != nil {
		fmt.Fprintln(out, "open:", err)
		return
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	for worker := range 4 {
		wg.Go(func() {
			for n := 0; ; n++ {
				key, text := fmt.Sprintf("%d/%d", worker, n), content(worker, n)
				_, err := s.Put(key, strings.NewReader(text), PutOptions{Size: int64(len(text))})
				if err == nil && n%5 == 0 {
					err = s.SetAttr(key, "n", "x")
				}
				if err == nil && n%7 == 0 {
					_, err = s.BeginUpload(key, PutOptions{})
				}
				mu.Lock()
				if err != nil {
					key = "put: " + err.Error()
				}
				_, err = fmt.Fprintln(out, key)
				mu.Unlock()
				if err != nil {
					return
				}
			}
		})
	}
	wg.Wait()
}

// TestKilledProcess kills a process in the middle of its writes. What it said
// is stored is there and whole, and so is whatever else is found.
func TestKilledProcess(t *testing.T) {
	dir := t.TempDir()
	safe := 0
	for range 3 {
		safe += killWriter(t, dir, 60)
		s := open(t, dir)
		if n := len(s.index.objects); n < safe/3 {
			t.Errorf("%d objects are left", n)
		}
		for _, o := range s.List(ListOptions{Max: 1 << 20}).Objects {
			var worker, n int
			if _, err := fmt.Sscanf(o.Key, "%d/%d", &worker, &n); err != nil {
				t.Fatal(err)
			}
			got := get(t, s, o.Key)
			if got != content(worker, n) || o.ETag != fmt.Sprintf("%x", md5.Sum([]byte(got))) {
				t.Errorf("%s is not whole: %d bytes", o.Key, len(got))
			}
		}
		if _, err := s.Uploads(); err != nil {
			t.Error(err)
		}
		if left, err := os.ReadDir(s.path(tempDir)); err != nil || len(left) > 0 {
			t.Errorf("temporary files are left: %v, %v", left, err)
		}
		if _, err := os.Stat(s.path(damagedDir)); err == nil {
			t.Error("something was damaged")
		}
		s.Close()
	}
}

// killWriter runs a writer, kills it after some objects, checks that all it
// spoke of are there, and returns how many those are.
func killWriter(t *testing.T, dir string, after int) int {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), writerDir+"="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var keys []string
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if keys = append(keys, lines.Text()); len(keys) == after {
			_ = cmd.Process.Kill()
		}
	}
	if err := cmd.Wait(); err == nil {
		t.Fatal("the writer was not killed")
	}
	s, err := Open(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for _, key := range keys {
		if _, err := s.Stat(key); err != nil {
			t.Errorf("%q is lost: %v", key, err)
		}
	}
	return len(keys)
}
