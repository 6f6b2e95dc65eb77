package kit

import (
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"time"
)

// Options say where and how apps are served.
type Options struct {
	// Addr is host:port; port 0 picks a free one.
	Addr string
	// Listener is used in place of Addr when it is not nil.
	Listener net.Listener
	// AdminAddr is the address of health and metrics; "" is none. Without a host
	// it is on loopback.
	AdminAddr string
	// Other answers what belongs to no app, where several are served; nil is
	// 404.
	Other http.Handler
	// Log is where requests and events go; nil is nowhere.
	Log *slog.Logger
	// NoAccessLog leaves out the line for each request that went well.
	NoAccessLog bool
	// TrustedProxies are those whose X-Forwarded-For, X-Forwarded-Proto,
	// X-Forwarded-Host and X-Request-Id headers are believed.
	TrustedProxies []netip.Prefix
	// AllowedOrigins are the origins of web pages that may read replies, such as
	// https://example.com; "*" is all. Without any there is no CORS.
	AllowedOrigins []string
	// TLS turns on HTTPS.
	TLS TLSOptions
	// Limits bound what clients may do.
	Limits Limits
}

// TLSOptions say where certificates come from. The zero value is plain HTTP.
type TLSOptions struct {
	// CertFile and KeyFile are in PEM. They are read again when they change.
	CertFile, KeyFile string
	// Domains are those that certificates are fetched for by ACME, from the
	// authority with this Directory ("" is Let's Encrypt) that Roots, a PEM file,
	// lets one trust ("" are the system's). CertDir keeps them.
	Domains                          []string
	Email, Directory, Roots, CertDir string
}

// Limits bound what clients may do. Zero values stand for the defaults,
// negative ones for no limit, but for Header.
type Limits struct {
	// Header is the size of a request's header in bytes; 0 is 64 KB. Less is 1 MB,
	// the default of net/http, which has no way to read without a limit.
	Header int
	// Body is the size of a request's body in bytes; 0 is 16 MB. Apps have
	// smaller ones of their own.
	Body int64
	// HeaderTime is the time for the header of a request; 0 is 10 seconds.
	HeaderTime time.Duration
	// IdleTime is the time between two requests on a connection; 0 is 2 minutes.
	IdleTime time.Duration
	// BodyIdleTime is the longest time without a byte of a request's body or of
	// its reply; 0 is 30 seconds. Once it is over, both must reach 1 KB/s on
	// average.
	BodyIdleTime time.Duration
	// RequestTime is the time that a handler of Routes has, the body included;
	// 0 is 2 minutes.
	RequestTime time.Duration
	// DrainTime is the time that requests under way have at the end; 0 is 10
	// seconds.
	DrainTime time.Duration
	// Conns are the connections that may be open; others wait to be accepted. 0
	// is 4096.
	Conns int
	// ClientConns are those of one client, proxies that are trusted aside; 0 is
	// 256. An IPv6 network of 64 bits counts as one client.
	ClientConns int
	// ClientRate are the requests that one client may make in a second; 0 is
	// 100.
	ClientRate int
	// ClientBurst are the requests that it may make at once; 0 is four times
	// ClientRate.
	ClientBurst int
}

// DefaultLimits are what zero values stand for.
func DefaultLimits() Limits { return Limits{}.withDefaults() }

func (l Limits) withDefaults() Limits {
	def(&l.Header, 64<<10)
	def(&l.Body, 16<<20)
	def(&l.HeaderTime, 10*time.Second)
	def(&l.IdleTime, 2*time.Minute)
	def(&l.BodyIdleTime, 30*time.Second)
	def(&l.RequestTime, 2*time.Minute)
	def(&l.DrainTime, 10*time.Second)
	def(&l.Conns, 4096)
	def(&l.ClientConns, 256)
	def(&l.ClientRate, 100)
	def(&l.ClientBurst, 4*max(l.ClientRate, 1))
	return l
}

func def[T int | int64 | time.Duration](v *T, standard T) {
	if *v == 0 {
		*v = standard
	}
}

func (o Options) withDefaults() Options {
	o.Limits = o.Limits.withDefaults()
	if o.Log == nil {
		o.Log = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	return o
}
