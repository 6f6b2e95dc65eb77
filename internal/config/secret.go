package config

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
)

// masked is what every secret looks like outside of Reveal.
const masked = "******"

// Secret is a credential. However it is printed, logged or marshalled it shows
// as ******, or as nothing when it is empty; only Reveal gives it away.
//
// The pointer keeps fmt from printing the text when a Secret sits in an
// unexported field, where fmt cannot call Format.
type Secret struct{ text *string }

// NewSecret wraps s.
func NewSecret(s string) Secret {
	if s == "" {
		return Secret{}
	}
	return Secret{&s}
}

// Reveal returns the credential itself.
func (s Secret) Reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// Empty reports whether there is no credential.
func (s Secret) Empty() bool { return s.text == nil }

// String returns ******, or "" when s is empty.
func (s Secret) String() string {
	if s.Empty() {
		return ""
	}
	return masked
}

// Format prints String for every verb.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.String()) }

// MarshalJSON encodes String.
func (s Secret) MarshalJSON() ([]byte, error) { return json.Marshal(s.String()) }

// MarshalText encodes String.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// LogValue logs String.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }
