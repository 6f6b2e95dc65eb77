package jpegcoef

import "context"

// scan is one scan while it is read.
type scan struct {
	*decoder
	r      bitReader
	parts  []scanPart
	ss, se int // band of coefficients
	ah, al int // bits known before, bits still missing
	eobRun int
}

type scanPart struct {
	c      *Component
	dc, ac *decodeTable
	pred   int
}

// scan reads a scan header (B.2.3) and what it codes.
func (d *decoder) scan(ctx context.Context, s []byte) error {
	if !d.framed {
		return malformed("a scan before the frame")
	}
	if d.scans++; d.scans > maxScans {
		return malformed("more than %d scans", maxScans)
	}
	if len(s) < 1 || s[0] < 1 || s[0] > 4 || len(s) != 4+2*int(s[0]) {
		return malformed("a scan header of %d bytes", len(s))
	}
	n := int(s[0])
	band := s[1+2*n:]
	sc := &scan{decoder: d, ss: int(band[0]), se: int(band[1]), ah: int(band[2] >> 4), al: int(band[2] & 15)}
	if !d.image.Progressive {
		sc.ss, sc.se, sc.ah, sc.al = 0, 63, 0, 0
	}
	switch {
	case sc.ss > sc.se || sc.se > 63 || sc.al > 13 || sc.ah > 0 && sc.ah != sc.al+1,
		d.image.Progressive && (sc.ss == 0) != (sc.se == 0),
		sc.ss > 0 && n > 1:
		return malformed("a scan of coefficients %d to %d, bits %d to %d", sc.ss, sc.se, sc.ah, sc.al)
	}
	for i := range n {
		if err := sc.addPart(s[1+2*i], s[2+2*i]); err != nil {
			return err
		}
	}
	sc.r = bitReader{data: d.data, at: d.at}
	if err := sc.read(ctx); err != nil {
		return err
	}
	var err error
	d.at, err = sc.r.end()
	return err
}

func (sc *scan) addPart(id, tables byte) error {
	m := &sc.image
	for i := range m.Components {
		c := &m.Components[i]
		if c.ID != id {
			continue
		}
		for _, p := range sc.parts {
			if p.c == c {
				return malformed("a scan with component %d twice", id)
			}
		}
		if tables>>4 > 3 || tables&15 > 3 {
			return malformed("a scan with table %#x", tables)
		}
		p := scanPart{c: c, dc: sc.tables[0][tables>>4], ac: sc.tables[1][tables&15]}
		if sc.ss == 0 && sc.ah == 0 && p.dc == nil || sc.se > 0 && p.ac == nil {
			return malformed("a scan without its Huffman table")
		}
		if m.Quant[c.Quant] == nil {
			return malformed("a scan without its quantisation table")
		}
		if !m.Progressive && sc.scanned[i] {
			return malformed("component %d twice", id)
		}
		sc.quantUsed[c.Quant], sc.scanned[i] = true, true
		if c.Coef == nil {
			c.Coef = make([]int16, 64*c.Stride*c.Rows)
		}
		sc.parts = append(sc.parts, p)
		return nil
	}
	return malformed("a scan of an unknown component")
}

// read goes over the MCUs: blocks of one component, or of several in turn
// (A.2.2, A.2.3).
func (sc *scan) read(ctx context.Context) error {
	width, height := sc.image.mcus()
	alone := len(sc.parts) == 1
	if alone {
		width, height = sc.parts[0].c.Cols, sc.parts[0].c.Lines
	}
	mcu := 0
	for y := range height {
		if err := ctx.Err(); err != nil {
			return err
		}
		for x := range width {
			if sc.restart > 0 && mcu > 0 && mcu%sc.restart == 0 {
				if err := sc.resync(byte(mcu/sc.restart - 1)); err != nil {
					return err
				}
			}
			mcu++
			for i := range sc.parts {
				p := &sc.parts[i]
				h, v := p.c.H, p.c.V
				if alone {
					h, v = 1, 1
				}
				for by := range v {
					for bx := range h {
						if err := sc.block(p, p.c.block(x*h+bx, y*v+by)); err != nil {
							return err
						}
					}
				}
			}
		}
		if sc.r.over() {
			return malformed("a scan ends early")
		}
	}
	return nil
}

