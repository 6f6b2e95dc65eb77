package cos

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"syscall"

	"github.com/wecos-go/wecos/internal/servers/cos/disk"
	"github.com/wecos-go/wecos/internal/servers/kit/conn"
)

// apiError is an error as COS documents it (document 436/7730).
type apiError struct {
	status  int
	code    string
	message string
}

func (e *apiError) Error() string { return e.code + ": " + e.message }

var (
	errAccessDenied      = &apiError{403, "AccessDenied", "Access Denied."}
	errExpired           = &apiError{403, "AccessDenied", "Request has expired"}
	errUnknownID         = &apiError{403, "InvalidAccessKeyId", "The Access Key Id you provided does not exist in our records"}
	errSignature         = &apiError{403, "SignatureDoesNotMatch", "The Signature you specified is invalid."}
	errSkewed            = &apiError{403, "RequestTimeTooSkewed", "The difference between the request time and the current time is too large."}
	errToken             = &apiError{403, "InvalidToken", "The security token is not valid for these credentials."}
	errNoSuchKey         = &apiError{404, "NoSuchKey", "The specified key does not exist."}
	errNoSuchBucket      = &apiError{404, "NoSuchBucket", "The specified bucket does not exist."}
	errNoSuchUpload      = &apiError{404, "NoSuchUpload", "The specified multipart upload does not exist."}
	errBucketExists      = &apiError{409, "BucketAlreadyOwnedByYou", "The bucket you tried to create already exists."}
	errEntityTooLarge    = &apiError{400, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed object size."}
	errEntityTooSmall    = &apiError{400, "EntityTooSmall", "A part but the last is smaller than 1 MB."}
	errBadDigest         = &apiError{400, "BadDigest", "The Content-MD5 you specified did not match what we received."}
	errInvalidDigest     = &apiError{400, "InvalidDigest", "The Content-MD5 you specified is not valid."}
	errIncompleteBody    = &apiError{400, "IncompleteBody", "The body ended before the number of bytes in Content-Length."}
	errInvalidPart       = &apiError{400, "InvalidPart", "One or more of the specified parts could not be found."}
	errInvalidPartOrder  = &apiError{400, "InvalidPartOrder", "The list of parts was not in ascending order."}
	errInvalidURI        = &apiError{400, "InvalidURI", "The key is not valid."}
	errKeyTooLong        = &apiError{400, "KeyTooLong", "The key is longer than 850 bytes."}
	errMalformedXML      = &apiError{400, "MalformedXML", "The XML you provided was not well-formed."}
	errMetadataTooLarge  = &apiError{400, "MetadataTooLarge", "Your metadata headers exceed the maximum allowed size."}
	errPrecondition      = &apiError{412, "PreconditionFailed", "A precondition you specified did not hold."}
	errInvalidRange      = &apiError{416, "InvalidRange", "The requested range cannot be satisfied."}
	errNotImplemented    = &apiError{501, "NotImplemented", "This store does not implement the operation."}
	errServerUnavailable = &apiError{503, "ServiceUnavailable", "Please reduce your request rate."}
	errSlowDown          = &apiError{503, "SlowDown", "Please reduce your request rate."}

	errForeign         = &apiError{403, "AccessDenied", "A store without signatures does not serve this host or origin."}
	errNotPreflight    = &apiError{400, "InvalidRequest", "OPTIONS needs Origin and Access-Control-Request-Method."}
	errForbiddenOrigin = &apiError{403, "AccessForbidden", "CORSResponse: This CORS request is not allowed."}
	errNoSuchCORS      = &apiError{404, "NoSuchCORSConfiguration", "The CORS configuration does not exist."}
	errNoSuchTagSet    = &apiError{404, "NoSuchTagSet", "The tag set does not exist."}

	errBucketNotEmpty   = &apiError{409, "BucketNotEmpty", "The bucket you tried to delete is not empty."}
	errBucketBusy       = &apiError{409, "InvalidBucketState", "Other requests use the bucket."}
	errFixedBucket      = &apiError{405, "MethodNotAllowed", "The store was started with this bucket, which stays."}
	errTooManyBuckets   = &apiError{400, "TooManyBuckets", "You have attempted to create more buckets than allowed."}
	errMethodNotAllowed = &apiError{405, "MethodNotAllowed", "The specified method is not allowed against this resource."}

	errXMLSize        = &apiError{400, "XMLSizeLimit", "The XML is larger than the operation allows."}
	errRequestTimeout = &apiError{400, "RequestTimeOut", "The body did not arrive in time."}
	errMissingLength  = &apiError{411, "MissingContentLength", "You must provide the Content-Length HTTP header."}
	errAppendPosition = &apiError{409, "AppendPositionErr", "The position is not the length of the object."}
	errNotAppendable  = &apiError{409, "ObjectNotAppendable", "The object is not appendable."}
	errExists         = &apiError{409, "FileAlreadyExists", "The object exists already and must not be overwritten."}
	errCopySource     = &apiError{400, "InvalidCopySource", "x-cos-copy-source must read host/key."}
	errCopyToItself   = &apiError{400, "InvalidRequest", "This copy would change nothing: it needs x-cos-metadata-directive: Replaced."}
	errAnonymous      = &apiError{400, "InvalidRequest", "response-* parameters need a signature."}
	errStorageClass   = &apiError{400, "NotSupportedStorageClass", "This store does not have the storage class."}
	errEncryption     = &apiError{501, "NotImplemented", "This store does not encrypt."}
)

func invalidArgument(message string) error {
	return &apiError{400, "InvalidArgument", message}
}

// lowerErrors are the errors of the packages disk and conn as a client sees them.
var lowerErrors = []struct{ from, to error }{
	{syscall.ENOSPC, &apiError{500, "InternalError", "The disk of the store is full."}},
	{disk.ErrNoSuchKey, errNoSuchKey},
	{disk.ErrNoSuchUpload, errNoSuchUpload},
	{disk.ErrBadKey, errInvalidURI},
	{disk.ErrBadDigest, errBadDigest},
	{disk.ErrShort, errIncompleteBody},
	{io.ErrUnexpectedEOF, errIncompleteBody},
	{disk.ErrHeader, errMetadataTooLarge},
	{disk.ErrInvalidPart, errInvalidPart},
	{disk.ErrPartOrder, errInvalidPartOrder},
	{disk.ErrPartTooSmall, errEntityTooSmall},
	{disk.ErrPosition, errAppendPosition},
	{disk.ErrNotAppendable, errNotAppendable},
	{disk.ErrExists, errExists},
	{conn.ErrStalled, errRequestTimeout},
	{disk.ErrPartNumber, invalidArgument("partNumber must be between 1 and 10000.")},
}

// asAPIError says what a client is told about err. What happened on the disk
// is not its business.
func asAPIError(err error) *apiError {
	for _, d := range lowerErrors {
		if errors.Is(err, d.from) {
			err = d.to
			break
		}
	}
	var api *apiError
	if errors.As(err, &api) {
		return api
	}
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		return errEntityTooLarge
	}
	return &apiError{500, "InternalError", "We encountered an internal error. Please try again."}
}

