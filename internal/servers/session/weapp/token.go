package weapp

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"time"
)

const (
	tokenBytes = 32 // 256 bits
	// tokenGrace is how long a token is still good after it was replaced: for
	// requests that were under way, and for an answer that was lost.
	tokenGrace = time.Minute
	// tokenRotation is the part of its lifetime after which a token is replaced.
	tokenRotation = 4
	// maxLogin ends all tokens of a login.
	maxLogin = 7 * 24 * time.Hour
)

// randomName returns 256 random bits, of the characters that a code has.
func randomName() string {
	var bits [tokenBytes]byte
	_, _ = rand.Read(bits[:]) // never fails
	return base64.RawURLEncoding.EncodeToString(bits[:])
}

// isToken reports whether s looks like a token.
func isToken(s string) bool {
	return len(s) == base64.RawURLEncoding.EncodedLen(tokenBytes) && isName(s)
}

// byToken looks up the session of a token. fresh is the token that replaces it
// from now on, or empty.
func (s *Sessions) byToken(ctx context.Context, token string) (session *Session, fresh string, err error) {
	if !isToken(token) {
		return nil, "", ErrExpired
	}
	key := tokenKey(token)
	value, err := s.opt.Store.Get(ctx, key)
	if err != nil {
		return nil, "", storeError(err)
	}
	var record tokenRecord
	if json.Unmarshal(value, &record) != nil || !isName(record.OpenID) {
		return nil, "", ErrExpired
	}
	now := s.opt.Now()
	if now.Sub(time.UnixMilli(record.Since)) >= maxLogin {
		return nil, "", ErrExpired
	}
	if err := s.linked(ctx, record.OpenID, record.Login); err != nil {
		return nil, "", err
	}
	session = &Session{OpenID: record.OpenID, User: record.User, login: record.Login, token: key}
	if now.Sub(time.UnixMilli(record.Issued)) >= s.opt.TTL/tokenRotation {
		fresh = s.rotate(ctx, key, record)
	}
	return session, fresh, nil
}

// rotate replaces a token and lets its login live on. Of racing requests one
// does it. Where the store fails the token stays, and the next request tries
// again.
func (s *Sessions) rotate(ctx context.Context, key string, record tokenRecord) (fresh string) {
	first, err := s.opt.Store.SetNew(ctx, rotatedKey(key), []byte("1"), tokenGrace)
	if err != nil || !first {
		return ""
	}
	fresh, err = s.issue(ctx, record)
	if err != nil {
		return ""
	}
	// The link lives as long as the youngest token; should a new login have
	// taken it over meanwhile, it is that login's link that lives longer.
	if s.opt.Store.SetTTL(ctx, record.OpenID, s.opt.TTL) != nil {
		return ""
	}
	if s.opt.Store.SetTTL(ctx, key, tokenGrace) != nil {
		s.opt.Log(ctx).Warn("a replaced token lives for the rest of its time")
	}
	return fresh
}

// issue stores a new token.
func (s *Sessions) issue(ctx context.Context, record tokenRecord) (token string, err error) {
	record.Issued = s.opt.Now().UnixMilli()
	value, err := json.Marshal(record)
	if err != nil {
		return "", err
	}
	token = randomName()
	if err := s.opt.Store.Set(ctx, tokenKey(token), value, s.opt.TTL); err != nil {
		return "", storeError(err)
	}
	return token, nil
}
