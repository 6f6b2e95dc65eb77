package video_test

import (
	"fmt"
	"net/http"
	"os"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/wecos-go/wecos/internal/servers/video"
)

// heap is what lives on the heap, in bytes.
func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// Many comments by many clients, who read as well: memory stays flat, and when
// they have gone no goroutine is left. WECOS_SOAK=1 writes 100,000.
func TestSoak(t *testing.T) {
	comments, clients := 800, 16
	if os.Getenv("WECOS_SOAK") != "" {
		comments = 100_000
	}
	stores := map[string]func(*testing.T) video.Store{
		"SQLite":  func(*testing.T) video.Store { return nil },
		"MariaDB": func(t *testing.T) video.Store { _, s := inMariaDB(t); return s },
	}
	for name, open := range stores {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, video.Options{Store: open(t), CacheTime: 10 * time.Millisecond}, titles(1, 10)...)
			write := func(count int) {
				var all sync.WaitGroup
				for c := range clients {
					all.Go(func() {
						for n := range count / clients {
							vid := 1 + (c*7+n)%10
							r := w.post(fmt.Sprintf(`{"vid":%d,"nick":"看客 %d","avatar":"https://a.example/%[2]d.png","content":"第 %d 条 😀"}`, vid, c, n))
							if r.status != http.StatusOK || r.body != okShort {
								t.Errorf("%d %s", r.status, r.body)
								return
							}
							if n%10 == 0 {
								w.get(fmt.Sprintf("/video/commentList?vid=%d&limit=20", vid))
								w.get(fmt.Sprintf("/video/list?pageNo=%d", 1+n%2))
							}
						}
					})
				}
				all.Wait()
			}
			write(comments / 10) // pools and caches fill
			w.client.CloseIdleConnections()
			before, routines := heap(), runtime.NumGoroutine()
			began := time.Now()
			write(comments - comments/10)
			took := time.Since(began)
			w.client.CloseIdleConnections()
			after := heap()
			t.Logf("%d comments, %.0f in a second; heap %d KB before, %d KB after", comments, float64(comments-comments/10)/took.Seconds(), before>>10, after>>10)
			if after > before+4<<20 {
				t.Errorf("the heap grew from %d to %d KB", before>>10, after>>10)
			}
			// Those of connections end a moment later.
			for deadline := time.Now().Add(5 * time.Second); runtime.NumGoroutine() > routines+4 && time.Now().Before(deadline); {
				runtime.Gosched()
			}
			if n := runtime.NumGoroutine(); n > routines+4 {
				t.Errorf("%d goroutines, %d before", n, routines)
			}
			sum := 0
			for film := int64(1); film <= 10; film++ {
				for before := int64(0); ; {
					rows, err := w.store.Comments(t.Context(), film, before, 1000)
					if err != nil {
						t.Fatal(err)
					}
					sum += len(rows)
					if len(rows) < 1000 {
						break
					}
					before = rows[len(rows)-1].ID
				}
			}
			want := comments/10/clients*clients + (comments-comments/10)/clients*clients
			if sum != want {
				t.Errorf("%d comments are there, want %d", sum, want)
			}
		})
	}
}
