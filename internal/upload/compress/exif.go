package compress

import "encoding/binary"

// orientation reads the tag 0x0112 of IFD 0 from TIFF data (Exif 2.32, 4.6.4):
// 1 to 8, and 1 where there is none or it makes no sense.
func orientation(tiff []byte) int {
	if len(tiff) < 8 {
		return 1
	}
	var order binary.ByteOrder
	switch string(tiff[:4]) {
	case "II*\x00":
		order = binary.LittleEndian
	case "MM\x00*":
		order = binary.BigEndian
	default:
		return 1
	}
	at := int64(order.Uint32(tiff[4:]))
	if at+2 > int64(len(tiff)) {
		return 1
	}
	n := int64(order.Uint16(tiff[at:]))
	for i := range n {
		entry := at + 2 + 12*i
		if entry+12 > int64(len(tiff)) {
			return 1
		}
		e := tiff[entry : entry+12]
		const tag, short = 0x0112, 3
		if order.Uint16(e) != tag {
			continue
		}
		v := int(order.Uint16(e[8:]))
		if order.Uint16(e[2:]) != short || v < 1 || v > 8 {
			return 1
		}
		return v
	}
	return 1
}
