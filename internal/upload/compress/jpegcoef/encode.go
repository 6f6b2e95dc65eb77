package jpegcoef

import (
	"context"
	"encoding/binary"
	"errors"
	"slices"
)

// The largest magnitudes, in bits, that 8-bit Huffman coding has symbols for
// (F.1.2): files beyond are refused, most decoders would.
const (
	maxDCBits = 11
	maxACBits = 10
)

// errRange is returned when coefficients do not fit 8-bit Huffman coding.
var errRange = errors.New("a coefficient is out of range")

// Encode writes m with the Huffman tables that fit it best, baseline or
// progressive, whichever is smaller, and with no metadata but what the
// colours need: the JFIF and Adobe markers as they were, and m.ICC.
func (m *Image) Encode(ctx context.Context) ([]byte, error) {
	if len(m.Components) == 0 || len(m.Components) > 4 {
		return nil, malformed("%d components", len(m.Components))
	}
	baseline, err := m.encode(ctx, m.baselineScript(), false)
	if err != nil {
		return nil, err
	}
	progressive, err := m.encode(ctx, m.progressiveScript(), true)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err != nil || len(progressive) >= len(baseline) {
		return baseline, nil
	}
	return progressive, nil
}

// scanSpec is one scan of a script; fields as in a scan header.
type scanSpec struct {
	components     []int
	ss, se, ah, al int
}

func (m *Image) all() []int {
	all := make([]int, len(m.Components))
	for i := range all {
		all[i] = i
	}
	return all
}

// blocksPerMCU is limited to 10 in scans of several components (B.2.3).
func (m *Image) blocksPerMCU() int {
	n := 0
	for _, c := range m.Components {
		n += c.H * c.V
	}
	return n
}

func (m *Image) baselineScript() []scanSpec {
	if m.blocksPerMCU() <= 10 {
		return []scanSpec{{components: m.all(), se: 63}}
	}
	var script []scanSpec
	for i := range m.Components {
		script = append(script, scanSpec{components: []int{i}, se: 63})
	}
	return script
}

// progressiveScript sends rough values of the low frequencies first and the
// lowest bit of the luma, which is most of the file, last.
func (m *Image) progressiveScript() []scanSpec {
	var script []scanSpec
	dc := func(ah, al int) {
		if m.blocksPerMCU() <= 10 {
			script = append(script, scanSpec{components: m.all(), ah: ah, al: al})
			return
		}
		for i := range m.Components {
			script = append(script, scanSpec{components: []int{i}, ah: ah, al: al})
		}
	}
	ac := func(c, ss, se, ah, al int) {
		script = append(script, scanSpec{[]int{c}, ss, se, ah, al})
	}
	chroma := m.all()[1:]
	dc(0, 1)
	ac(0, 1, 5, 0, 2)
	for _, c := range slices.Backward(chroma) {
		ac(c, 1, 63, 0, 1)
	}
	ac(0, 6, 63, 0, 2)
	ac(0, 1, 63, 2, 1)
	dc(1, 0)
	for _, c := range slices.Backward(chroma) {
		ac(c, 1, 63, 1, 0)
	}
	ac(0, 1, 63, 1, 0)
	return script
}

func (m *Image) encode(ctx context.Context, script []scanSpec, progressive bool) ([]byte, error) {
	out := m.appendHeader(nil, progressive)
	for _, spec := range script {
		var err error
		if out, err = m.appendScan(ctx, out, spec, progressive); err != nil {
			return nil, err
		}
	}
	return append(out, 0xff, markEOI), nil
}

func appendSegment(out []byte, mark byte, parts ...[]byte) []byte {
	n := 2
	for _, p := range parts {
		n += len(p)
	}
	out = append(out, 0xff, mark, byte(n>>8), byte(n))
	for _, p := range parts {
		out = append(out, p...)
	}
	return out
}

func (m *Image) appendHeader(out []byte, progressive bool) []byte {
	out = append(out, 0xff, markSOI)
	if m.JFIF {
		// Version 1.1, square pixels, no thumbnail.
		out = appendSegment(out, markAPP0, []byte("JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"))
	}
	if m.Adobe != nil {
		out = appendSegment(out, markAPP14, []byte{'A', 'd', 'o', 'b', 'e', 0, 100, 0, 0, 0, 0, m.Adobe.Transform})
	}
	total := ceilDiv(len(m.ICC), iccChunk)
	for i := range total {
		part := m.ICC[i*iccChunk : min(len(m.ICC), (i+1)*iccChunk)]
		out = appendSegment(out, markAPP2, []byte(iccName), []byte{byte(i + 1), byte(total)}, part)
	}
	used := [4]bool{}
	wide := false
	for _, c := range m.Components {
		used[c.Quant] = true
	}
	var tables []byte
	for id, q := range m.Quant {
		if q == nil || !used[id] {
			continue
		}
		if slices.Max(q[:]) < 256 {
			tables = append(tables, byte(id))
			for _, v := range q {
				tables = append(tables, byte(v))
			}
			continue
		}
		wide = true
		tables = append(tables, 0x10|byte(id))
		for _, v := range q {
			tables = binary.BigEndian.AppendUint16(tables, v)
		}
	}
	out = appendSegment(out, markDQT, tables)

	frame := []byte{8, byte(m.Height >> 8), byte(m.Height), byte(m.Width >> 8), byte(m.Width), byte(len(m.Components))}
	for _, c := range m.Components {
		frame = append(frame, c.ID, byte(c.H<<4|c.V), c.Quant)
	}
	mark := byte(markSOF0)
	switch {
	case progressive:
		mark = markSOF2
	case wide: // baseline has 8-bit tables only (B.2.4.1)
		mark = markSOF1
	}
	return appendSegment(out, mark, frame)
}
