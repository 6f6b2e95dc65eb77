package config

import (
	"fmt"
	"net"
	"net/netip"
	"path/filepath"
	"strconv"
	"strings"
)

// ServerConfig is the configuration of one server: a struct that holds a Server
// and the app's own keys beside it.
type ServerConfig interface {
	// Common is the part that all servers have.
	Common() *Server
	// keys are those of the app alone, in the order of the documentation.
	keys() []*serverKey
	// finish checks what concerns several keys, and works out what follows from
	// them. Common is finished before.
	finish() error
}

// Server is the part of a configuration that all servers have. Strings are
// trimmed, folders and files absolute.
type Server struct {
	App  string // the name of the server: album
	File string // the file that was read; "" when there was none

	Port      int
	Addr      string // host:port to listen on
	AdminAddr string // host:port of health and metrics; "" is none
	Data      string // folder of the embedded stores
	// BasePath begins every route: it begins with a slash and does not end with
	// one; "" is none.
	BasePath       string
	TrustedProxies []netip.Prefix
	AllowedOrigins []string
	TLSCert        string // PEM file; "" without TLS, or with Domains
	TLSKey         string
	Domains        []string // for which certificates are fetched
	Email          string   // for the certificate authority
	ACMEDirectory  string   // URL of another certificate authority
	ACMERoots      string   // PEM file with the roots that it is trusted by; "" are the system's
	AccessLog      bool
	Limits         ServerLimits

	// noBasePath: the app has no ROUTE_BASE_PATH.
	noBasePath bool
	// incomplete: what only a person can fill in may be missing, as in a file that
	// is being written. Its keys are noted.
	incomplete bool
	missing    []string

	addr     string   // as given; "" is 127.0.0.1 and Port, or publicAddr
	addrFrom string   // key that Addr comes from
	proxies  []string // as given
	paths    map[string]*string
	origins  map[string]Origin
	display  string // File as a person would name it
}

// ServerLimits bound what clients may do. Sizes are in bytes; 0 is
// no limit, and 1 MB for HeaderBytes.
type ServerLimits struct {
	HeaderBytes, BodyBytes                                   int
	HeaderSeconds, IdleSeconds, RequestSeconds, DrainSeconds int
	BodyIdleSeconds                                          int // at least 1
	Connections, ConnectionsPerClient                        int
	RequestsPerSecond, Burst                                 int
}

// Common returns s.
func (s *Server) Common() *Server { return s }

// newServer is the default of an app that listens on port.
func newServer(app string, port int) Server {
	return Server{
		App: app, Port: port, BasePath: "/applet", Data: "appletctl-data/" + app, AccessLog: true,
		Limits: ServerLimits{
			HeaderBytes: 64 << 10, BodyBytes: 16 << 20,
			HeaderSeconds: 10, IdleSeconds: 120, RequestSeconds: 120, DrainSeconds: 10, BodyIdleSeconds: 30,
			Connections: 4096, ConnectionsPerClient: 256,
			RequestsPerSecond: 100, Burst: 400,
		},
		paths: map[string]*string{},
	}
}

// firstKeys are those that stand before the app's own ones in the file.
func (s *Server) firstKeys() []*serverKey {
	keys := []*serverKey{
		numberKey("port", &s.Port, 0, 65535, "port to listen on, at 127.0.0.1; 0 is any free one").alias("PORT"),
	}
	if !s.noBasePath {
		keys = append(keys, textKey("ROUTE_BASE_PATH", &s.BasePath, "beginning of every route").
			flagged("base-path").alias("ROUTE_BASE_PATH"))
	}
	return keys
}

