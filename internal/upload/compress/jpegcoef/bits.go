package jpegcoef

// decodeTable finds a symbol from the next bits.
type decodeTable struct {
	// short holds length<<8 | symbol for codes of at most 9 bits, 0 for
	// others.
	short [1 << shortBits]uint16
	// Longer codes are compared by length (F.2.2.3).
	maxCode [17]int32 // -1 where no code has the length
	offset  [17]int32 // index in symbols minus the first code
	symbols []byte
}

const shortBits = 9

func newDecodeTable(perLength [16]byte, symbols []byte) (*decodeTable, error) {
	t := &decodeTable{symbols: symbols}
	code, k := int32(0), int32(0)
	for n := 1; n <= 16; n++ {
		t.maxCode[n] = -1
		t.offset[n] = k - code
		for range perLength[n-1] {
			if code >= 1<<n {
				return nil, malformed("a Huffman table with too many codes")
			}
			if n <= shortBits {
				for i := range 1 << (shortBits - n) {
					t.short[int(code)<<(shortBits-n)|i] = uint16(n)<<8 | uint16(symbols[k])
				}
			}
			t.maxCode[n] = code
			code++
			k++
		}
		code <<= 1
	}
	return t, nil
}

// bitReader reads the entropy coded bytes from data[at:] up to the next
// marker.
type bitReader struct {
	data   []byte
	at     int
	bits   uint64
	have   int
	padded int // bits made up after the end
}

// fill makes at least 32 bits available, zeros behind the end.
func (r *bitReader) fill() {
	for r.have <= 32 {
		var b byte
		switch {
		case r.at < len(r.data) && r.data[r.at] != 0xff:
			b = r.data[r.at]
			r.at++
		case r.at+1 < len(r.data) && r.data[r.at+1] == 0: // stuffing
			b = 0xff
			r.at += 2
		default:
			r.padded += 8
		}
		r.bits = r.bits<<8 | uint64(b)
		r.have += 8
	}
}

// over reports whether bits were used that the file does not have.
func (r *bitReader) over() bool { return r.padded > r.have }

func (r *bitReader) read(n int) int {
	if n == 0 {
		return 0
	}
	if r.have < n {
		r.fill()
	}
	r.have -= n
	return int(r.bits >> r.have & (1<<n - 1))
}

// signed reads n bits and extends them as F.2.2.1 does.
func (r *bitReader) signed(n int) int {
	v := r.read(n)
	if n > 0 && v < 1<<(n-1) {
		v += -1<<n + 1
	}
	return v
}

func (r *bitReader) symbol(t *decodeTable) (byte, error) {
	if r.have < 16 {
		r.fill()
	}
	if e := t.short[r.bits>>(r.have-shortBits)&(1<<shortBits-1)]; e != 0 {
		r.have -= int(e >> 8)
		return byte(e), nil
	}
	for n := shortBits + 1; n <= 16; n++ {
		code := int32(r.bits >> (r.have - n) & (1<<n - 1))
		if code <= t.maxCode[n] {
			r.have -= n
			return t.symbols[t.offset[n]+code], nil
		}
	}
	return 0, malformed("an unknown Huffman code")
}

// end drops the rest of the current byte and returns where the next marker
// begins.
func (r *bitReader) end() (int, error) {
	if r.over() {
		return 0, malformed("a scan ends early")
	}
	if r.have-r.padded >= 8 {
		return 0, malformed("bytes after a scan")
	}
	return r.at, nil
}
