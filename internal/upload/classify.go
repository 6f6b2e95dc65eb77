package upload

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/tencentyun/cos-go-sdk-v5"
)

// failure is a failed attempt, understood.
type failure struct {
	err   error // *Error or *FatalError
	retry bool
	after time.Duration // the least pause the service asked for
	load  outcome
}

// fatalHints are the service's codes after which nothing in the bucket can
// succeed, with what a person can do. The codes are those of COS document
// 436/7730.
var fatalHints = map[string]string{
	"InvalidAccessKeyId":    "check cos.secret_id: the service does not know it",
	"SignatureDoesNotMatch": "check cos.secret_key: it does not belong to cos.secret_id",
	"InvalidSignature":      "check cos.secret_id and cos.secret_key",
	"AccessDenied":          "the account behind cos.secret_id may not do this: check its permissions, cos.bucket, cos.folder and the clock of this computer",
	"AccessForbidden":       "the account behind cos.secret_id may not do this: check its permissions",
	"NoSuchBucket":          "check cos.bucket and cos.region: there is no such bucket",
	"InvalidBucketName":     "check cos.bucket: it must read name-appid",
	"RequestTimeTooSkewed":  "set the clock of this computer",
	"RequestIsExpired":      "set the clock of this computer",
	"ExpiredToken":          "cos.token has expired: get new temporary credentials",
	"InvalidToken":          "check cos.token: it does not belong to cos.secret_id",
	"TokenRefreshRequired":  "cos.token has expired: get new temporary credentials",
	"AccountProblem":        "check the account with the provider: it may be in arrears",
	"UserInDebt":            "the account is in arrears",
}

// The codes of ours, for when there was no reply.
const (
	codeUnknownHost = "UnknownHost"
	codeCertificate = "Certificate"
)

// classify says what an SDK error means for r. It keeps nothing of the request
// or the reply but status, code and message, so that no secret gets through.
func (c *COS) classify(r request, err error) failure {
	err = unpack(err)
	var reply *cos.ErrorResponse
	if errors.As(err, &reply) && reply.Response != nil {
		return c.classifyReply(r, reply)
	}
	err = withoutURL(err)
	fatal := func(code, hint string) failure {
		return failure{err: &FatalError{Op: r.op, Bucket: c.bucket, Code: code, Hint: hint, Err: c.scrubbed(err)}}
	}
	var dns *net.DNSError
	var cert *tls.CertificateVerificationError
	var unknown x509.UnknownAuthorityError
	var host x509.HostnameError
	switch {
	case errors.As(err, &dns) && dns.IsNotFound:
		return fatal(codeUnknownHost, "check cos.region, cos.bucket and the network: the address does not exist")
	case errors.As(err, &cert), errors.As(err, &unknown), errors.As(err, &host):
		return fatal(codeCertificate, "the server's certificate is not valid for this address: check cos.endpoint, the clock and any proxy")
	}
	var local *localError
	e := &Error{Op: r.op, Key: r.key, Err: c.scrubbed(err), lost: !errors.As(err, &local)}
	return failure{err: e, retry: e.lost}
}

// localError is a failure on our side of the wire, which trying again does not
// change.
type localError struct{ err error }

func (e *localError) Error() string { return e.err.Error() }
func (e *localError) Unwrap() error { return e.err }

func (c *COS) classifyReply(r request, reply *cos.ErrorResponse) failure {
	status := reply.Response.StatusCode
	code, message := c.clean(reply.Code), c.clean(reply.Message)
	if code == "" && status == http.StatusForbidden {
		code = "AccessDenied" // replies to HEAD have no body
	}
	if hint, ok := fatalHints[code]; ok {
		f := &FatalError{Op: r.op, Bucket: c.bucket, Status: status, Code: code, Hint: hint}
		if message != "" {
			f.Err = errors.New(message)
		}
		return failure{err: f, load: answered}
	}
	e := &Error{Op: r.op, Key: r.key, Status: status, Code: code, Message: message}
	if status == http.StatusNotFound && (code == "" || code == "NoSuchKey") {
		e.Err = ErrNotFound
	}
	f := failure{err: e, retry: again(status), after: retryAfter(reply.Response.Header, time.Now()), load: answered}
	switch {
	case status == http.StatusServiceUnavailable, status == http.StatusTooManyRequests, code == "SlowDown":
		f.load = throttled
	case status >= 500:
		f.load = silent
	}
	return f
}

// again reports whether the next answer may be a better one. A copy may fail
// after its status 200 was sent; what is not implemented stays so.
func again(status int) bool {
	return status >= 500 && status != http.StatusNotImplemented || status == http.StatusTooManyRequests || status < 300
}

// unpack takes the last error out of the SDK's list, which has no Unwrap.
func unpack(err error) error {
	if list, ok := err.(*cos.RetryError); ok && len(list.Errs) > 0 {
		return list.Errs[len(list.Errs)-1]
	}
	return err
}

const masked = "******"

// newScrubber masks the secrets wherever a server or proxy repeats them.
func newScrubber(secrets ...string) *strings.Replacer {
	var pairs []string
	for _, s := range secrets {
		if s != "" {
			pairs = append(pairs, s, masked)
		}
	}
	return strings.NewReplacer(pairs...)
}

var (
	signature = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`q-signature=[0-9A-Fa-f]+`)
	})
	userinfo = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`//[^/@\s"]+@`)
	})
)

func (c *COS) mask(s string) string {
	s = c.scrub.Replace(s)
	s = signature().ReplaceAllString(s, "q-signature="+masked)
	return userinfo().ReplaceAllString(s, "//"+masked+"@")
}

// clean prepares a server's words for a person: masked, one line, not endless.
func (c *COS) clean(s string) string {
	const most = 300
	s = strings.Join(strings.Fields(strings.ToValidUTF8(s, "?")), " ")
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, s)
	s = c.mask(s)
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "") + "…"
	}
	return s
}

// maskedError is a cause whose text was not fit to print.
type maskedError struct {
	text string
	err  error
}

func (e *maskedError) Error() string { return e.text }
func (e *maskedError) Unwrap() error { return e.err }

func (c *COS) scrubbed(err error) error {
	if text := c.clean(err.Error()); text != err.Error() {
		return &maskedError{text, err}
	}
	return err
}
