package weapp

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"time"
)

// What lies in the store. The first two are those of weapp-session:
//
//	<code>           the user info, an object with openId
//	<openId>         the login that counts: a code, or the id of a login, as a JSON string
//	token:<sha256>   a tokenRecord
//	rotated:<sha256> there while one request replaces a token
//
// Codes and openids share their space of names, so a value counts as a session only
// if it is an object with an openId. A session counts only while its user is linked
// to it: writing the link, one key, is what ends the login before.

// tokenRecord is what lies under a token's hash.
type tokenRecord struct {
	OpenID string          `json:"openId"`
	User   json.RawMessage `json:"user"`
	Login  string          `json:"login"`
	Since  int64           `json:"since"`  // of the login, Unix milliseconds
	Issued int64           `json:"issued"` // of this token, Unix milliseconds
}

// tokenKey is where a token's record lies.
func tokenKey(token string) string {
	sum := sha256.Sum256([]byte(token))
	return "token:" + hex.EncodeToString(sum[:])
}

func rotatedKey(tokenKey string) string { return "rotated:" + tokenKey[len("token:"):] }

// linkOf is the value of a link.
func linkOf(login string) []byte {
	text, _ := json.Marshal(login) // a string always encodes
	return text
}

// byCode looks up the session under a code.
func (s *Sessions) byCode(ctx context.Context, code string) (*Session, error) {
	value, err := s.opt.Store.Get(ctx, code)
	if err != nil {
		return nil, storeError(err)
	}
	var owner struct {
		OpenID string `json:"openId"`
	}
	if json.Unmarshal(value, &owner) != nil || !isName(owner.OpenID) {
		return nil, ErrExpired // another kind of value, such as a link
	}
	if err := s.linked(ctx, owner.OpenID, code); err != nil {
		return nil, err
	}
	return &Session{OpenID: owner.OpenID, User: value, login: code}, nil
}

// linked fails with ErrExpired unless login is the user's newest.
func (s *Sessions) linked(ctx context.Context, openID, login string) error {
	value, err := s.opt.Store.Get(ctx, openID)
	if err != nil {
		return storeError(err)
	}
	var newest string
	if json.Unmarshal(value, &newest) != nil || newest != login {
		return ErrExpired
	}
	return nil
}

// save makes a session under key the only one of its user. The link comes last:
// until it is there, the login before counts.
func (s *Sessions) save(ctx context.Context, key string, value []byte, session *Session, ttl time.Duration) error {
	before, err := s.opt.Store.Get(ctx, session.OpenID)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return storeError(err)
	}
	if err := s.opt.Store.Set(ctx, key, value, ttl); err != nil {
		return storeError(err)
	}
	if err := s.opt.Store.Set(ctx, session.OpenID, linkOf(session.login), ttl); err != nil {
		return storeError(err)
	}
	var old string
	if json.Unmarshal(before, &old) == nil && isName(old) && old != session.login {
		// It no longer counts. Where this fails it goes with its lifetime.
		_ = s.opt.Store.Delete(ctx, old)
	}
	return nil
}

// storeError words a Store's error.
func storeError(err error) error {
	if errors.Is(err, ErrNotFound) {
		return ErrExpired
	}
	return ErrUnavailable.because(err)
}
