package main

import (
	"math"
	"math/rand/v2"
)

// pictures lists every picture of the sample.
func pictures() []picture {
	var all []picture
	all = append(all, tabIcons()...)
	all = append(all, smallIcons()...)
	all = append(all, photographs()...)
	return append(all, illustrations()...)
}

var (
	ink    = hex(0x8a8f85)
	accent = hex(0x3d7a4b)
	cream  = hex(0xf7f3e8)
	clay   = hex(0xb5623c)
	amber  = hex(0xe0a030)
)

func icon(path string, size int, c rgb, s shape) picture {
	return picture{path: path, width: size, height: size, transparent: true,
		layers: []layer{{s, c, c.mix(rgb{}, 0.12)}}}
}

// tabIcons are plain and selected, 81 pixels as the platform recommends.
func tabIcons() []picture {
	shapes := []struct {
		name string
		s    shape
	}{
		{"home", union(box(0, 0.12, 0.26, 0.22, 0.03), leaf(0, -0.14, 0.42, 0.2, 0))},
		{"category", union(circle(-0.17, -0.17, 0.14), box(0.17, -0.17, 0.13, 0.13, 0.03),
			box(-0.17, 0.17, 0.13, 0.13, 0.03), circle(0.17, 0.17, 0.14))},
		{"cart", union(box(0.03, -0.04, 0.28, 0.16, 0.04), circle(-0.14, 0.24, 0.07), circle(0.2, 0.24, 0.07),
			box(-0.33, -0.22, 0.1, 0.03, 0.02))},
		{"mine", union(circle(0, -0.16, 0.17), minus(circle(0, 0.36, 0.33), box(0, 0.6, 0.5, 0.25, 0)))},
	}
	var all []picture
	for _, t := range shapes {
		all = append(all,
			icon("images/tab/"+t.name+".png", 81, ink, ring(t.s, 0.05)),
			icon("images/tab/"+t.name+"-on.png", 81, accent, t.s))
	}
	return all
}

func smallIcons() []picture {
	tick := union(leaf(-0.11, 0.1, 0.16, 0.05, math.Pi/4), leaf(0.1, 0.02, 0.28, 0.05, -math.Pi/4))
	all := []picture{
		icon("images/icons/heart.png", 64, ink, ring(heart(), 0.05)),
		icon("images/icons/heart-on.png", 64, hex(0xd2483f), heart()),
		icon("images/icons/star.png", 64, ink, ring(star(5, 0.44, 0.2), 0.05)),
		icon("images/icons/star-on.png", 64, amber, star(5, 0.44, 0.2)),
		icon("images/toast/added.png", 120, cream, minus(circle(0, 0, 0.46), tick)),
	}
	for _, c := range []struct {
		key  string
		tint rgb
		s    shape
	}{
		{"green", hex(0x6fa35a), union(leaf(-0.05, 0, 0.4, 0.14, 0.8), leaf(0.1, 0.05, 0.3, 0.1, -0.7))},
		{"oolong", hex(0x4f7f78), union(circle(-0.14, 0.08, 0.17), circle(0.16, 0.1, 0.15), circle(0.02, -0.14, 0.16))},
		{"black", hex(0x8c3b2a), cup(0, 0, 0.9)},
		{"teaware", hex(0xa98252), union(circle(0, 0.06, 0.26), ring(circle(0.3, 0.04, 0.12), 0.05), circle(0, -0.24, 0.05), leaf(-0.3, 0, 0.16, 0.05, 0.5))},
	} {
		all = append(all, picture{path: "images/category/" + c.key + ".png", width: 120, height: 120, transparent: true,
			layers: []layer{{circle(0, 0, 0.49), cream, c.tint.mix(cream, 0.7)}, {c.s, c.tint, c.tint.mix(rgb{}, 0.3)}}, noise: 0.02})
	}
	return append(all, picture{path: "images/loading.gif", width: 64, height: 64, transparent: true, frames: 12,
		layers: []layer{{minus(ring(circle(0, 0, 0.38), 0.1), box(0.25, -0.25, 0.25, 0.25, 0)), accent.mix(cream, 0.6), accent}}})
}

// leaves scatters tea leaves over an area around cx, cy.
func leaves(seed uint64, n int, cx, cy, spread float64, tint rgb) []layer {
	rnd := rand.New(rand.NewPCG(seed, 7))
	var all []layer
	for range n {
		x, y := cx+(rnd.Float64()-0.5)*2*spread, cy+(rnd.Float64()-0.5)*spread
		size := 0.05 + 0.06*rnd.Float64()
		shade := tint.mix(rgb{}, 0.5*rnd.Float64())
		all = append(all, layer{leaf(x, y, size, size*0.3, rnd.Float64()*math.Pi), shade.mix(cream, 0.2), shade})
	}
	return all
}

