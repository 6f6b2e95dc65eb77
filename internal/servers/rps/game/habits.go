package game

import "math/rand/v2"

// Habits are what a player has been seen to choose after what. The zero value
// is a stranger's.
type Habits struct {
	Last  Choice       `json:"last"`
	After [4][4]uint16 `json:"after"` // [earlier][later], None included in earlier
}

// forgetting is when old habits count half.
const forgetting = 32

// Note adds a choice. One that was not made says nothing.
func (h *Habits) Note(c Choice) {
	if !c.Valid() {
		return
	}
	row := &h.After[h.Last&3]
	if row[c]++; row[c] >= forgetting {
		for i := range row {
			row[i] /= 2
		}
	}
	h.Last = c
}

// Expected is what the player chooses most often after the last choice, or
// None when nothing stands out.
func (h *Habits) Expected() Choice {
	best, most, tied := None, uint16(0), false
	for c, n := range h.After[h.Last&3] {
		switch {
		case n > most:
			best, most, tied = Choice(c), n, false
		case n == most:
			tied = true
		}
	}
	if tied {
		return None
	}
	return best
}

// Robot chooses against a player with these habits. Strength is how often, of
// 1, it makes use of them; otherwise it chooses at random.
func Robot(r *rand.Rand, strength float64, opponent *Habits) Choice {
	if opponent != nil && r.Float64() < strength {
		if c := opponent.Expected(); c != None {
			return c.Beaten()
		}
	}
	return Choice(1 + r.IntN(3))
}
