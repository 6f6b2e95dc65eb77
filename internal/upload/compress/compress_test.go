package compress

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/wecos-go/wecos/internal/upload/compress/ssim"
)

// scene has a gradient, a disc and noise; with alpha, a soft left side.
func scene(w, h int, alpha bool) *image.NRGBA {
	rng := rand.New(rand.NewPCG(uint64(w), uint64(h)))
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.NRGBA{uint8(x * 255 / w), uint8(y * 200 / h), 120, 255}
			if (x-w/2)*(x-w/2)+(y-h/2)*(y-h/2) < w*h/16 {
				c = color.NRGBA{220, 30, 40, 255}
			}
			if x > w*3/4 {
				c.G = uint8(int(c.G)/2 + rng.IntN(40))
			}
			if alpha {
				c.A = uint8(min(255, x*510/w))
			}
			m.SetNRGBA(x, y, c)
		}
	}
	return m
}

// icon has few colours.
func icon(w, h int) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			if d := (2*x-w)*(2*x-w) + (2*y-h)*(2*y-h); d < w*h {
				m.SetNRGBA(x, y, color.NRGBA{20, 140, uint8(90 + 100*(d*4/(w*h+1))/4), 255})
			}
		}
	}
	return m
}

func asPNG(t testing.TB, m image.Image) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&out, m); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func asJPEG(t testing.TB, m image.Image, quality int) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := jpeg.Encode(&out, m, &jpeg.Options{Quality: quality}); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func asGIF(t testing.TB, frames int) []byte {
	t.Helper()
	all := &gif.GIF{}
	for i := range frames {
		m := image.NewPaletted(image.Rect(0, 0, 40, 30), make(color.Palette, 256))
		for j := range m.Palette {
			m.Palette[j] = color.RGBA{uint8(j), uint8(j * 3), 9, 255}
		}
		for j := range m.Pix {
			m.Pix[j] = uint8(100 + (j+i)%7)
		}
		all.Image, all.Delay = append(all.Image, m), append(all.Delay, 10)
	}
	var out bytes.Buffer
	if err := gif.EncodeAll(&out, all); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func engine(t testing.TB, o Options) *Engine {
	t.Helper()
	e, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func compressed(t testing.TB, o Options, data []byte) Result {
	t.Helper()
	before := bytes.Clone(data)
	r, err := engine(t, o).Image(t.Context(), data)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(before, data) {
		t.Fatal("the input was changed")
	}
	if len(r.Data) > len(data) || r.Changed != !bytes.Equal(r.Data, data) {
		t.Fatalf("%d bytes of %d, changed %v", len(r.Data), len(data), r.Changed)
	}
	return r
}

func pixels(t testing.TB, data []byte) *image.NRGBA {
	t.Helper()
	m, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	n := image.NewNRGBA(image.Rectangle{Max: m.Bounds().Size()})
	for y := range n.Rect.Dy() {
		for x := range n.Rect.Dx() {
			n.Set(x, y, m.At(x, y))
		}
	}
	return n
}

func likeness(t testing.TB, a, b *image.NRGBA) float64 {
	t.Helper()
	s, err := ssim.Compare(t.Context(), a, b)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Each type stays what it is, gets smaller, keeps its size and its looks, and
// comes out the same every time.
func TestImage(t *testing.T) {
	pic, soft := scene(160, 120, false), scene(160, 120, true)
	for _, c := range []struct {
		name        string
		data        []byte
		contentType string
		least       float64
	}{
		{"photo", asJPEG(t, pic, 98), "image/jpeg", 0.9},
		{"coarse photo", asJPEG(t, pic, 60), "image/jpeg", 1},
		{"png", asPNG(t, pic), "image/png", MinSimilarity},
		{"soft png", asPNG(t, soft), "image/png", MinSimilarity},
		{"icon", asPNG(t, icon(81, 81)), "image/png", MinSimilarity},
		{"gif", asGIF(t, 1), "image/gif", 1},
	} {
		r := compressed(t, Options{}, c.data)
		if !r.Changed || r.ContentType != c.contentType {
			t.Errorf("%s: changed %v, %s", c.name, r.Changed, r.ContentType)
		}
		got, want := pixels(t, r.Data), pixels(t, c.data)
		if r.Width != want.Rect.Dx() || r.Height != want.Rect.Dy() {
			t.Errorf("%s: %d × %d", c.name, r.Width, r.Height)
		}
		if s := likeness(t, got, want); s < c.least-1e-9 {
			t.Errorf("%s: similarity %v, want %v", c.name, s, c.least)
		}
		if again := compressed(t, Options{}, c.data); !bytes.Equal(again.Data, r.Data) {
			t.Errorf("%s: another result the second time", c.name)
		}
		// What came out gains next to nothing, and loses nothing, once more.
		if twice := compressed(t, Options{}, r.Data); likeness(t, pixels(t, twice.Data), got) < 0.98 {
			t.Errorf("%s: wears out", c.name)
		}
	}
}

func TestLossless(t *testing.T) {
	deep := image.NewNRGBA64(image.Rect(0, 0, 40, 30))
	for i := range deep.Pix {
		deep.Pix[i] = uint8(i * 7)
	}
	for name, m := range map[string]image.Image{
		"colour": scene(60, 50, false), "soft": scene(60, 50, true), "icon": icon(40, 40), "16 bits": deep,
	} {
		data := asPNG(t, m)
		r := compressed(t, Options{Quality: 100}, data)
		before, _ := png.Decode(bytes.NewReader(data))
		after, err := png.Decode(bytes.NewReader(r.Data))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for y := range before.Bounds().Dy() {
			for x := range before.Bounds().Dx() {
				a := color.NRGBA64Model.Convert(before.At(x, y))
				if b := color.NRGBA64Model.Convert(after.At(x, y)); a != b {
					t.Fatalf("%s: %v became %v at %d, %d", name, a, b, x, y)
				}
			}
		}
	}
}

func TestUntouched(t *testing.T) {
	animated := asPNG(t, scene(50, 50, false))
	animated = slices.Insert(animated, 33, chunk("acTL", make([]byte, 8))...)
	turned := slices.Insert(asPNG(t, scene(50, 50, false)), 33, chunk("eXIf", tiffWith(6))...)
	for name, data := range map[string][]byte{"animated GIF": asGIF(t, 2), "animated PNG": animated, "turned PNG": turned} {
		if r := compressed(t, Options{MaxWidth: 20}, data); r.Changed || r.Width == 0 {
			t.Errorf("%s: changed %v, width %d", name, r.Changed, r.Width)
		}
	}
}

func TestMaxWidth(t *testing.T) {
	for name, data := range map[string][]byte{
		"jpeg": asJPEG(t, scene(200, 90, false), 95), "png": asPNG(t, scene(200, 90, true)),
	} {
		if r := compressed(t, Options{MaxWidth: 100}, data); r.Width != 100 || r.Height != 45 || pixels(t, r.Data).Rect.Max != image.Pt(100, 45) {
			t.Errorf("%s: %d × %d", name, r.Width, r.Height)
		}
		if r := compressed(t, Options{MaxWidth: 300}, data); r.Width != 200 || r.Height != 90 {
			t.Errorf("%s: scaled up to %d × %d", name, r.Width, r.Height)
		}
	}
}

func TestRefused(t *testing.T) {
	whole := asPNG(t, scene(30, 30, false))
	bomb := bytes.Clone(whole)
	copy(bomb[16:], []byte{0, 0, 0xff, 0xff, 0, 0, 0xff, 0xff})
	photo := asJPEG(t, scene(30, 30, false), 90)
	huge := bytes.Clone(photo)
	sof := bytes.Index(huge, []byte{0xff, 0xc0})
	copy(huge[sof+5:], []byte{0xff, 0xff, 0xff, 0xff})
	flat := asGIF(t, 1)
	wide := bytes.Clone(flat)
	copy(wide[6:], []byte{0xff, 0xff, 0xff, 0xff})
	at := bytes.LastIndex(wide, []byte{0x2c, 0, 0, 0, 0, 40, 0, 30, 0})
	copy(wide[at+5:], []byte{0xff, 0xff, 0xff, 0xff})

	e := engine(t, Options{})
	for name, c := range map[string]struct {
		data []byte
		want error
	}{
		"nothing":   {nil, ErrNotPicture},
		"text":      {[]byte("<svg/>"), ErrNotPicture},
		"PNG bomb":  {bomb, ErrTooLarge},
		"JPEG bomb": {huge, ErrTooLarge},
		"GIF bomb":  {wide, ErrTooLarge},
		"long":      {append([]byte("\xff\xd8\xff"), make([]byte, MaxBytes)...), ErrTooLarge},
	} {
		if _, err := e.Image(t.Context(), c.data); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, data := range map[string][]byte{
		"cut PNG": whole[:len(whole)/2], "cut JPEG": photo[:len(photo)/2], "cut GIF": flat[:len(flat)/2],
		"PNG signature": whole[:8], "torn PNG": bytes.Replace(whole, []byte("IDAT"), []byte("IDAX"), 1),
	} {
		var malformed *MalformedError
		if _, err := e.Image(t.Context(), data); !errors.As(err, &malformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := e.Image(ctx, whole); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestOptions(t *testing.T) {
	for _, o := range []Options{{}, {Quality: 1}, {Quality: 100, MaxWidth: 1}} {
		if err := o.Validate(); err != nil {
			t.Errorf("%+v: %v", o, err)
		}
	}
	for option, o := range map[string]Options{"quality": {Quality: 101}, "maxWidth": {MaxWidth: -1}, "memory": {Memory: -1}} {
		var wrong *OptionError
		if _, err := New(o); !errors.As(err, &wrong) || wrong.Option != option {
			t.Errorf("%+v: %v", o, err)
		}
	}
	var wrong *OptionError
	if err := (Options{Quality: -1}).Validate(); !errors.As(err, &wrong) {
		t.Errorf("%v", err)
	}
}

// Many workers with little memory take turns, and the wait ends with the
// context.
func TestMemory(t *testing.T) {
	e := engine(t, Options{Memory: 1 << 16})
	data := asPNG(t, icon(81, 81))
	var wg sync.WaitGroup
	for range 6 {
		wg.Go(func() {
			if r, err := e.Image(t.Context(), data); err != nil || !r.Changed {
				t.Errorf("%v, changed %v", err, r.Changed)
			}
		})
	}
	wg.Wait()
	done, err := e.admit(t.Context(), 1000, 1000, pngPixelBytes, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer done()
	ctx, cancel := context.WithCancel(t.Context())
	wg.Go(func() {
		if _, err := e.Image(ctx, data); !errors.Is(err, context.Canceled) {
			t.Errorf("waiting: %v", err)
		}
	})
	cancel()
	wg.Wait()
}

func FuzzImage(f *testing.F) {
	f.Add(asJPEG(f, scene(24, 20, false), 95), 85, 0)
	f.Add(turnedJPEG(f, 6), 60, 10)
	f.Add(asPNG(f, scene(24, 20, true)), 85, 12)
	f.Add(asPNG(f, icon(20, 20)), 100, 0)
	f.Add(slices.Insert(asPNG(f, icon(20, 20)), 33, chunk("gAMA", []byte{0, 1, 0, 0})...), 50, 0)
	f.Add(asGIF(f, 1), 85, 0)
	f.Add(asGIF(f, 2), 85, 0)
	f.Fuzz(func(t *testing.T, data []byte, quality, maxWidth int) {
		c, _, err := image.DecodeConfig(bytes.NewReader(data))
		if err == nil && c.Width*c.Height > 1<<14 {
			return
		}
		e, err := New(Options{Quality: quality, MaxWidth: maxWidth})
		if err != nil {
			return
		}
		r, err := e.Image(t.Context(), data)
		if err != nil {
			return
		}
		if len(r.Data) > len(data) || formatOf(r.Data).contentType != r.ContentType {
			t.Fatalf("%d bytes of %d, %s", len(r.Data), len(data), r.ContentType)
		}
		if !r.Changed {
			return
		}
		got, _, err := image.Decode(bytes.NewReader(r.Data))
		if err != nil {
			t.Fatalf("the result does not decode: %v", err)
		}
		if got.Bounds().Size() != image.Pt(r.Width, r.Height) {
			t.Fatalf("%v, not %d × %d", got.Bounds(), r.Width, r.Height)
		}
	})
}
