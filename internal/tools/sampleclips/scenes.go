package main

import "math"

// scene is one film: what it shows at a time in seconds.
type scene struct {
	name string
	draw func(c *canvas, t float64)
}

var scenes = []scene{
	{"tea", tea}, {"lantern", lantern}, {"boat", boat}, {"kite", kite},
	{"rain", rain}, {"train", train}, {"night", night}, {"koi", koi},
}

// wave swings between -1 and 1, so many times in a film: films go on where they
// began.
func wave(t, times, phase float64) float64 {
	return math.Sin(2*math.Pi*(t/seconds*times) + phase)
}

// scatter is a number from 0 to 1 that seems to be random.
func scatter(n int) float64 {
	_, f := math.Modf(math.Abs(math.Sin(float64(n)*12.9898) * 43758.5453))
	return f
}

// tea steams in a cup.
func tea(c *canvas, t float64) {
	c.sky(0xFBF3E0, 0xE9D8B4)
	c.box(rgb(0x9C6B3F), 0, 205, width, 65)
	c.box(rgb(0xB07C4A), 0, 205, width, 6)
	for n := range 3 {
		x := 205.0 + 35*float64(n)
		var line []point
		for y := 0.0; y < 90; y += 4 {
			line = append(line, point{x + y/12*math.Sin(y/14-2*math.Pi*t/seconds*3+float64(n)), 128 - y})
		}
		for i := 1; i < len(line); i++ {
			c.stroke(faded(0xFFFFFF, 0.7*(1-float64(i)/float64(len(line)))), 9-float64(i)/4, line[i-1], line[i])
		}
	}
	c.ellipse(faded(0x000000, 0.18), point{240, 214}, 92, 10, 0)
	c.ellipse(rgb(0x2F6B5E), point{322, 160}, 24, 22, 0)
	c.ellipse(rgb(0xEBDBB8), point{322, 160}, 13, 12, 0)
	c.fill(rgb(0x357A6B), point{165, 135}, point{315, 135}, point{300, 190}, point{275, 212}, point{205, 212}, point{180, 190})
	c.ellipse(rgb(0x4C9A88), point{240, 135}, 75, 13, 0)
	c.ellipse(rgb(0xC8D26A), point{240, 137}, 66, 10, 0)
	leaf := point{240 + 40*wave(t, 1, 0), 137 + 4*wave(t, 1, math.Pi/2)}
	c.ellipse(rgb(0x6E8B2F), leaf, 9, 3, wave(t, 1, 1))
}

// lantern swings with two others.
func lantern(c *canvas, t float64) {
	c.sky(0x1B1B3A, 0x5C2A4A)
	c.box(rgb(0x120F22), 0, 0, width, 16)
	for n := range 3 {
		top := point{110 + 130*float64(n), 16}
		size := 34.0 + 10*float64(n%2)
		swing := 0.22 * wave(t, 2, float64(n)*1.3)
		sin, cos := math.Sincos(swing)
		at := point{top.x + sin*110, top.y + cos*110}
		along := func(d, side float64) point { return point{at.x + sin*d + cos*side, at.y + cos*d - sin*side} }
		c.stroke(rgb(0x8A6D3B), 2, top, at)
		c.circle(faded(0xFFB347, 0.12+0.04*wave(t, 6, float64(n))), at, size*2.2)
		c.circle(faded(0xFFB347, 0.14), at, size*1.5)
		c.ellipse(rgb(0xD7263D), at, size*1.15, size, -swing)
		c.ellipse(rgb(0xF04E4E), at, size*0.7, size, -swing)
		c.ellipse(rgb(0xFF8A5B), at, size*0.25, size, -swing)
		c.fill(rgb(0xE8B84B), along(-size-6, -14), along(-size-6, 14), along(-size+4, 14), along(-size+4, -14))
		c.fill(rgb(0xE8B84B), along(size-4, -14), along(size-4, 14), along(size+6, 14), along(size+6, -14))
		for s := -2.0; s <= 2; s++ {
			c.stroke(rgb(0xE8B84B), 2, along(size+6, s*4), along(size+34, s*5))
		}
	}
}

