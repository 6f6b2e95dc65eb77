package game

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// Scissors 1, rock 2, paper 3; null loses to any choice, draws against none.
func TestAgainst(t *testing.T) {
	want := [4][4]int{
		None:     {0, -1, -1, -1},
		Scissors: {1, 0, -1, 1},
		Rock:     {1, 1, 0, -1},
		Paper:    {1, -1, 1, 0},
	}
	for a, row := range want {
		for b, w := range row {
			if got := Choice(a).Against(Choice(b)); got != w {
				t.Errorf("%d against %d: %d, want %d", a, b, got, w)
			}
		}
	}
}

func TestNext(t *testing.T) {
	for _, c := range []struct {
		name string
		was  Score
		sum  int
		want Score
	}{
		{"first win", Score{}, 1, Score{1, 1, 1}},
		{"third win in a row", Score{2, 3, 2}, 1, Score{3, 6, 3}},
		{"a win against several", Score{0, 10, 1}, 3, Score{6, 16, 2}},
		{"a draw keeps the streak", Score{2, 3, 2}, 0, Score{0, 3, 2}},
		{"a defeat ends it", Score{2, 3, 2}, -1, Score{0, 3, 0}},
		{"defeats cost nothing else", Score{0, 0, 0}, -7, Score{0, 0, 0}},
	} {
		if got := c.was.Next(c.sum); got != c.want {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
}

func TestSums(t *testing.T) {
	for _, c := range []struct {
		choices []Choice
		want    []int
	}{
		{[]Choice{Rock, Paper}, []int{-1, 1}},
		{[]Choice{None, None}, []int{0, 0}},
		{[]Choice{None, Rock}, []int{-1, 1}},
		{[]Choice{Rock, Paper, Scissors}, []int{0, 0, 0}},
		{[]Choice{Rock, Rock, Scissors, None}, []int{2, 2, -1, -3}},
	} {
		if got := Sums(c.choices); !slices.Equal(got, c.want) {
			t.Errorf("%v: %v, want %v", c.choices, got, c.want)
		}
	}
}

// A robot that knows habits beats a player who has some, and nobody is beaten
// by chance.
func TestRobot(t *testing.T) {
	play := func(strength float64, next func(i int) Choice) (sum int) {
		r := rand.New(rand.NewPCG(1, 2))
		var h Habits
		for i := range 3000 {
			c := next(i)
			sum += Robot(r, strength, &h).Against(c)
			h.Note(c)
		}
		return sum
	}
	circle := func(i int) Choice { return Choice(1 + i%3) }
	if got := play(1, circle); got < 2900 {
		t.Errorf("against one who goes in a circle: %d", got)
	}
	if got := play(0.5, circle); got < 1200 || got > 1800 {
		t.Errorf("at half strength: %d", got)
	}
	if got := play(0, circle); got < -200 || got > 200 {
		t.Errorf("at random: %d", got)
	}
	r := rand.New(rand.NewPCG(3, 4))
	if got := play(1, func(int) Choice { return Choice(1 + r.IntN(3)) }); got < -200 || got > 200 {
		t.Errorf("against chance: %d", got)
	}
	seen := map[Choice]int{}
	for range 300 {
		seen[Robot(r, 1, nil)]++
	}
	if len(seen) != 3 || seen[None] > 0 {
		t.Errorf("without an opponent: %v", seen)
	}
}

func TestHabits(t *testing.T) {
	var h Habits
	for _, c := range []Choice{Rock, None, 9, Rock, Paper} {
		h.Note(c)
	}
	if h.Last != Paper || h.After[Rock][Rock] != 1 || h.After[Rock][Paper] != 1 || h.Expected() != None {
		t.Errorf("%+v expects %d", h, h.Expected())
	}
	h.Last = Rock
	if got := h.Expected(); got != None {
		t.Errorf("a tie: %d", got)
	}
	for range 100 {
		h.Last = Rock
		h.Note(Paper)
	}
	h.Last = Rock
	if got := h.Expected(); got != Paper || h.After[Rock][Paper] >= forgetting {
		t.Errorf("%d, %+v", got, h)
	}
}
