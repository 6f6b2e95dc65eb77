package measure

import "fmt"

// Target is one figure and the limit that it has to keep.
type Target struct {
	Name       string
	Got, Limit float64
	Unit       string
	AtLeast    bool // the limit is the least, not the most
}

func (t Target) String() string {
	verdict, bound := "ok", "at most"
	if t.Missed() {
		verdict = "MISSED"
	}
	if t.AtLeast {
		bound = "at least"
	}
	return fmt.Sprintf("%s %.2f%s (%s %g%s) %s", t.Name, t.Got, t.Unit, bound, t.Limit, t.Unit, verdict)
}

// Missed reports whether the limit is not kept. A figure that is no number
// keeps none.
func (t Target) Missed() bool {
	if t.AtLeast {
		return !(t.Got >= t.Limit)
	}
	return !(t.Got <= t.Limit)
}