// boat rocks on the waves under a low sun.
func boat(c *canvas, t float64) {
	c.sky(0xFFB88C, 0xDE6262)
	c.circle(rgb(0xFFE8A3), point{350, 130}, 42)
	sea := func(level, high, phase float64) func(float64) float64 {
		return func(x float64) float64 {
			return level + high*math.Sin(x/45+phase+2*math.Pi*t/seconds*2)
		}
	}
	c.below(rgb(0x7A5C86), sea(165, 4, 0))
	x := 200 + 30*wave(t, 1, 0)
	y := sea(188, 6, 2)(x)
	tilt := 0.10 * wave(t, 2, 1)
	sin, cos := math.Sincos(tilt)
	place := func(dx, dy float64) point { return point{x + dx*cos - dy*sin, y + dx*sin + dy*cos} }
	c.stroke(rgb(0x4A2C2A), 4, place(0, -8), place(0, -112))
	c.fill(rgb(0xFFF6E5), place(5, -108), place(62, -22), place(5, -18))
	c.fill(rgb(0xF3D9B1), place(-5, -100), place(-44, -24), place(-5, -20))
	c.fill(rgb(0x8C3B2E), place(-68, -12), place(68, -12), place(46, 16), place(-48, 16))
	c.fill(rgb(0xA84C3A), place(-68, -12), place(68, -12), place(64, -6), place(-65, -6))
	c.below(rgb(0x4B4A7C), sea(196, 6, 2))
	c.below(rgb(0x37386A), sea(222, 7, 4))
}

// kite flies over hills.
func kite(c *canvas, t float64) {
	c.sky(0x7EC8F2, 0xDDF3FF)
	for n := range 4 {
		x := math.Mod(float64(n)*150+t/seconds*150, 600) - 60
		y := 50 + 28*float64(n%3)
		for i, r := range []float64{16, 24, 18} {
			c.circle(faded(0xFFFFFF, 0.9), point{x + 22*float64(i), y - 5*float64(i%2)}, r)
		}
	}
	c.below(rgb(0x8CC474), func(x float64) float64 { return 215 - 22*math.Sin(x/90) })
	c.below(rgb(0x5FA657), func(x float64) float64 { return 235 - 18*math.Sin(x/70+2) })
	at := point{300 + 60*wave(t, 1, 0), 85 + 26*wave(t, 2, 0.5)}
	turn := 0.35 + 0.25*wave(t, 1, 1)
	sin, cos := math.Sincos(turn)
	place := func(dx, dy float64) point { return point{at.x + dx*cos - dy*sin, at.y + dx*sin + dy*cos} }
	var line []point
	for s := 0.0; s <= 1.001; s += 0.05 {
		line = append(line, point{at.x*(1-s) + 90*s, at.y*(1-s) + 226*s + 34*math.Sin(math.Pi*s)})
	}
	c.stroke(faded(0x444444, 0.8), 1.4, line...)
	var tail []point
	for s := 0.0; s <= 90; s += 6 {
		tail = append(tail, place(9*math.Sin(s/11-2*math.Pi*t/seconds*4), 46+s))
	}
	c.stroke(rgb(0xF25F5C), 3, tail...)
	for i := 3; i < len(tail); i += 4 {
		c.circle(rgb(0xFFE066), tail[i], 6)
	}
	c.fill(rgb(0xF25F5C), place(0, -46), place(34, 0), place(0, 0))
	c.fill(rgb(0xFFE066), place(0, -46), place(-34, 0), place(0, 0))
	c.fill(rgb(0x247BA0), place(34, 0), place(0, 46), place(0, 0))
	c.fill(rgb(0x70C1B3), place(-34, 0), place(0, 46), place(0, 0))
	c.circle(rgb(0x5B3A29), point{90, 218}, 7)
	c.fill(rgb(0x3D5A80), point{80, 226}, point{100, 226}, point{104, 252}, point{76, 252})
}

