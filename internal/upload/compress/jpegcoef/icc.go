package jpegcoef

import "bytes"

// Profiles are split over APP2 segments (ICC.1, annex B.4): the name, the
// number of this chunk from 1, how many there are, the bytes.
const (
	iccName  = "ICC_PROFILE\x00"
	iccChunk = 65533 - len(iccName) - 2
)

type iccChunks struct {
	chunks [256][]byte
	total  byte
	torn   bool
}

func (p *iccChunks) add(s []byte) {
	if !bytes.HasPrefix(s, []byte(iccName)) {
		return
	}
	s = s[len(iccName):]
	if len(s) < 2 || s[0] == 0 || s[0] > s[1] || p.total != 0 && p.total != s[1] || p.chunks[s[0]] != nil {
		p.torn = true
		return
	}
	p.total = s[1]
	p.chunks[s[0]] = s[2:]
}

// join returns the profile, nil when a part is missing: decoders ignore such
// a profile.
func (p *iccChunks) join() []byte {
	if p.torn {
		return nil
	}
	var profile []byte
	for i := 1; i <= int(p.total); i++ {
		if p.chunks[i] == nil {
			return nil
		}
		profile = append(profile, p.chunks[i]...)
	}
	return profile
}
