package upload

import (
	"net/netip"
	"net/url"
	"regexp"
	"strings"
)

// Destination says where objects go and under which addresses they are read.
// Make one with NewDestination.
type Destination struct {
	// Endpoint is scheme and host that requests go to.
	Endpoint string
	// Bucket is name-appid.
	Bucket string
	// Folder begins every key: empty, or ending in a slash and not beginning
	// with one.
	Folder string
	// URLBase begins every final URL, without a trailing slash.
	URLBase string
}

// Settings are the parts of the configuration that make a Destination.
type Settings struct {
	Bucket     string // name-appid; or
	BucketName string // the name, and
	AppID      string // the appid
	Region     string // today's name
	Endpoint   string // a COS-compatible address instead of the service
	Folder     string // "" and "/" are the bucket's root
	TargetHost string // base of the final URLs, scheme optional
}

var (
	bucketName = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,58}[a-z0-9])?-[0-9]{1,20}$`)
	regionName = regexp.MustCompile(`^[a-z]+(-[a-z0-9]+)*$`)
)

// NewDestination checks and normalises s. The error is a *SettingError.
func NewDestination(s Settings) (Destination, error) {
	var d Destination
	var err error
	if d.Bucket, err = bucket(s); err != nil {
		return Destination{}, err
	}
	if d.Endpoint, err = endpoint(s, d.Bucket); err != nil {
		return Destination{}, err
	}
	if d.Folder, err = cleanFolder(s.Folder); err != nil {
		return Destination{}, err
	}
	d.URLBase = d.Endpoint
	if strings.TrimSpace(s.TargetHost) != "" {
		if d.URLBase, err = targetBase(s.TargetHost); err != nil {
			return Destination{}, err
		}
	}
	return d, nil
}

func bucket(s Settings) (string, error) {
	name, setting := strings.TrimSpace(s.Bucket), "cos.bucket"
	if name == "" {
		setting = "cos.bucketname"
		name = strings.TrimSpace(s.BucketName)
		if name == "" {
			return "", &SettingError{"cos.bucket", "no bucket is given", "set cos.bucket to name-appid, for example pictures-1250000000"}
		}
		// People also write the full name beside the appid.
		if id := strings.TrimSpace(s.AppID); id == "" {
			return "", &SettingError{"cos.appid", "cos.bucketname needs cos.appid", "the appid is the number that ends the bucket's full name"}
		} else if !strings.HasSuffix(name, "-"+id) {
			name += "-" + id
		}
	}
	if !bucketName.MatchString(name) {
		return "", &SettingError{setting, "\"" + shorten(name) + "\" is not a bucket", "it must read name-appid in lower case, for example pictures-1250000000"}
	}
	return name, nil
}

func endpoint(s Settings, bucket string) (string, error) {
	if strings.TrimSpace(s.Endpoint) != "" {
		u, err := parseBase("cos.endpoint", s.Endpoint)
		if err != nil {
			return "", err
		}
		if u.Path != "" {
			return "", &SettingError{"cos.endpoint", "must not have a path", "objects are addressed from the root of the host"}
		}
		return u.String(), nil
	}
	region := s.Region
	if region == "" {
		return "", &SettingError{"cos.region", "no region is given", "for example ap-guangzhou"}
	}
	if !regionName.MatchString(region) {
		return "", &SettingError{"cos.region", "\"" + shorten(region) + "\" is not a region", "for example ap-guangzhou"}
	}
	return "https://" + bucket + ".cos." + region + ".myqcloud.com", nil
}

func cleanFolder(s string) (string, error) {
	var segs []string
	for seg := range strings.SplitSeq(strings.TrimSpace(s), "/") {
		if seg != "" && seg != "." {
			segs = append(segs, seg)
		}
	}
	if len(segs) == 0 {
		return "", nil
	}
	f := strings.Join(segs, "/") + "/"
	if err := ValidateKey(f + "x"); err != nil {
		return "", &SettingError{"cos.folder", err.(*KeyError).Reason, "name a folder of the bucket, for example /images"}
	}
	return f, nil
}

func targetBase(s string) (string, error) {
	u, err := parseBase("targetHost", s)
	if err != nil {
		return "", err
	}
	return u.Scheme + "://" + u.Host + escapePath(u.Path), nil
}

// parseBase reads scheme, host and path. Without a scheme it is https; http is
// for loopback only, since neither keys nor images belong on an open wire.
// The path has no trailing slash.
func parseBase(setting, s string) (*url.URL, error) {
	s = strings.TrimSpace(s)
	if !strings.Contains(s, "://") {
		s = "https://" + strings.TrimPrefix(s, "//")
	}
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Hostname() == "" || u.Opaque != "":
		// The parse error would print what may hold a password.
		return nil, &SettingError{setting, "is not an address", "for example https://img.example.com"}
	case u.User != nil:
		return nil, &SettingError{setting, "must not hold a user name or password", "leave out everything up to the @"}
	case u.RawQuery != "" || u.Fragment != "" || u.ForceQuery:
		return nil, &SettingError{setting, "must not have a query or fragment", "for example https://img.example.com"}
	}
	u.Scheme, u.Host = strings.ToLower(u.Scheme), strings.ToLower(u.Host)
	if u.Scheme != "https" && (u.Scheme != "http" || !loopback(u.Hostname())) {
		return nil, &SettingError{setting, "must be https", "http is only for loopback addresses such as http://127.0.0.1:19000"}
	}
	u.Path, u.RawPath = strings.TrimRight(u.Path, "/"), ""
	return u, nil
}

func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}

// ID names the destination: endpoint, bucket, folder and URL base. What was
// uploaded under one ID counts as missing under another.
func (d Destination) ID() string {
	return strings.Join([]string{d.Endpoint, d.Bucket, "/" + d.Folder, d.URLBase}, " ")
}

// Key returns the key of the object named rel below the folder.
func (d Destination) Key(rel string) string { return d.Folder + strings.TrimLeft(rel, "/") }

// URL returns the address under which key is read, percent-encoded.
func (d Destination) URL(key string) string { return d.URLBase + "/" + escapePath(key) }

// URLPrefix begins the URLs of all objects in the folder. It ends in a slash.
func (d Destination) URLPrefix() string { return d.URL(d.Folder) }
