package slim

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/wecos-go/wecos/internal/rewrite"
	"github.com/wecos-go/wecos/internal/upload"
)

// FindingKind says what a check found.
type FindingKind string

// What Verify may find.
const (
	DanglingURL    FindingKind = "dangling-url"    // an address that answers with no image
	WrongContent   FindingKind = "wrong-content"   // it answers with other bytes than were uploaded
	WrongType      FindingKind = "wrong-type"      // it answers with a Content-Type that is no image
	ForcedDownload FindingKind = "forced-download" // browsers save it instead of showing it
	PlainHTTP      FindingKind = "plain-http"      // devices load only https
	MissingFile    FindingKind = "missing-file"    // a path in the code that names no file
	OnlineOnly     FindingKind = "online-only"     // a path in the code whose image is online: run wecos
	NeedsFile      FindingKind = "needs-file"      // code that needs the file of an image that is online
)

// FindingKinds lists them all.
func FindingKinds() []FindingKind {
	return []FindingKind{DanglingURL, WrongContent, WrongType, ForcedDownload, PlainHTTP, MissingFile, OnlineOnly, NeedsFile}
}

// Finding is something that is not as it should be.
type Finding struct {
	Kind FindingKind `json:"kind"`
	// At is file:line:col, or "" when no source is the place.
	At   string `json:"at"`
	Path string `json:"path"` // of the image; "" when there is none
	URL  string `json:"url"`  // "" when no address is concerned
	Text string `json:"text"`
	Hint string `json:"hint"`
}

// Verification is what Verify looked at and found.
type Verification struct {
	URLs     int       `json:"urls"`    // asked for
	Skipped  int       `json:"skipped"` // addresses of other people's hosts
	Findings []Finding `json:"findings"`
	// Unused are the keys of objects that nothing names any more: gc deletes
	// them. That is no failure.
	Unused []string `json:"unused"`
}

// VerifyOptions say what Verify looks at.
type VerifyOptions struct {
	// AllHosts asks for addresses of other people's hosts too.
	AllHosts bool
}

// check is one address to ask for.
type check struct {
	url   string
	at    string
	image *image // with what it must answer; nil when that is not known
	path  string
}

// Verify asks for every address that is in the manifest or in the code, and
// looks for paths that lead nowhere: in the slimmed copy, where there is one. It
// changes nothing.
func (e *Engine) Verify(ctx context.Context, opt VerifyOptions) (*Result, error) {
	start := e.opt.Now()
	st, p, res, err := e.survey(ctx, "verify")
	if st != nil {
		defer st.close()
	}
	if err != nil {
		return nil, err
	}
	res.Verify = &Verification{Findings: []Finding{}, Unused: []string{}}
	e.inspect(p)
	c, err := e.ofCopy(ctx, p)
	if err != nil {
		return nil, err
	}
	checked := p // what a device runs
	if c != nil {
		checked, res.OutDir = c, c.tree.AppDir
		res.Warnings = append(res.Warnings, c.warnings...)
	} else {
		res.OutDir = ""
	}
	checks := checked.checks(opt, res.Verify)
	e.emit(PhaseStarted{Phase: PhaseVerify, Files: len(checks)})
	found := make([][]Finding, len(checks))
	upload.Each(ctx, e.opt.Config.Concurrency, indices(len(checks)), func(ctx context.Context, i int) error {
		found[i] = e.ask(ctx, checks[i])
		e.emit(URLChecked{URL: checks[i].url, OK: len(found[i]) == 0})
		return nil
	})
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	res.Verify.URLs = len(checks)
	res.Verify.Findings = slices.Concat(append(found, checked.astray(), []Finding{})...)
	unused, err := e.unused(st, p, c, false)
	if err != nil {
		return nil, err
	}
	for _, o := range unused {
		res.Verify.Unused = append(res.Verify.Unused, o.key)
	}
	// What the decision has to warn of is among the findings, as far as it is
	// about whole paths.
	res.Warnings = slices.DeleteFunc(res.Warnings, func(w Warning) bool {
		return slices.ContainsFunc(p.dec.Warnings, func(d rewrite.Warning) bool { return w.At == d.At.String() && w.Text == d.Text }) ||
			slices.ContainsFunc(p.dec.Missing, func(m rewrite.Missing) bool { return w.At == m.At.String() && m.Near != "" })
	})
	res.measure(p.tree, p.tree, nil, nil)
	return e.finishResult(res, start), nil
}

