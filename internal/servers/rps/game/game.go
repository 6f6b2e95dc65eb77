// Package game is the rules of rock, paper, scissors for two to eight players:
// who beats whom, scores, streaks, and how a robot chooses.
//
// It is pure: it knows no clock, no connection, and nothing of who plays.
package game

// A Choice is what a player shows. The numbers are those of the protocol.
type Choice uint8

// The choices.
const (
	None     Choice = 0 // nothing was chosen in time
	Scissors Choice = 1
	Rock     Choice = 2
	Paper    Choice = 3
)

// Valid reports whether c is one of the three.
func (c Choice) Valid() bool { return c >= Scissors && c <= Paper }

// Beaten is the choice that beats c, or None.
func (c Choice) Beaten() Choice {
	switch c {
	case Scissors:
		return Rock
	case Rock:
		return Paper
	case Paper:
		return Scissors
	}
	return None
}

// Against is what c wins against other: 1, 0 or -1. No choice loses to any,
// and draws with none.
func (c Choice) Against(other Choice) int {
	switch {
	case c == other:
		return 0
	case other == None, other.Beaten() == c:
		return 1
	}
	return -1
}

// A Score is what a player has after some games.
type Score struct {
	Round  int // points of the last game
	Total  int
	Streak int // games won without losing one
}

// Next is the score after a game in which the wins against the others, less
// the defeats, came to sum: a win counts as often as the streak is long, and a
// draw leaves the streak as it is.
func (s Score) Next(sum int) Score {
	s.Round = 0
	switch {
	case sum > 0:
		s.Streak++
		s.Round = sum * s.Streak
		s.Total += s.Round
	case sum < 0:
		s.Streak = 0
	}
	return s
}

// Sums are each player's wins against all others, less the defeats.
func Sums(choices []Choice) []int {
	sums := make([]int, len(choices))
	for i, c := range choices {
		for _, other := range choices {
			sums[i] += c.Against(other)
		}
	}
	return sums
}
