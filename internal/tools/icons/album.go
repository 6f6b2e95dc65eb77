package main

import "image/color"

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

var album = []icon{
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
