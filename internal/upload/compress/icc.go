package compress

import (
	"encoding/binary"
	"math"
)

// isSRGB reports whether an ICC profile (ICC.1) says what viewers assume when
// there is none: the primaries and the curve of sRGB, by matrix and curves
// alone.
func isSRGB(profile []byte) bool {
	if len(profile) < 132 || string(profile[16:20]) != "RGB " {
		return false
	}
	tags := map[string][]byte{}
	count := int(min(binary.BigEndian.Uint32(profile[128:]), 100))
	for i := range count {
		at := 132 + 12*i
		if at+12 > len(profile) {
			return false
		}
		offset, size := int64(binary.BigEndian.Uint32(profile[at+4:])), int64(binary.BigEndian.Uint32(profile[at+8:]))
		if offset+size > int64(len(profile)) {
			return false
		}
		tags[string(profile[at:at+4])] = profile[offset : offset+size]
	}
	if tags["A2B0"] != nil || tags["cicp"] != nil {
		return false // these go before the matrix
	}
	// The primaries of sRGB, adapted to D50.
	for tag, want := range map[string][3]float64{
		"rXYZ": {0.4361, 0.2225, 0.0139}, "gXYZ": {0.3851, 0.7169, 0.0971}, "bXYZ": {0.1431, 0.0606, 0.7141},
	} {
		if !near(fixed(tags[tag], "XYZ ", 3), want[:], 0.002) {
			return false
		}
	}
	return isSRGBCurve(tags["rTRC"]) && isSRGBCurve(tags["gTRC"]) && isSRGBCurve(tags["bTRC"])
}

func isSRGBCurve(tag []byte) bool {
	if len(tag) < 12 {
		return false
	}
	if string(tag[:4]) == "para" {
		// Function type 3 with its parameters g a b c d.
		return binary.BigEndian.Uint16(tag[8:]) == 3 && len(tag) >= 12+20 &&
			near(fixed(append([]byte("para\x00\x00\x00\x00"), tag[12:]...), "para", 5),
				[]float64{2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045}, 0.001)
	}
	n := int64(binary.BigEndian.Uint32(tag[8:]))
	if string(tag[:4]) != "curv" || n < 256 || 12+2*n > int64(len(tag)) {
		return false // plain gammas are other curves
	}
	for i := range int64(17) {
		k := i * (n - 1) / 16
		x := float64(k) / float64(n-1)
		want := x / 12.92
		if x > 0.04045 {
			want = math.Pow((x+0.055)/1.055, 2.4)
		}
		if math.Abs(float64(binary.BigEndian.Uint16(tag[12+2*k:]))/65535-want) > 0.002 {
			return false
		}
	}
	return true
}

// fixed reads n numbers of the format s15Fixed16 behind the head of a tag.
func fixed(tag []byte, kind string, n int) []float64 {
	if len(tag) < 8+4*n || string(tag[:4]) != kind {
		return nil
	}
	values := make([]float64, n)
	for i := range values {
		values[i] = float64(int32(binary.BigEndian.Uint32(tag[8+4*i:]))) / 65536
	}
	return values
}

func near(got, want []float64, tolerance float64) bool {
	if len(got) != len(want) {
		return false
	}
	for i := range got {
		if math.Abs(got[i]-want[i]) > tolerance {
			return false
		}
	}
	return true
}
