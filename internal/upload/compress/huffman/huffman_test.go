package huffman

import (
	"math/rand/v2"
	"slices"
	"testing"
)

func TestLengths(t *testing.T) {
	for _, c := range []struct {
		name  string
		count []int64
		limit int
		want  []uint8
	}{
		{"nothing", []int64{0, 0}, 15, []uint8{0, 0}},
		{"one symbol", []int64{0, 9, 0}, 15, []uint8{0, 1, 0}},
		{"two symbols", []int64{1, 9}, 15, []uint8{1, 1}},
		{"skewed", []int64{1, 1, 2, 4, 8}, 15, []uint8{4, 4, 3, 2, 1}},
		{"skewed, limited", []int64{1, 1, 2, 4, 8}, 3, []uint8{3, 3, 3, 3, 1}},
		{"equal", []int64{5, 5, 5, 5}, 2, []uint8{2, 2, 2, 2}},
		{"too many", []int64{1, 1, 1, 1, 1}, 2, nil},
	} {
		if got := Lengths(c.count, c.limit); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

// A code is complete (Kraft's sum is one), within its limit, and no longer
// for a symbol that occurs more often.
func TestLengthsAreACode(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		count := make([]int64, 2+rng.IntN(256))
		for i := range count {
			count[i] = 1 + int64(1)<<rng.IntN(40)
		}
		limit := 9 + rng.IntN(7)
		lengths := Lengths(count, limit)
		sum := 0
		for i, n := range lengths {
			if n == 0 || int(n) > limit {
				t.Fatalf("length %d with limit %d", n, limit)
			}
			sum += 1 << (limit - int(n))
			for j := range lengths[:i] {
				if count[j] > count[i] && lengths[j] > n || count[j] < count[i] && lengths[j] < n {
					t.Fatalf("%d times has %d bits, %d times has %d", count[j], lengths[j], count[i], n)
				}
			}
		}
		if sum != 1<<limit {
			t.Fatalf("Kraft's sum is %d of %d", sum, 1<<limit)
		}
	}
}

func TestCodes(t *testing.T) {
	got := Codes([]uint8{3, 3, 0, 3, 3, 1})
	if want := []uint32{4, 5, 0, 6, 7, 0}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}