// rain falls on an umbrella.
func rain(c *canvas, t float64) {
	c.sky(0x51667A, 0x9FB3C1)
	c.box(rgb(0x5C6B73), 0, 225, width, 45)
	for n := range 110 {
		x := scatter(n) * width
		fall := math.Mod(scatter(n+500)*300+t*300*float64(1+n%2), 300) - 20
		if dx := math.Abs(x - 240); dx < 96 && fall > 100 {
			continue
		}
		if fall > 238 {
			c.ellipse(faded(0xDCE8EF, 0.5), point{x, 244 + scatter(n+900)*18}, 7, 2, 0)
			continue
		}
		c.stroke(faded(0xDCE8EF, 0.65), 1.6, point{x, fall}, point{x - 2, fall + 13})
	}
	sway := 3 * wave(t, 2, 0)
	c.stroke(rgb(0x3B2F2F), 4, point{240, 120}, point{240 + sway, 218})
	top := make([]point, 0, 80)
	for a := math.Pi; a <= 2*math.Pi+0.01; a += math.Pi / 32 {
		top = append(top, point{240 + 100*math.Cos(a), 128 + 72*math.Sin(a)})
	}
	for n := 4.0; n >= 0; n-- {
		for i := 0.0; i <= 8; i++ {
			top = append(top, point{140 + 40*n + 40 - 5*i, 128 - 9*math.Sin(math.Pi*i/8)})
		}
	}
	c.fill(rgb(0xE4572E), top...)
	for n := -1.0; n <= 1; n++ {
		c.stroke(faded(0x9B3318, 0.7), 1.5, point{240, 58}, point{240 + 40*n + 20*n, 124})
	}
	c.circle(rgb(0x9B3318), point{240, 56}, 4)
	c.circle(rgb(0x5B3A29), point{238 + sway, 176}, 13)
	c.fill(rgb(0xF2C14E), point{222 + sway, 190}, point{254 + sway, 190}, point{262 + sway, 244}, point{214 + sway, 244})
}

// train passes in front of mountains.
func train(c *canvas, t float64) {
	c.sky(0xCFE8FF, 0xFFF1D6)
	pan := t / seconds * 240
	peaks := func(level, high, long, speed float64) func(float64) float64 {
		return func(x float64) float64 {
			_, f := math.Modf((x + pan*speed) / long)
			return level - high*(1-math.Abs(2*f-1))
		}
	}
	c.below(rgb(0xA9BCD0), peaks(170, 85, 240, 1))
	c.below(rgb(0x7F9C82), peaks(195, 50, 120, 2))
	c.below(rgb(0x5E7D5A), func(float64) float64 { return 200 })
	c.box(rgb(0x6B5B4B), 0, 228, width, 5)
	for n := range 26 {
		x := math.Mod(float64(n)*20-pan*4+9600, 520) - 20
		c.box(rgb(0x4A3B2C), x, 233, 9, 6)
	}
	bounce := wave(t, 12, 0)
	for n := range 3 {
		x, y := 16+126*float64(n), 150+bounce*float64(n%2)
		c.box(rgb(0x1F7A8C), x, y, 118, 60)
		c.box(rgb(0xE1E5F2), x, y+42, 118, 6)
		c.box(rgb(0x022B3A), x+4, y-5, 110, 6)
		for w := range 4 {
			c.box(rgb(0xBFE9FF), x+10+27*float64(w), y+10, 18, 22)
		}
		for w := range 2 {
			wheel(c, point{x + 26 + 66*float64(w), 216}, 12, pan/12)
		}
	}
	c.fill(rgb(0xD1495B), point{394, 150}, point{440, 150}, point{468, 186}, point{468, 210}, point{394, 210})
	c.fill(rgb(0xBFE9FF), point{424, 158}, point{438, 158}, point{454, 182}, point{424, 182})
	c.circle(rgb(0xFFF3B0), point{462, 196}, 5)
	for w := range 2 {
		wheel(c, point{414 + 36*float64(w), 216}, 12, pan/12)
	}
}

// wheel draws one that has turned by an angle.
func wheel(c *canvas, at point, radius, angle float64) {
	c.circle(rgb(0x22223B), at, radius)
	c.circle(rgb(0x9A8C98), at, radius*0.6)
	for n := range 3 {
		sin, cos := math.Sincos(angle + float64(n)*math.Pi/3)
		c.stroke(rgb(0x22223B), 2, point{at.x - radius*cos, at.y - radius*sin}, point{at.x + radius*cos, at.y + radius*sin})
	}
}

