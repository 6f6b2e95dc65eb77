package weapp

import (
	"encoding/json"
	"net/http"
)

// Reason is what a client may do something about. Clients log in anew for the
// first two.
type Reason string

// The reasons of weapp-session.
const (
	SessionExpired           Reason = "ERR_SESSION_EXPIRED"
	SessionKeyExchangeFailed Reason = "ERR_SESSION_KEY_EXCHANGE_FAILED"
	UntrustedRawData         Reason = "ERR_UNTRUSTED_RAW_DATA"
)

// MagicID is the key by which clients know a session error among answers.
const MagicID = "F2C224D4-2BCE-4C64-AF9F-A6D872000D1A"

// Detail is what of WeChat's answer a client may see.
type Detail struct {
	ErrCode int    `json:"errcode"`
	ErrMsg  string `json:"errmsg"`
}

// Error says why a request has no session. Everything in it but the cause is
// for the client; the cause, which Unwrap gives, may name addresses.
type Error struct {
	Reason  Reason  // empty: nothing that a new login would mend
	Name    string  // the JavaScript name of the error: Error, SyntaxError, URIError
	Message string  // as weapp-session words it
	Detail  *Detail // of SessionKeyExchangeFailed, when WeChat answered
	Cause   error
}

func (e *Error) Error() string {
	if e.Cause != nil {
		return e.Message + ": " + e.Cause.Error()
	}
	return e.Message
}

func (e *Error) Unwrap() error { return e.Cause }

// Is compares reasons, so that errors.Is(err, ErrExpired) holds for every
// expired session.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Reason == e.Reason && t.Message == e.Message
}

// What every session error is, up to its cause and detail.
var (
	ErrExpired     = &Error{Reason: SessionExpired, Name: "Error", Message: "`wxUserInfo` not found by `code`"}
	ErrExchange    = &Error{Reason: SessionKeyExchangeFailed, Name: "Error", Message: "jscode failed to exchange session_key"}
	ErrUntrusted   = &Error{Reason: UntrustedRawData, Name: "Error", Message: "untrusted raw data"}
	ErrURI         = &Error{Name: "URIError", Message: "URI malformed"}
	ErrSyntax      = &Error{Name: "SyntaxError", Message: "raw data is not a JSON object"}
	ErrUnavailable = &Error{Name: "Error", Message: "service unavailable"}
)

// because returns e with a cause.
func (e *Error) because(cause error) *Error {
	with := *e
	with.Cause = cause
	return &with
}

// WriteError answers with a session error: status 200, as clients expect.
func WriteError(w http.ResponseWriter, e *Error) {
	type inner struct {
		Name    string  `json:"name"`
		Message string  `json:"message"`
		Detail  *Detail `json:"detail,omitempty"`
	}
	body, err := json.Marshal(struct {
		Magic  int    `json:"F2C224D4-2BCE-4C64-AF9F-A6D872000D1A"`
		Reason Reason `json:"reason,omitempty"`
		Error  inner  `json:"error"`
	}{1, e.Reason, inner{e.Name, e.Message, e.Detail}})
	if err != nil {
		http.Error(w, "", http.StatusInternalServerError) // strings and numbers always encode
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(body) // a client that has gone needs no answer
}
