// Command albumicons draws the pictures of the album's mini-program. It is run
// by hand when one of them is to change; what it writes is committed.
package main

import (
	"errors"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
	"path/filepath"
)

func main() {
	dir := flag.String("dir", "internal/servers/album/applet/images", "folder that the pictures go to")
	flag.Parse()
	for _, i := range icons {
		if err := i.write(*dir); err != nil {
			fmt.Fprintf(os.Stderr, "albumicons: %s: %v\n", i.name, err)
			os.Exit(1)
		}
	}
}

// shape reports whether a point belongs to it. Coordinates are in pixels.
type shape func(x, y float64) bool

// layer is a shape in a colour, over those before it.
type layer struct {
	in    shape
	color color.NRGBA
}

type icon struct {
	name          string
	width, height int
	layers        []layer
}

var (
	green  = color.NRGBA{0x0b, 0x7a, 0x5c, 0xff}
	meadow = color.NRGBA{0x4f, 0xae, 0x8b, 0xff}
	mist   = color.NRGBA{0xcf, 0xe3, 0xdb, 0xff}
	sky    = color.NRGBA{0xea, 0xf3, 0xef, 0xff}
	sun    = color.NRGBA{0xff, 0xc9, 0x4d, 0xff}
	white  = color.NRGBA{0xff, 0xff, 0xff, 0xff}
	grey   = color.NRGBA{0xd5, 0xda, 0xd8, 0xff}
	dark   = color.NRGBA{0x8d, 0x98, 0x94, 0xff}
)

var icons = []icon{
	{"add", 96, 96, []layer{
		{circle(48, 48, 47), green},
		{box(26, 44, 44, 8, 4), white},
		{box(44, 26, 8, 44, 4), white},
	}},
	{"empty", 320, 240, append([]layer{
		{box(74, 34, 200, 150, 12), mist},
	}, photograph(46, 54, 228, 160)...)},
	{"broken", 240, 240, []layer{
		{box(0, 0, 240, 240, 0), sky},
		{box(60, 72, 120, 96, 10), grey},
		{box(68, 80, 104, 80, 6), white},
		{circle(94, 104, 10), dark},
		{within(box(68, 80, 104, 80, 6), hill(140, 120, 70)), dark},
		{band(150, 58, 96, 184, 7), sky},
	}},
	{"cover", 500, 400, append([]layer{
		{box(0, 0, 500, 400, 0), green},
		{box(104, 62, 340, 250, 18), meadow},
	}, photograph(62, 96, 376, 250)...)},
}

// photograph is a landscape in a white frame.
func photograph(x, y, w, h float64) []layer {
	edge := w / 20
	inside := box(x+edge, y+edge, w-2*edge, h-2*edge, edge/2)
	return []layer{
		{box(x, y, w, h, edge), white},
		{inside, sky},
		{within(inside, circle(x+w*0.30, y+h*0.36, h*0.11)), sun},
		{within(inside, hill(x+w*0.68, y+h*0.34, w*0.62)), meadow},
		{within(inside, hill(x+w*0.34, y+h*0.52, w*0.56)), green},
	}
}

func circle(cx, cy, r float64) shape {
	return func(x, y float64) bool { return math.Hypot(x-cx, y-cy) <= r }
}

// box has round corners of radius r.
func box(left, top, w, h, r float64) shape {
	return func(x, y float64) bool {
		dx := math.Max(math.Max(left+r-x, x-(left+w-r)), 0)
		dy := math.Max(math.Max(top+r-y, y-(top+h-r)), 0)
		if r == 0 {
			return dx == 0 && dy == 0
		}
		return math.Hypot(dx, dy) <= r
	}
}

// hill has its round top at (cx, top) and slopes down on both sides.
func hill(cx, top, half float64) shape {
	return func(x, y float64) bool {
		d := math.Abs(x-cx) / half
		return y >= top+half*0.9*(math.Sqrt(d*d+0.02)-math.Sqrt(0.02))
	}
}

// band is a stroke from one point to another.
func band(x1, y1, x2, y2, half float64) shape {
	length := math.Hypot(x2-x1, y2-y1)
	return func(x, y float64) bool {
		along := ((x-x1)*(x2-x1) + (y-y1)*(y2-y1)) / length
		across := ((x-x1)*(y2-y1) - (y-y1)*(x2-x1)) / length
		return along >= 0 && along <= length && math.Abs(across) <= half
	}
}

func within(a, b shape) shape {
	return func(x, y float64) bool { return a(x, y) && b(x, y) }
}

// draw looks at several points of every pixel.
func (i icon) draw() *image.NRGBA {
	const side = 4
	m := image.NewNRGBA(image.Rect(0, 0, i.width, i.height))
	for y := range i.height {
		for x := range i.width {
			var r, g, b, a float64
			for sample := range side * side {
				px := float64(x) + (float64(sample%side)+0.5)/side
				py := float64(y) + (float64(sample/side)+0.5)/side
				for n := len(i.layers) - 1; n >= 0; n-- {
					if c := i.layers[n].color; i.layers[n].in(px, py) {
						r, g, b, a = r+float64(c.R), g+float64(c.G), b+float64(c.B), a+1
						break
					}
				}
			}
			if a > 0 {
				m.SetNRGBA(x, y, color.NRGBA{uint8(r / a), uint8(g / a), uint8(b / a), uint8(255 * a / (side * side))})
			}
		}
	}
	return m
}

func (i icon) write(dir string) error {
	f, err := os.Create(filepath.Join(dir, i.name+".png"))
	if err != nil {
		return err
	}
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	return errors.Join(encoder.Encode(f, i.draw()), f.Close())
}