// night has stars, a moon and a cat that watches them.
func night(c *canvas, t float64) {
	c.sky(0x0B1437, 0x3C4F8A)
	for n := range 60 {
		glow := 0.55 + 0.45*wave(t, float64(1+n%4), float64(n))
		c.circle(faded(0xFFFDE4, glow), point{scatter(n+40) * width, scatter(n+80) * 190}, 0.8+1.3*scatter(n))
	}
	if fall := t - 3; fall > 0 && fall < 1 {
		at := point{120 + 190*fall, 30 + 70*fall}
		c.stroke(faded(0xFFFFFF, 1-fall), 2, point{at.x - 40, at.y - 15}, at)
	}
	c.circle(faded(0xFFF6C9, 0.15), point{370, 75}, 62)
	c.circle(rgb(0xFFF1B8), point{370, 75}, 40)
	for n, p := range []point{{358, 64}, {382, 88}, {376, 58}} {
		c.circle(rgb(0xE8D591), p, 6-float64(n))
	}
	c.fill(rgb(0x141B33), point{0, 235}, point{90, 195}, point{200, 235}, point{480, 235}, point{480, 270}, point{0, 270})
	c.ellipse(rgb(0x05080F), point{255, 212}, 27, 32, 0)
	c.circle(rgb(0x05080F), point{255, 172}, 19)
	for _, side := range []float64{-1, 1} {
		c.fill(rgb(0x05080F), point{255 + side*18, 168}, point{255 + side*15, 145}, point{255 + side*3, 158})
	}
	var tail []point
	for s := 0.0; s <= 1.001; s += 0.1 {
		tail = append(tail, point{280 + 46*s, 236 - 44*s*s + 10*s*wave(t, 3, 3*s)})
	}
	c.stroke(rgb(0x05080F), 7, tail...)
}

// koi swim in a pond.
func koi(c *canvas, t float64) {
	c.sky(0x2A9D8F, 0x1D6F72)
	for n := range 5 {
		_, age := math.Modf(t/seconds*2 + scatter(n))
		c.ellipse(faded(0xFFFFFF, 0.25*(1-age)), point{scatter(n+7) * width, scatter(n+17) * height}, 60*age, 30*age, 0)
		c.ellipse(faded(0x24877F, 0.6*(1-age)), point{scatter(n+7) * width, scatter(n+17) * height}, 54*age, 26*age, 0)
	}
	for n := range 3 {
		turn := 2 * math.Pi * (t/seconds + float64(n)/3)
		fish(c, point{240 + 130*math.Cos(turn), 135 + 70*math.Sin(turn)}, math.Atan2(70*math.Cos(turn), -130*math.Sin(turn)), t+float64(n), []uint32{0xF3722C, 0xFFFFFF, 0xF9C74F}[n])
	}
	for n := range 4 {
		at := point{[]float64{60, 430, 400, 95}[n] + 3*wave(t, 1, float64(n)), []float64{50, 60, 225, 220}[n]}
		c.ellipse(rgb(0x52B788), at, 40, 30, 0.2)
		c.fill(rgb(0x23807D), at, point{at.x + 44, at.y - 9}, point{at.x + 44, at.y + 9})
		if n%2 == 0 {
			for p := range 6 {
				sin, cos := math.Sincos(float64(p) * math.Pi / 3)
				c.ellipse(rgb(0xFFAFCC), point{at.x - 8 + 9*cos, at.y - 4 + 7*sin}, 9, 5, float64(p)*math.Pi/3)
			}
			c.circle(rgb(0xFFE066), point{at.x - 8, at.y - 4}, 4)
		}
	}
}

// fish draws one that swims towards an angle.
func fish(c *canvas, at point, angle, t float64, ink uint32) {
	sin, cos := math.Sincos(angle)
	place := func(along, side float64) point {
		return point{at.x + along*cos - side*sin, at.y + along*sin + side*cos}
	}
	flick := 9 * math.Sin(2*math.Pi*t*1.5)
	c.fill(faded(ink, 0.8), place(-26, flick/3), place(-54, flick-15), place(-46, flick), place(-54, flick+15))
	for _, side := range []float64{-1, 1} {
		c.fill(faded(ink, 0.75), place(10, side*10), place(-8, side*(24+flick/4)), place(-6, side*8))
	}
	c.ellipse(rgb(ink), at, 36, 13, angle)
	c.ellipse(rgb(0xFFF8F0), place(12, 0), 13, 8, angle)
	c.ellipse(rgb(0xD62828), place(-10, 2), 9, 6, angle)
	for _, side := range []float64{-1, 1} {
		c.circle(rgb(0x111111), place(26, side*6), 2)
	}
}
