package js

import "sync"

// spare keeps the tokens of files that are done with: a run tokenizes one file
// after the other, and tokens are most of what that takes.
var spare sync.Pool

// maxSpare bounds the number of tokens that are kept, so that one huge bundle
// does not stay in memory.
const maxSpare = 1 << 19

// spareTokens returns an empty list with room for at least n tokens.
func spareTokens(n int) *[]Token {
	if p, ok := spare.Get().(*[]Token); ok && cap(*p) >= min(n, 4096) {
		return p
	}
	tokens := make([]Token, 0, n)
	return &tokens
}

// Release gives the tokens of f back for reuse; f must not be used after it.
func (f *File) Release() {
	if f.spare != nil && cap(f.Tokens) <= maxSpare {
		*f.spare = f.Tokens[:0]
		spare.Put(f.spare)
	}
	f.Tokens, f.spare = nil, nil
}