// lastKeys are those that stand behind the app's own ones in the file.
func (s *Server) lastKeys() []*serverKey {
	l := &s.Limits
	const most = 1 << 30
	limit := func(name string, p *int, doc string) *serverKey { return numberKey("limits."+name, p, 0, most, doc) }
	return []*serverKey{
		textKey("addr", &s.addr, "address to listen on; port 0 is any free one").
			explain("It wins over port. \"\" is 127.0.0.1, which only this computer reaches; with domain and without port it is " + publicAddr + "."),
		textKey("adminAddr", &s.AdminAddr, "address of /healthz, /readyz and /metrics; without a host it is on loopback").
			explain("\"\" is none."),
		s.pathKey("data", &s.Data, "folder of the embedded stores"),
		listKey("trustedProxies", &s.proxies, "addresses of proxies, whose X-Forwarded headers are believed").
			explain("Addresses or networks such as 10.0.0.0/8."),
		listKey("allowedOrigins", &s.AllowedOrigins, `origins of web pages that may read replies; "*" is all`),
		s.pathKey("tlsCert", &s.TLSCert, "PEM file of a certificate and those between it and the root"),
		s.pathKey("tlsKey", &s.TLSKey, "PEM file of the certificate's key"),
		listKey("domain", &s.Domains, "domains that certificates are fetched for"),
		textKey("email", &s.Email, "address that the certificate authority writes to"),
		textKey("acmeDirectory", &s.ACMEDirectory, "address of another certificate authority"),
		s.pathKey("acmeRoots", &s.ACMERoots, "PEM file of the roots that this authority is trusted by"),
		boolKey("accessLog", &s.AccessLog, "log every request"),
		limit("headerBytes", &l.HeaderBytes, "size of a request's header").explain("0 is 1 MB. With all others 0 is no limit."),
		limit("bodyBytes", &l.BodyBytes, "size of a request's body; each route has a smaller one of its own"),
		limit("headerSeconds", &l.HeaderSeconds, "time for the header of a request"),
		numberKey("limits.bodyIdleSeconds", &l.BodyIdleSeconds, 1, most, "longest time without a byte of a request's body or its reply").
			explain("Once it is over, both must reach 1 KB/s on average. This one is at least 1."),
		limit("idleSeconds", &l.IdleSeconds, "time between two requests on a connection"),
		limit("requestSeconds", &l.RequestSeconds, "time for a request"),
		limit("drainSeconds", &l.DrainSeconds, "time that requests under way have when the server stops"),
		limit("connections", &l.Connections, "connections at the same time"),
		limit("connectionsPerClient", &l.ConnectionsPerClient, "connections of one client, trusted proxies aside"),
		limit("requestsPerSecond", &l.RequestsPerSecond, "requests of one client in a second"),
		limit("burst", &l.Burst, "requests that a client may make at once"),
	}
}

// pathKey is a file or folder: relative to the file where the value stands
// there, else to the working directory.
func (s *Server) pathKey(name string, p *string, doc string) *serverKey {
	s.paths[name] = p
	return textKey(name, p, doc)
}

