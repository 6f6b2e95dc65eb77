package album

import (
	"bytes"
	"container/list"
	"context"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/sync/semaphore"

	"github.com/wecos-go/wecos/internal/servers/cos/picture"
)

// widths are those of thumbnails in pixels: a grid of three columns on phones
// of one, two and three pixels a point, and a screen. Others are refused, so
// that nobody fills memory with versions.
var widths = []int{120, 240, 360, 480, 720, 1080}

func readWidth(text string) (int, error) {
	width, err := strconv.Atoi(text)
	if err != nil || !slices.Contains(widths, width) {
		return 0, errQuestion
	}
	return width, nil
}

func widthList() string {
	list := make([]string, len(widths))
	for i, w := range widths {
		list[i] = strconv.Itoa(w)
	}
	return strings.Join(list, ", ")
}

// ThumbnailRule is the rule of COS's image processing (document 436/36366) that
// makes a thumbnail: upright, no wider than width, never enlarged. It is ready
// for a query. The album's own server carries out the same rule.
func ThumbnailRule(width int) string {
	return "imageMogr2/auto-orient/thumbnail/" + strconv.Itoa(width) + "x%3E/quality/80/strip"
}

const (
	// maxThumbnails bounds the thumbnails in memory, in bytes.
	maxThumbnails = 32 << 20
	// maxDecoded bounds the pixels of what a thumbnail is made of; of larger
	// pictures there is none. A PNG may need 8 bytes a pixel.
	maxDecoded = 32 << 20
	// maxInWork bounds those of all pictures in work, on however many
	// processors: half a gigabyte if all need that much.
	maxInWork = 64 << 20
)

// thumbnail is a narrower version of a picture; without data there is none that
// would be smaller.
type thumbnail struct {
	data []byte
	mime string
}

func (t *thumbnail) open() io.ReadSeekCloser {
	return struct {
		io.ReadSeeker
		io.Closer
	}{bytes.NewReader(t.data), io.NopCloser(nil)}
}

// version names a thumbnail.
type version struct {
	key, etag string
	width     int
}

// thumbnails makes thumbnails, each once at a time and only a few at a time, and
// keeps those that were asked for last.
type thumbnails struct {
	slots   chan struct{}
	pixels  *semaphore.Weighted
	counted *counters

	mu      sync.Mutex
	flights map[version]*flight[*thumbnail]
	kept    map[version]*list.Element
	order   *list.List // of *entry, the last one used in front
	size    int        // in bytes
}

type entry struct {
	version version
	thumb   *thumbnail
}

// overhead is what an entry takes besides its data, roughly, so that empty ones
// count too.
const overhead = 512

func (e *entry) size() int { return len(e.thumb.data) + overhead }

func newThumbnails(slots int, counted *counters) *thumbnails {
	return &thumbnails{
		slots: make(chan struct{}, slots), pixels: semaphore.NewWeighted(maxInWork), counted: counted,
		flights: make(map[version]*flight[*thumbnail]), kept: make(map[version]*list.Element), order: list.New(),
	}
}

// get returns the thumbnail of the picture that read gives, or nil when the
// picture itself serves as one.
func (t *thumbnails) get(ctx context.Context, key, etag string, width int, read func() ([]byte, error)) (*thumbnail, error) {
	v := version{key, etag, width}
	t.mu.Lock()
	if e := t.kept[v]; e != nil {
		t.order.MoveToFront(e)
		t.mu.Unlock()
		return e.Value.(*entry).thumb.orNil(), nil
	}
	f := t.flights[v]
	if f == nil {
		f = &flight[*thumbnail]{done: make(chan struct{})}
		t.flights[v] = f
		t.mu.Unlock()
		t.make(v, f, read)
		return f.value.orNil(), f.err
	}
	t.mu.Unlock()
	select {
	case <-f.done:
		return f.value.orNil(), f.err
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

func (t *thumbnail) orNil() *thumbnail {
	if t == nil || t.data == nil {
		return nil
	}
	return t
}

// make ends the flight. It does not end with the client that came first, since
// others wait for it.
func (t *thumbnails) make(v version, f *flight[*thumbnail], read func() ([]byte, error)) {
	f.err = errPanicked // until there is an outcome
	defer func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		delete(t.flights, v)
		if f.err == nil {
			t.keep(&entry{v, f.value})
		}
		close(f.done)
	}()
	t.slots <- struct{}{}
	defer func() { <-t.slots }()
	t.counted.thumbnails.Inc()
	data, err := read()
	if err != nil {
		f.err = err
		return
	}
	pixels, ok := decodedPixels(data)
	if !ok {
		f.value, f.err = &thumbnail{}, nil
		return
	}
	if err := t.pixels.Acquire(context.Background(), pixels); err != nil {
		f.err = err
		return
	}
	defer t.pixels.Release(pixels)
	value, err := shrink(data, v.width)
	f.value, f.err = value, err
}

// decodedPixels are what a thumbnail of the picture takes, unless there is none.
func decodedPixels(data []byte) (n int64, ok bool) {
	info, err := picture.Inspect(data)
	if err != nil || tooMany(info.Width, info.Height) || info.Width*info.Height > maxDecoded {
		return 0, false
	}
	return int64(info.Width * info.Height), true
}

// shrink makes the thumbnail. A picture that cannot be decoded has none.
func shrink(data []byte, width int) (*thumbnail, error) {
	rule, err := picture.Parse(strings.ReplaceAll(ThumbnailRule(width), "%3E", ">"))
	if err != nil {
		return nil, err
	}
	made, err := rule.Apply(data, maxDecoded)
	switch {
	case errors.Is(err, picture.ErrNotPicture), errors.Is(err, picture.ErrTooLarge), errors.Is(err, picture.ErrUnsupported):
		return &thumbnail{}, nil
	case err != nil:
		return nil, err
	case len(made.Data) >= len(data):
		return &thumbnail{}, nil
	}
	return &thumbnail{made.Data, made.MIME}, nil
}

// keep is called with mu held.
func (t *thumbnails) keep(e *entry) {
	t.kept[e.version] = t.order.PushFront(e)
	for t.size += e.size(); t.size > maxThumbnails; {
		t.drop(t.order.Back())
	}
}

// drop is called with mu held.
func (t *thumbnails) drop(element *list.Element) {
	e := t.order.Remove(element).(*entry)
	delete(t.kept, e.version)
	t.size -= e.size()
}

// forget drops the thumbnails of a picture that is gone.
func (t *thumbnails) forget(key string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for v, element := range t.kept {
		if v.key == key {
			t.drop(element)
		}
	}
}
