package main

import "image/color"

var (
	skin   = color.NRGBA{0xf6, 0xc3, 0x9a, 0xff}
	crease = color.NRGBA{0xd9, 0x95, 0x68, 0xff}
	navy   = color.NRGBA{0x2c, 0x4a, 0x7c, 0xff}
	steel  = color.NRGBA{0xb9, 0xc9, 0xe0, 0xff}
	orange = color.NRGBA{0xe0, 0x79, 0x2b, 0xff}
)

var rps = []icon{
	{"scissors", 240, 240, append([]layer{
		{band(96, 140, 62, 40, 17), skin},
		{band(128, 136, 160, 40, 17), skin},
	}, fist(2)...)},
	{"rock", 240, 240, fist(0)},
	{"paper", 240, 240, []layer{
		{box(64, 112, 112, 104, 34), skin},
		{band(81, 130, 66, 52, 15), skin},
		{band(107, 124, 102, 32, 15), skin},
		{band(133, 124, 140, 34, 15), skin},
		{band(158, 132, 176, 60, 15), skin},
		{band(84, 180, 34, 132, 15), skin},
		{band(92, 172, 142, 158, 3), crease},
	}},
	{"person", 160, 160, []layer{
		{circle(80, 80, 79), steel},
		{circle(80, 62, 28), navy},
		{within(circle(80, 80, 79), circle(80, 150, 54)), navy},
	}},
	{"robot", 160, 160, []layer{
		{circle(80, 80, 79), steel},
		{band(80, 48, 80, 28, 4), navy},
		{circle(80, 26, 8), orange},
		{box(36, 48, 88, 72, 18), navy},
		{circle(62, 78, 10), white},
		{circle(98, 78, 10), white},
		{box(58, 98, 44, 8, 4), white},
	}},
	{"cover", 500, 400, []layer{
		{box(0, 0, 500, 400, 0), navy},
		{circle(150, 200, 104), steel},
		{circle(350, 200, 104), orange},
		// A fist and a hand that meet.
		{box(92, 146, 116, 108, 40), skin},
		{band(104, 182, 196, 182, 3), crease},
		{band(104, 206, 196, 206, 3), crease},
		{band(104, 230, 180, 230, 3), crease},
		{box(314, 150, 96, 104, 30), skin},
		{band(324, 166, 268, 152, 12), skin},
		{band(324, 190, 258, 188, 12), skin},
		{band(324, 214, 264, 222, 12), skin},
		{band(330, 240, 280, 258, 12), skin},
		{band(360, 160, 336, 116, 12), skin},
	}},
}

// fist is one from which so many of four fingers stick out on the left.
func fist(out int) []layer {
	layers := []layer{{box(66, 100, 112, 112, 38), skin}}
	for i := out; i < 4; i++ {
		x := 82 + 27*float64(i)
		layers = append(layers, layer{band(x, 102, x, 132, 15), crease}, layer{band(x, 102, x, 130, 13), skin})
	}
	return append(layers, layer{band(84, 168, 138, 158, 17), crease}, layer{band(84, 168, 138, 158, 15), skin})
}