// finishCommon checks the values and works out the effective ones.
func (s *Server) finishCommon(dir, work string) error {
	for name, path := range s.paths {
		switch {
		case *path == "":
		case strings.ContainsRune(*path, 0):
			return s.fail(name, "type the path anew", "holds a NUL byte, which no path can")
		case s.origins[name].Source == FromFile:
			*path = absolute(strings.ReplaceAll(*path, `\`, "/"), dir)
		default:
			*path = absolute(*path, work)
		}
	}
	if s.Data == "" {
		return s.fail("data", "", "must not be empty")
	}
	for _, step := range []func() error{s.finishAddr, s.finishBase, s.finishProxies, s.finishTLS} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// rank orders layers, weakest first.
func (s *Server) rank(name string) int {
	switch s.origins[name].Source {
	case FromFile:
		return 1
	case FromEnv:
		return 2
	case FromFlag:
		return 3
	}
	return 0
}

func (s *Server) finishAddr() error {
	const fix = "it looks like 127.0.0.1:9993"
	s.Addr = net.JoinHostPort("127.0.0.1", strconv.Itoa(s.Port))
	for _, a := range []struct{ name, given string }{{"addr", s.addr}, {"adminAddr", s.AdminAddr}} {
		if a.given == "" {
			continue
		}
		_, port, err := net.SplitHostPort(a.given)
		if err != nil {
			return s.fail(a.name, fix, "must be host:port")
		}
		if n, err := strconv.Atoi(port); err != nil || n < 0 || n > 65535 {
			return s.fail(a.name, fix, "has no port from 0 to 65535")
		}
	}
	s.addrFrom = "addr"
	switch {
	case s.addr != "" && s.rank("port") <= s.rank("addr"):
		s.Addr = s.addr
	case s.addr != "":
		host, _, _ := net.SplitHostPort(s.addr)
		s.Addr, s.addrFrom = net.JoinHostPort(host, strconv.Itoa(s.Port)), "port"
	case len(s.Domains) > 0 && !s.Given("port"):
		s.Addr, s.addrFrom = publicAddr, "domain"
	case len(s.Domains) > 0 && s.ACMEDirectory == "":
		// A loopback address that somebody gave may be behind a program that
		// passes TLS on. This one nobody gave.
		return s.fail("port", "listen on all addresses with --addr "+publicAddr+", or leave port out",
			"is that of 127.0.0.1 without addr, where no authority reaches the domain %s", shorten(s.Domains[0]))
	default:
		s.addrFrom = "port"
	}
	return nil
}

// publicAddr is where the authority looks for a domain, and browsers too.
const publicAddr = ":443"

func (s *Server) finishBase() error {
	base := strings.Trim(s.BasePath, "/")
	s.BasePath = ""
	if base == "" {
		return nil
	}
	for part := range strings.SplitSeq(base, "/") {
		plain := strings.Trim(part, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.~") == ""
		if part == "" || part == "." || part == ".." || !plain {
			return s.fail("ROUTE_BASE_PATH", `it looks like "/applet"`, "must be a plain path")
		}
	}
	s.BasePath = "/" + base
	return nil
}

func (s *Server) finishProxies() error {
	s.TrustedProxies = nil
	for _, text := range s.proxies {
		prefix, err := netip.ParsePrefix(text)
		if a, addrErr := netip.ParseAddr(text); addrErr == nil {
			a = a.Unmap().WithZone("")
			prefix, err = netip.PrefixFrom(a, a.BitLen()), nil
		}
		if err != nil {
			return s.fail("trustedProxies", `it looks like "127.0.0.1" or "10.0.0.0/8"`, "has %q, which is no address or network", shorten(text))
		}
		s.TrustedProxies = append(s.TrustedProxies, prefix.Masked())
	}
	for i, origin := range s.AllowedOrigins {
		u, scheme, problem := parseBase(origin)
		if origin != "*" && (problem != "" || scheme == "" || strings.Trim(u.Path, "/") != "") {
			return s.fail("allowedOrigins", `it looks like "https://example.com", or "*" for all`, "has %q, which is no origin", shorten(origin))
		}
		s.AllowedOrigins[i] = strings.TrimRight(origin, "/")
	}
	return nil
}

func (s *Server) finishTLS() error {
	switch {
	case s.TLSCert == "" && s.TLSKey != "":
		return s.fail("tlsKey", "give both --tls-cert and --tls-key", "needs tlsCert")
	case s.TLSCert != "" && s.TLSKey == "":
		return s.fail("tlsCert", "give both --tls-cert and --tls-key", "needs tlsKey")
	case s.TLSCert != "" && len(s.Domains) > 0:
		return s.fail("domain", "use one of the two", "fetches certificates, but tlsCert names one already")
	}
	for i, domain := range s.Domains {
		u, scheme, problem := parseBase(domain)
		if problem != "" || scheme != "" || u.Port() != "" || u.Path != "" {
			return s.fail("domain", "it looks like example.com", "has %q, which is no domain", shorten(domain))
		}
		s.Domains[i] = strings.ToLower(domain)
	}
	return nil
}

// base is what addresses begin with that the server hands out: without a scheme
// it is https, and there is no slash at the end. "" stays.
func (s *Server) base(key, address, example string) (string, error) {
	if address == "" {
		return "", nil
	}
	u, scheme, problem := parseBase(address)
	if problem != "" {
		return "", s.fail(key, fmt.Sprintf("it looks like %q", example), "%s", problem)
	}
	if scheme == "" {
		scheme = "https"
	}
	return scheme + "://" + u.Host + strings.TrimRight(u.EscapedPath(), "/"), nil
}

// fail complains about the value of key, wherever that came from.
func (s *Server) fail(key, fix, format string, args ...any) error {
	d := draft{display: s.display, origins: s.origins}
	return d.fail(key, fix, format, args...)
}

// needs complains that a key without a value is needed, or notes it.
func (s *Server) needs(key, fix string) error {
	if s.incomplete {
		s.missing = append(s.missing, key)
		return nil
	}
	return s.fail(key, fix, "is missing")
}

// Given reports whether a key has a value from anywhere but the defaults.
func (s *Server) Given(key string) bool { return s.origins[key].Source != "" }

// Public reports whether other computers than this one reach Addr.
func (s *Server) Public() bool {
	host, _, err := net.SplitHostPort(s.Addr)
	return err != nil || !loopback(host)
}

// CertificateDir is where fetched certificates are kept.
func (s *Server) CertificateDir() string { return filepath.Join(s.Data, "certificates") }
