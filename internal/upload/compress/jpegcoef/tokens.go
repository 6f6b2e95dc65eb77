package jpegcoef

import (
	"context"
	"math/bits"

	"github.com/wecos-go/wecos/internal/upload/compress/huffman"
)

// token is a Huffman symbol and the plain bits that follow it, or plain bits
// alone: bits in 0–15, how many in 16–20, the table in 21–22 (its class is
// that of the scan), the symbol in 23–30, and whether there is one in 31.
type token uint32

const hasSymbol = 1 << 31

func symbolToken(table int, symbol byte, n int, plain uint32) token {
	return hasSymbol | token(symbol)<<23 | token(table)<<21 | token(n)<<16 | token(plain)
}

func plainToken(n int, plain uint32) token { return token(n)<<16 | token(plain) }

func (t token) plain() (n int, v uint32) { return int(t >> 16 & 31), uint32(t & 0xffff) }
func (t token) symbol() byte             { return byte(t >> 23) }

// table is 0 to 3: DC tables 0 and 1, then AC tables 0 and 1.
func (t token) table() int { return int(t >> 21 & 3) }

const (
	dcTable = 0
	acTable = 2
)

// appendScan writes the tables, the header and the data of one scan.
func (m *Image) appendScan(ctx context.Context, out []byte, spec scanSpec, progressive bool) ([]byte, error) {
	w := &scanWriter{m: m, scanSpec: spec, progressive: progressive}
	if err := w.run(ctx); err != nil {
		return nil, err
	}
	var codes [4]*encodeTable
	var counts [4][257]int64
	for _, t := range w.tokens {
		if t&hasSymbol != 0 {
			counts[t.table()][t.symbol()]++
		}
	}
	var dht []byte
	for i := range counts {
		if codes[i] = newEncodeTable(&counts[i]); codes[i] != nil {
			dht = append(dht, byte(i/2<<4|i%2))
			dht = append(dht, codes[i].perLength[1:]...)
			dht = append(dht, codes[i].symbols...)
		}
	}
	if len(dht) > 0 {
		out = appendSegment(out, markDHT, dht)
	}
	header := []byte{byte(len(spec.components))}
	for _, i := range spec.components {
		t := tableOf(i)
		header = append(header, m.Components[i].ID, byte(t<<4|t))
	}
	header = append(header, byte(spec.ss), byte(spec.se), byte(spec.ah<<4|spec.al))
	out = appendSegment(out, markSOS, header)
	return appendTokens(out, w.tokens, &codes), nil
}

// tableOf says which Huffman tables a component uses: luma its own, the
// others share.
func tableOf(component int) int { return min(component, 1) }

type encodeTable struct {
	perLength [17]byte
	symbols   []byte
	code      [256]uint16
	length    [256]uint8
}

// newEncodeTable makes the best table for the counts, nil when all are zero.
func newEncodeTable(count *[257]int64) *encodeTable {
	used := false
	for _, n := range count[:256] {
		used = used || n > 0
	}
	if !used {
		return nil
	}
	// The code of all ones must stay unused (C): an imaginary symbol, rarer
	// than any, takes it, being the last of the longest codes.
	for i := range count[:256] {
		count[i] *= 2
	}
	count[256] = 1
	lengths := huffman.Lengths(count[:], 16)
	longest := uint8(0)
	for _, n := range lengths {
		longest = max(longest, n)
	}
	lengths[256] = longest
	codes := huffman.Codes(lengths)
	t := &encodeTable{}
	for n := uint8(1); n <= 16; n++ {
		for symbol, length := range lengths[:256] {
			if length == n {
				t.perLength[n]++
				t.symbols = append(t.symbols, byte(symbol))
				t.code[symbol], t.length[symbol] = uint16(codes[symbol]), n
			}
		}
	}
	return t
}

// appendTokens writes tokens as bits, with a zero stuffed behind each byte
// 0xff, and ones up to a whole byte (F.1.2.3).
func appendTokens(out []byte, tokens []token, codes *[4]*encodeTable) []byte {
	var acc uint64
	have := 0
	put := func(v uint32, n int) {
		acc = acc<<n | uint64(v)
		have += n
		for have >= 8 {
			have -= 8
			b := byte(acc >> have)
			out = append(out, b)
			if b == 0xff {
				out = append(out, 0)
			}
		}
	}
	for _, t := range tokens {
		n, v := t.plain()
		if t&hasSymbol != 0 {
			c := codes[t.table()]
			s := t.symbol()
			v |= uint32(c.code[s]) << n
			n += int(c.length[s])
		}
		put(v, n)
	}
	if have > 0 {
		put(1<<(8-have)-1, 8-have)
	}
	return out
}

// magnitude is the size of v in bits, and the bits that follow its symbol
// (F.1.2.1).
func magnitude(v int) (n int, plain uint32) {
	if v < 0 {
		n = bits.Len(uint(-v))
		return n, uint32(v-1) & (1<<n - 1)
	}
	return bits.Len(uint(v)), uint32(v)
}
