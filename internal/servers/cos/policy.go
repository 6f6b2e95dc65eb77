package cos

import (
	"crypto/sha1"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"math"
	"net/http"
	"slices"
	"strings"
	"time"
)

// policy is what a form is allowed to do, as its author signed it (document
// 436/14690).
type policy struct {
	Expiration time.Time
	Conditions []json.RawMessage
}

var (
	errPolicy        = &apiError{400, "InvalidPolicyDocument", "The policy of the form is not valid."}
	errPolicyExpired = &apiError{403, "AccessDenied", "Invalid according to Policy: Policy expired."}
	errPolicyFailed  = &apiError{403, "AccessDenied", "Invalid according to Policy: a condition does not hold."}
)

// authorizeForm checks who may send the form: a signed policy, or the
// Authorization that a client would send otherwise, in the field Signature or
// in the header. It returns the size that the file may have.
func (s *Server) authorizeForm(q *request, f *form) (sizeLimits, error) {
	limits := sizeLimits{0, math.MaxInt64}
	if s.opt.Unsigned {
		return limits, nil
	}
	if f.fields["policy"] != "" {
		return limits, s.checkPolicy(q, f, &limits)
	}
	text := f.fields["signature"]
	if text == "" {
		text = q.Header.Get("Authorization")
	}
	if text == "" {
		return limits, errAccessDenied
	}
	var sig signature
	sig.parse(text)
	if sig.algorithm != "sha1" || sig.id == "" || sig.value == "" {
		return limits, errAccessDenied
	}
	// What was signed as a header travels as a field.
	signed := *q
	signed.Request = q.Clone(q.Context())
	for name, value := range f.fields {
		if value != "" && (strings.HasPrefix(name, "x-cos-") || slices.Contains(keptHeaders, http.CanonicalHeaderKey(name))) {
			signed.Header.Set(name, value)
		}
	}
	token := f.fields["x-cos-security-token"]
	if token == "" {
		token = q.Header.Get("X-Cos-Security-Token")
	}
	err := s.verify(&signed, sig, token)
	q.signed = err == nil
	return limits, err
}

// checkPolicy checks the signature over the policy, and the form against it.
func (s *Server) checkPolicy(q *request, f *form, limits *sizeLimits) error {
	text, err := base64.StdEncoding.DecodeString(f.fields["policy"])
	if err != nil {
		return errPolicy
	}
	var sig signature
	for name, value := range f.fields {
		sig.set(name, value)
	}
	cred, ok := s.keys[sig.id]
	switch {
	case sig.algorithm != "sha1" || sig.value == "":
		return errAccessDenied
	case !ok:
		return errUnknownID
	}
	sig.signTime = sig.keyTime // a form has only one
	if err := sig.inTime(q.now); err != nil {
		return err
	}
	sum := sha1.Sum(text)
	if !equal(mac(mac(cred.Key, sig.keyTime), hex.EncodeToString(sum[:])), sig.value) {
		return errSignature
	}
	if cred.Token != "" && !equal(f.fields["x-cos-security-token"], cred.Token) {
		return errToken
	}
	q.signed = true
	var p policy
	if json.Unmarshal(text, &p) != nil || p.Expiration.IsZero() {
		return errPolicy
	}
	if q.now.After(p.Expiration) {
		return errPolicyExpired
	}
	return p.check(q, f, limits)
}

// check goes through the conditions. Those on the algorithm, the id and the
// time must be among them, or a signature could be used for another key time.
func (p *policy) check(q *request, f *form, limits *sizeLimits) error {
	value := func(name string) string {
		switch name = strings.ToLower(name); name {
		case "bucket":
			return q.bucket.name
		case "key":
			key, _ := f.key()
			return key
		case "q-sign-time": // the name of the field differs from the condition's
			return f.fields["q-key-time"]
		default:
			return f.fields[name]
		}
	}
	seen := make(map[string]bool)
	for _, raw := range p.Conditions {
		var exact map[string]string
		var list []any
		switch {
		case json.Unmarshal(raw, &exact) == nil:
			for name, want := range exact {
				seen[strings.ToLower(name)] = true
				if value(name) != want {
					return errPolicyFailed
				}
			}
		case json.Unmarshal(raw, &list) == nil && len(list) == 3:
			if err := checkCondition(list, value, seen, limits); err != nil {
				return err
			}
		default:
			return errPolicy
		}
	}
	if !seen["q-sign-algorithm"] || !seen["q-ak"] || !seen["q-sign-time"] && !seen["q-key-time"] {
		return errPolicyFailed
	}
	return nil
}

// checkCondition checks ["eq"|"starts-with", "$name", "value"] and
// ["content-length-range", low, high].
func checkCondition(list []any, value func(string) string, seen map[string]bool, limits *sizeLimits) error {
	kind, _ := list[0].(string)
	if kind == "content-length-range" {
		low, ok1 := list[1].(float64)
		high, ok2 := list[2].(float64)
		if !ok1 || !ok2 || low < 0 || high < low || high > 1<<53 {
			return errPolicy
		}
		limits.low, limits.high = max(limits.low, int64(low)), min(limits.high, int64(high))
		return nil
	}
	name, ok1 := list[1].(string)
	want, ok2 := list[2].(string)
	name, ok3 := strings.CutPrefix(name, "$")
	if !ok1 || !ok2 || !ok3 {
		return errPolicy
	}
	seen[strings.ToLower(name)] = true
	holds := false
	switch kind {
	case "eq":
		holds = value(name) == want
	case "starts-with":
		holds = strings.HasPrefix(value(name), want)
	default:
		return errPolicy
	}
	if !holds {
		return errPolicyFailed
	}
	return nil
}