// writeError writes err as XML.
func writeError(w http.ResponseWriter, r *http.Request, err error) {
	api := asAPIError(err)
	h := w.Header()
	for name := range h {
		switch {
		case name == "X-Cos-Request-Id", name == "Vary", name == "Retry-After", name == "Date":
		case strings.HasPrefix(name, "Access-Control-"): // a page must be able to read it
		default:
			delete(h, name) // what a failed reply had already said
		}
	}
	if api == errRequestTimeout {
		h.Set("Connection", "close") // nobody waits for the rest of the body
	}
	var b bytes.Buffer
	b.WriteString(xml.Header + "<Error>")
	element(&b, "Code", api.code)
	element(&b, "Message", api.message)
	element(&b, "Resource", r.URL.Path)
	element(&b, "RequestId", h.Get("X-Cos-Request-Id"))
	b.WriteString("</Error>")
	writeXML(w, api.status, b.Bytes())
}

// newXML begins a document; the root may be left to the caller.
func newXML(root string) *bytes.Buffer {
	var b bytes.Buffer
	b.WriteString(xml.Header)
	if root != "" {
		b.WriteString("<" + root + ">")
	}
	return &b
}

// endXML ends the document and sends it.
func endXML(w http.ResponseWriter, b *bytes.Buffer, root string) error {
	if root != "" {
		b.WriteString("</" + root + ">")
	}
	writeXML(w, http.StatusOK, b.Bytes())
	return nil
}

func writeXML(w http.ResponseWriter, status int, text []byte) {
	h := w.Header()
	h.Set("Content-Type", "application/xml")
	h.Set("Content-Length", strconv.Itoa(len(text)))
	w.WriteHeader(status)
	_, _ = w.Write(text) // the client may have gone
}

// element writes <name>text</name>, escaped. Characters that XML cannot hold
// become U+FFFD.
func element(b *bytes.Buffer, name, text string) {
	b.WriteString("<" + name + ">")
	_ = xml.EscapeText(b, []byte(text)) // a bytes.Buffer does not fail
	b.WriteString("</" + name + ">")
}
