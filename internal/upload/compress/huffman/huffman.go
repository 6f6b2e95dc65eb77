// Package huffman computes length-limited prefix codes, as JPEG scans and
// deflate blocks want them. It never reads or writes bits itself.
package huffman

import (
	"cmp"
	"slices"
)

// Lengths returns the code length of every symbol of an optimal prefix code
// in which no code is longer than limit bits, for symbols that occur count
// times each; a symbol that never occurs gets length 0. A single symbol gets
// one bit. The result is nil when 1<<limit codes are too few.
//
// It is the package-merge algorithm of Larmore and Hirschberg (1990), which
// is exact; ties go to the smaller symbol, so that the result depends on the
// counts alone.
func Lengths(count []int64, limit int) []uint8 {
	lengths := make([]uint8, len(count))
	var leaves []node
	for symbol, n := range count {
		if n > 0 {
			leaves = append(leaves, node{weight: n, symbol: symbol})
		}
	}
	switch {
	case len(leaves) == 0:
		return lengths
	case len(leaves) == 1:
		lengths[leaves[0].symbol] = 1
		return lengths
	case limit < 31 && len(leaves) > 1<<limit:
		return nil
	}
	slices.SortStableFunc(leaves, func(a, b node) int { return cmp.Compare(a.weight, b.weight) })

	level := leaves
	for range limit - 1 {
		level = merge(leaves, pairs(level))
	}
	// Every leaf within the first 2n-2 nodes of the last level adds one bit to
	// its symbol, however deep in a package it lies.
	for i := range 2*len(leaves) - 2 {
		level[i].deepen(lengths)
	}
	return lengths
}

// node is a leaf, or a package of two nodes of the level below.
type node struct {
	weight      int64
	symbol      int
	left, right *node
}

func (n *node) deepen(lengths []uint8) {
	if n.left == nil {
		lengths[n.symbol]++
		return
	}
	n.left.deepen(lengths)
	n.right.deepen(lengths)
}

// pairs packs neighbours; an odd last node is left out.
func pairs(level []node) []node {
	packed := make([]node, 0, len(level)/2)
	for i := 0; i+1 < len(level); i += 2 {
		a, b := &level[i], &level[i+1]
		packed = append(packed, node{weight: a.weight + b.weight, left: a, right: b})
	}
	return packed
}

// merge joins two sorted levels, leaves first among equals.
func merge(leaves, packed []node) []node {
	all := make([]node, 0, len(leaves)+len(packed))
	for len(leaves) > 0 && len(packed) > 0 {
		if leaves[0].weight <= packed[0].weight {
			all, leaves = append(all, leaves[0]), leaves[1:]
		} else {
			all, packed = append(all, packed[0]), packed[1:]
		}
	}
	return append(append(all, leaves...), packed...)
}

// Codes assigns canonical codes to the lengths: shorter before longer, and
// within a length by symbol, most significant bit first.
func Codes(lengths []uint8) []uint32 {
	var perLength, next [33]uint32
	for _, n := range lengths {
		perLength[n]++
	}
	perLength[0] = 0
	for n := 1; n < len(next); n++ {
		next[n] = (next[n-1] + perLength[n-1]) << 1
	}
	codes := make([]uint32, len(lengths))
	for symbol, n := range lengths {
		if n > 0 {
			codes[symbol] = next[n]
			next[n]++
		}
	}
	return codes
}