// resync reads the nth restart marker and starts anew (F.2.1.3.1).
func (sc *scan) resync(n byte) error {
	at, err := sc.r.end()
	if err != nil {
		return err
	}
	sc.at = at
	mark, err := sc.marker()
	if err != nil {
		return err
	}
	if mark != markRST0+n%8 {
		return malformed("marker %#x instead of restart %d", mark, n%8)
	}
	sc.r = bitReader{data: sc.data, at: sc.at}
	sc.eobRun = 0
	for i := range sc.parts {
		sc.parts[i].pred = 0
	}
	return nil
}

func (sc *scan) block(p *scanPart, b []int16) error {
	switch {
	case !sc.image.Progressive:
		if err := sc.dcFirst(p, b); err != nil {
			return err
		}
		return sc.acFirst(p, b, 1)
	case sc.ss == 0 && sc.ah == 0:
		return sc.dcFirst(p, b)
	case sc.ss == 0:
		if sc.r.read(1) == 1 {
			b[0] |= 1 << sc.al
		}
		return nil
	case sc.ah == 0:
		return sc.acFirst(p, b, sc.ss)
	default:
		return sc.acRefine(p, b)
	}
}

// dcFirst reads a DC coefficient (F.2.2.1, G.1.2.1).
func (sc *scan) dcFirst(p *scanPart, b []int16) error {
	n, err := sc.r.symbol(p.dc)
	if err != nil {
		return err
	}
	if n > maxDCBits {
		return malformed("a DC difference of %d bits", n)
	}
	p.pred += sc.r.signed(int(n))
	v := p.pred << sc.al
	if v != int(int16(v)) {
		return malformed("a DC coefficient of %d", v)
	}
	b[0] = int16(v)
	return nil
}

// acFirst reads AC coefficients from k on (F.2.2.2, G.1.2.2).
func (sc *scan) acFirst(p *scanPart, b []int16, k int) error {
	if sc.eobRun > 0 {
		sc.eobRun--
		return nil
	}
	for ; k <= sc.se; k++ {
		s, err := sc.r.symbol(p.ac)
		if err != nil {
			return err
		}
		run, n := int(s>>4), int(s&15)
		switch {
		case n > maxACBits:
			return malformed("an AC coefficient of %d bits", n)
		case n > 0:
			k += run
			if k > sc.se {
				return malformed("a coefficient outside of its band")
			}
			v := sc.r.signed(n) << sc.al
			if v != int(int16(v)) {
				return malformed("an AC coefficient of %d", v)
			}
			b[k] = int16(v)
		case run == 15:
			k += 15
		case run > 0 && !sc.image.Progressive:
			return malformed("an end of block with a run")
		default:
			sc.eobRun = 1<<run + sc.r.read(run) - 1
			return nil
		}
	}
	return nil
}

// acRefine reads one more bit of AC coefficients (G.1.2.3).
func (sc *scan) acRefine(p *scanPart, b []int16) error {
	bit := int16(1) << sc.al
	k := sc.ss
	if sc.eobRun == 0 {
		for ; k <= sc.se; k++ {
			s, err := sc.r.symbol(p.ac)
			if err != nil {
				return err
			}
			run, n := int(s>>4), int(s&15)
			var value int16
			switch {
			case n > 1:
				return malformed("a new coefficient of %d bits in a refinement", n)
			case n == 1:
				if value = -bit; sc.r.read(1) == 1 {
					value = bit
				}
			case run < 15:
				sc.eobRun = 1<<run + sc.r.read(run)
			}
			if sc.eobRun > 0 {
				break
			}
			k = sc.refine(b, k, run, bit)
			if value != 0 {
				if k > sc.se {
					return malformed("a coefficient outside of its band")
				}
				b[k] = value
			}
		}
	}
	if sc.eobRun > 0 {
		sc.eobRun--
		sc.refine(b, k, 64, bit)
	}
	return nil
}

// refine reads a bit for each nonzero coefficient from k on, up to the zero
// after `zeros` others, and returns where that is.
func (sc *scan) refine(b []int16, k, zeros int, bit int16) int {
	for ; k <= sc.se; k++ {
		if b[k] == 0 {
			if zeros == 0 {
				break
			}
			zeros--
			continue
		}
		if sc.r.read(1) == 0 || b[k]&bit != 0 && b[k] > 0 || b[k] < 0 && -b[k]&bit != 0 {
			continue
		}
		if b[k] > 0 {
			b[k] += bit
		} else {
			b[k] -= bit
		}
	}
	return k
}