// checks lists the addresses to ask for: those of the manifest first, then what
// else stands in the code.
func (p *plan) checks(opt VerifyOptions, v *Verification) []check {
	var out []check
	known := map[string]bool{}
	add := func(c check) {
		if !known[c.url] {
			known[c.url] = true
			out = append(out, c)
		}
	}
	places := map[string]string{}
	for _, a := range p.dec.Addresses {
		if _, ok := places[a.URL]; !ok {
			places[a.URL] = a.At.String()
		}
	}
	for _, path := range slices.Sorted(maps.Keys(p.man.Images)) {
		img := p.man.Images[path]
		if img.Deleted {
			continue
		}
		url := p.man.url(img)
		add(check{url: url, at: places[url], image: &img, path: path})
	}
	for _, a := range p.dec.Addresses {
		switch {
		case a.Dynamic:
		case a.Ours || opt.AllHosts:
			add(check{url: a.URL, at: a.At.String(), path: a.Image})
		default:
			v.Skipped++
		}
	}
	return out
}

// ask asks for one address and says what is wrong with the answer.
func (e *Engine) ask(ctx context.Context, c check) []Finding {
	finding := func(kind FindingKind, text, hint string) Finding {
		return Finding{Kind: kind, At: c.at, Path: c.path, URL: c.url, Text: text, Hint: hint}
	}
	address := c.url
	if strings.HasPrefix(address, "//") {
		address = "https:" + address
	}
	var got upload.ProbeResult
	var err error
	if c.image != nil {
		served := c.image.served()
		got, err = upload.Probe(ctx, e.opt.Client, address, served.Sum, served.Size)
	} else {
		got, err = upload.Look(ctx, e.opt.Client, address)
	}
	if ctx.Err() != nil {
		return nil
	}
	if err != nil {
		kind, text, hint := DanglingURL, err.Error(), ""
		if broken, ok := errors.AsType[*upload.ProbeError](err); ok {
			text, hint = strings.TrimPrefix(text, broken.URL+": "), broken.Hint
			if got.Status == 200 && c.image != nil && broken.Err == nil {
				kind = WrongContent
			}
		}
		return []Finding{finding(kind, text, hint)}
	}
	return c.flaws(address, got)
}

// flaws are what is wrong with an answer that came.
func (c check) flaws(address string, got upload.ProbeResult) []Finding {
	finding := func(kind FindingKind, text, hint string) Finding {
		return Finding{Kind: kind, At: c.at, Path: c.path, URL: c.url, Text: text, Hint: hint}
	}
	var out []Finding
	if t := got.ContentType; t != "" && !strings.HasPrefix(t, "image/") && !strings.HasPrefix(t, "application/octet-stream") {
		hint := "what lies there is not taken for an image"
		if c.path != "" { // one of ours
			hint += ": targetHost must serve the bucket's objects with their types"
		}
		out = append(out, finding(WrongType, "answers with the type "+t, hint))
	}
	if got.ForcedDownload {
		out = append(out, finding(ForcedDownload, "is sent as a download", "bind a domain of your own to the bucket and name it in targetHost"))
	}
	if u, err := url.Parse(address); err == nil && u.Scheme == "http" && !loopback(u.Hostname()) {
		out = append(out, finding(PlainHTTP, "is not https", "devices load images over https only: use the https address, in targetHost too"))
	}
	return out
}

// loopback reports whether a host is this machine, as the embedded store is.
func loopback(host string) bool {
	return host == "localhost" || host == "::1" || strings.HasPrefix(host, "127.")
}

// astray are the paths in the code that lead nowhere, whoever broke them.
func (p *plan) astray() []Finding {
	var out []Finding
	for _, m := range p.dec.Missing {
		f := Finding{Kind: MissingFile, At: m.At.String(), Text: fmt.Sprintf("%q names no file", m.Value), Hint: "correct the path, or add the file"}
		switch {
		case m.Online != "":
			f.Kind, f.Path, f.Text, f.Hint = OnlineOnly, m.Online, fmt.Sprintf("%q names an image that is online", m.Value), "run wecos: it writes the address"
		case m.Near != "":
			f.Path, f.Text, f.Hint = m.Near, fmt.Sprintf("%q is called %s", m.Value, path.Base(m.Near)), "correct the case: devices are case-sensitive"
		}
		out = append(out, f)
	}
	for _, w := range p.dec.Warnings {
		out = append(out, Finding{Kind: NeedsFile, At: w.At.String(), Text: w.Text, Hint: w.Hint})
	}
	return out
}
