package main

import (
	"encoding/binary"
	"math"
)

const sampleRate = 22050

// scale is the pentatonic one, in half tones.
var scale = []int{0, 2, 4, 7, 9, 12, 14, 16}

// tune is a soft melody, another one for each film, as 16-bit samples.
func tune(number int) []byte {
	const beat = 0.5 // seconds
	samples := make([]float64, sampleRate*seconds)
	for n := range int(seconds/beat) - 1 {
		step := scale[(n*(2*number+3)+n/3+number)%len(scale)]
		pluck(samples, int(float64(n)*beat*sampleRate), 293.66*math.Pow(2, float64(step-number%5)/12))
	}
	out := make([]byte, 0, 2*len(samples))
	for i, v := range samples {
		fade := min(1, float64(len(samples)-i)/sampleRate)
		out = binary.LittleEndian.AppendUint16(out, uint16(int16(9000*v*fade)))
	}
	return out
}

// pluck adds one tone of a string.
func pluck(samples []float64, from int, frequency float64) {
	for i := from; i < len(samples); i++ {
		t := float64(i-from) / sampleRate
		if t > 1.6 {
			return
		}
		attack := min(1, t*120)
		for harmonic, strength := range []float64{0.6, 0.25, 0.1} {
			h := float64(harmonic + 1)
			samples[i] += attack * strength * math.Exp(-t*(2.2+h)) * math.Sin(2*math.Pi*frequency*h*t)
		}
	}
}
