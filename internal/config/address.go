package config

import (
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// hosts checks replaceHost, targetHost, cos.endpoint and the local address.
func (d *draft) hosts(w *Wecos) error {
	w.TargetHost = strings.TrimRight(d.targetHost, "/")
	if d.targetHost != "" {
		u, scheme, problem := parseBase(d.targetHost)
		switch {
		case problem != "":
			return d.fail("targetHost", `it looks like "https://img.example.com/app"`, "%s", problem)
		case scheme == "http" && !loopback(u.Hostname()):
			return d.fail("targetHost", "write https://, or leave the scheme out", "must not begin with http://")
		}
	}
	for _, host := range d.replaceHost {
		if _, _, problem := parseBase(host); problem != "" {
			return d.fail("replaceHost", `it looks like "https://old.example.com"`, "%s", problem)
		}
		w.ReplaceHost = append(w.ReplaceHost, strings.TrimRight(host, "/"))
	}
	if len(w.ReplaceHost) > 0 && w.TargetHost == "" {
		return d.fail("replaceHost", "set targetHost to the new host, or remove replaceHost", "needs targetHost")
	}
	if d.endpoint != "" {
		u, scheme, problem := parseBase(d.endpoint)
		const fix = `it looks like "https://cos.example.com"`
		switch {
		case problem != "":
			return d.fail("cos.endpoint", fix, "%s", problem)
		case scheme == "":
			return d.fail("cos.endpoint", fix, "must begin with https://")
		case scheme == "http" && !loopback(u.Hostname()):
			return d.fail("cos.endpoint", "http is allowed on loopback addresses only", "must begin with https://")
		case strings.Trim(u.Path, "/") != "":
			return d.fail("cos.endpoint", "put folders into cos.folder", "must not have a path")
		}
		w.COS.Endpoint = strings.TrimRight(d.endpoint, "/")
	}
	return d.checkLocalAddr()
}

// parseBase reads an address of which the scheme may be missing. What is wrong
// with it is returned as the end of a sentence that names the key; the address
// itself, which might hold a password, is not repeated.
//
// Targets are written into quoted strings and url() without escaping, so that
// only plain characters may stand there.
func parseBase(s string) (u *url.URL, scheme, problem string) {
	rest := s
	if before, after, ok := strings.Cut(s, "://"); ok {
		scheme, rest = strings.ToLower(before), after
		if scheme != "http" && scheme != "https" {
			return nil, "", "must be an https address"
		}
	}
	rest = strings.TrimLeft(rest, "/")
	for _, r := range rest {
		if r <= ' ' || r >= 0x7F || strings.ContainsRune("\"'`\\<>{}()|^", r) {
			return nil, "", "holds a character that must be percent-encoded"
		}
	}
	u, err := url.Parse("https://" + rest)
	switch {
	case err != nil:
		return nil, "", "is not an address"
	case u.User != nil:
		return nil, "", "must not hold a user name or password"
	case u.Hostname() == "":
		return nil, "", "names no host"
	case u.RawQuery != "" || u.Fragment != "" || strings.ContainsAny(rest, "?#"):
		return nil, "", "must not hold a query or fragment"
	}
	return u, scheme, ""
}

// loopback reports whether host is this machine, so that http is harmless.
func loopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}

func (d *draft) checkLocalAddr() error {
	host, port, err := net.SplitHostPort(d.localAddr)
	const fix = "it looks like 127.0.0.1:19000"
	if err != nil {
		return d.fail("localAddr", fix, "must be host:port")
	}
	if n, err := strconv.Atoi(port); err != nil || n < 0 || n > 65535 {
		return d.fail("localAddr", fix, "has no port from 0 to 65535")
	}
	if !loopback(host) {
		return d.fail("localAddr", fix, "must be a loopback address")
	}
	return nil
}
