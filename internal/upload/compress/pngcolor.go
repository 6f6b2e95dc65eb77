package compress

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"io"

	"github.com/wecos-go/wecos/internal/upload/compress/pngpack"
)

// maxProfile bounds a decompressed profile; larger ones stay unread.
const maxProfile = 4 << 20

// colorChunks returns those of the chunks about colour that a file must keep
// to look the same: none when they say sRGB. The order of precedence is that
// of the PNG specification, 4.3.
func colorChunks(all []pngpack.Chunk) []pngpack.Chunk {
	byType := map[string][]byte{}
	for _, c := range all {
		if _, ok := byType[c.Type]; !ok {
			byType[c.Type] = c.Data
		}
	}
	if byType["cICP"] != nil {
		return all
	}
	if profile := byType["iCCP"]; profile != nil {
		if isSRGB(inflateProfile(profile)) {
			return nil
		}
		return all
	}
	if _, ok := byType["sRGB"]; ok {
		return nil
	}
	gamma, hasGamma := byType["gAMA"]
	primaries, hasPrimaries := byType["cHRM"]
	standardGamma := !hasGamma || bytes.Equal(gamma, []byte{0, 0, 0xb1, 0x8f}) // 45455
	if standardGamma && (!hasPrimaries || isSRGBPrimaries(primaries)) {
		return nil
	}
	return all
}

// inflateProfile reads the chunk iCCP: a name, a zero, the method 0, zlib
// data.
func inflateProfile(chunk []byte) []byte {
	name, packed, ok := bytes.Cut(chunk, []byte{0})
	if !ok || len(name) > 79 || len(packed) < 1 || packed[0] != 0 {
		return nil
	}
	z, err := zlib.NewReader(bytes.NewReader(packed[1:]))
	if err != nil {
		return nil
	}
	profile, err := io.ReadAll(io.LimitReader(z, maxProfile+1))
	if err != nil || len(profile) > maxProfile {
		return nil
	}
	return profile
}

// isSRGBPrimaries reads the chunk cHRM: the chromaticities of white, red,
// green and blue, times 100,000.
func isSRGBPrimaries(chunk []byte) bool {
	want := [8]int64{31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000}
	if len(chunk) != 4*len(want) {
		return false
	}
	for i, w := range want {
		if d := int64(binary.BigEndian.Uint32(chunk[4*i:])) - w; d > 100 || d < -100 {
			return false
		}
	}
	return true
}