func photographs() []picture {
	var all []picture
	for i, b := range []struct {
		path        string
		top, bottom rgb
	}{
		{"images/banners/spring.jpg", hex(0xcfe3c0), hex(0x5d8f4f)},
		{"images/banners/gift.jpg", hex(0xf0d9b8), hex(0xa6452f)},
		{"images/banners/teaware.jpg", hex(0xe6e2d8), hex(0x6d6a60)},
		{"images/banners/mid-autumn-2023.jpg", hex(0x2c3558), hex(0xd9a441)},
	} {
		layers := append([]layer{{leaf(0.7, 0.75, 2.2, 0.45, 0.05), b.bottom.mix(rgb{}, 0.2), b.bottom.mix(rgb{}, 0.4)}},
			leaves(uint64(i), 40, 0, 0.2, 0.9, b.bottom)...)
		layers = append(layers, layer{cup(0.55, 0.02, 0.6), cream, b.top})
		all = append(all, picture{path: b.path, width: 1125, height: 600, top: b.top, bottom: b.bottom, layers: layers, noise: 0.08, quality: 85})
	}
	for i, p := range []struct {
		id   string
		tint rgb
	}{
		{"longjing", hex(0x86a84e)}, {"tieguanyin", hex(0x4c7a4f)}, {"puer", hex(0x5b3a29)},
		{"dahongpao", hex(0x7d3a2b)}, {"jasmine", hex(0xb9b98a)}, {"gaiwan", hex(0x8aa0a8)},
	} {
		layers := append([]layer{{circle(0, 0.06, 0.4), cream.mix(p.tint, 0.15), cream.mix(p.tint, 0.4)},
			{circle(0, 0.06, 0.33), p.tint.mix(cream, 0.5), p.tint}}, leaves(uint64(100+i), 90, 0, 0.06, 0.26, p.tint)...)
		all = append(all, picture{path: "images/products/" + p.id + ".jpg", width: 750, height: 750,
			top: cream, bottom: cream.mix(p.tint, 0.35), layers: layers, noise: 0.09, quality: 87})
	}
	for i, s := range []struct {
		path        string
		top, bottom rgb
	}{
		{"packages/story/images/garden.jpg", hex(0xbcd8e8), hex(0x3f6f3c)},
		{"packages/story/images/roasting.jpg", hex(0x6b4a35), hex(0x2b1a12)},
		{"packages/story/images/tasting.jpg", hex(0xefe4cf), hex(0xa77c46)},
	} {
		layers := append([]layer{{leaf(-0.4, 0.6, 1.6, 0.4, -0.1), s.bottom.mix(cream, 0.1), s.bottom}},
			leaves(uint64(200+i), 60, 0, 0.3, 0.7, s.bottom)...)
		all = append(all, picture{path: s.path, width: 900, height: 600, top: s.top, bottom: s.bottom, layers: layers, noise: 0.06, quality: 80})
	}
	return all
}

func illustrations() []picture {
	return []picture{
		{path: "images/share.jpg", width: 750, height: 600, top: cream, bottom: accent, quality: 82, noise: 0.05,
			layers: append(leaves(300, 30, 0, 0.1, 0.6, accent), layer{cup(0, 0, 0.8), clay, clay.mix(rgb{}, 0.4)})},
		{path: "images/poster/background.jpg", width: 750, height: 1200, top: cream, bottom: hex(0xd8c9a3), quality: 80, noise: 0.03,
			layers: append(leaves(301, 50, 0, 0.5, 0.5, accent), layer{ring(box(0, 0, 0.46, 0.74, 0.03), 0.006), clay, clay})},
		{path: "images/poster/stamp.png", width: 160, height: 160, transparent: true, noise: 0.04,
			layers: []layer{{ring(circle(0, 0, 0.44), 0.04), clay, clay}, {star(5, 0.28, 0.12), clay, clay}}},
		{path: "images/mine/header.png", width: 750, height: 360, top: accent, bottom: hex(0x9cc08a), noise: 0.012,
			layers: leaves(302, 24, 0, 0, 1, accent)},
		{path: "images/mine/avatar.png", width: 160, height: 160, top: hex(0xdfe6da), bottom: hex(0xc3cfba),
			layers: []layer{{union(circle(0, -0.12, 0.17), circle(0, 0.5, 0.36)), ink.mix(cream, 0.3), ink}}},
		{path: "images/empty/cart.png", width: 400, height: 320, transparent: true,
			layers: []layer{{circle(0, 0.05, 0.44), hex(0xf0f2ec), hex(0xe2e7da)}, {cup(-0.05, 0.05, 0.7), ink.mix(cream, 0.4), ink}}},
	}
}
