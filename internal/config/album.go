package config

import (
	"path"
	"strings"
)

// Album is the configuration of the album server.
type Album struct {
	Server
	COSAppID  string
	COSRegion string // today's name
	SecretID  Secret
	SecretKey Secret
	// Bucket is where the pictures go, with the account's number; "" is the
	// embedded store in Data.
	Bucket string
	// Folder of the store that the pictures lie in, as given.
	Folder string
	// Domain that the pictures are read from: an address without a slash at the
	// end. "" is the bucket's own or, without a bucket, the server's.
	Domain string
	// Endpoint is scheme and host of the bucket; "" without one.
	Endpoint string
	// Token must come with uploads and deletions; empty lets everybody.
	Token Secret
	// QuotaMB is what the embedded store may take, in megabytes; 0 is no limit.
	QuotaMB int
	// ListSeconds is how long a listing counts; 0 is not at all.
	ListSeconds int
}

// NewAlbum returns the defaults.
func NewAlbum() *Album {
	return &Album{Server: newServer("album", 9993), Folder: "/", QuotaMB: 1024, ListSeconds: 30}
}

func (a *Album) keys() []*serverKey {
	return []*serverKey{
		wordKey("cosAppId", &a.COSAppID, "number of the COS account"),
		textKey("cosRegion", &a.COSRegion, "region of the bucket, such as ap-guangzhou"),
		secretKey("cosSecretId", &a.SecretID, "id of the account's key").alias("COS_SECRET_ID"),
		secretKey("cosSecretKey", &a.SecretKey, "the account's key").alias("COS_SECRET_KEY"),
		textKey("cosFileBucket", &a.Bucket, "bucket of the pictures; without one they go to the folder data"),
		textKey("cosUploadFolder", &a.Folder, "folder of the bucket that the pictures go to"),
		textKey("cosDomain", &a.Domain, "address that the pictures are read from").
			explain(`"" is the bucket's own. Without a bucket it is the server's address as phones reach it, "" the one that they asked for.`),
		textKey("cosEndpoint", &a.Endpoint, "address of the bucket at a service with the same protocol"),
		secretKey("uploaderToken", &a.Token, "token that uploads and deletions must bring").
			explain("Without one everybody who reaches the server may upload and delete."),
		numberKey("quotaMB", &a.QuotaMB, 0, 1<<30, "megabytes that the folder data may take; 0 is no limit"),
		numberKey("listSeconds", &a.ListSeconds, 0, 86400, "seconds after which the pictures are listed anew; 0 is each time").
			explain("What is uploaded and deleted by this server shows at once."),
	}
}

func (a *Album) finish() error {
	for _, step := range []func() error{a.finishFolder, a.finishDomain, a.finishBucket, a.finishToken} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func (a *Album) finishFolder() error {
	folder := strings.Trim(a.Folder, "/")
	switch {
	case folder == "":
	case path.Clean(folder) != folder || strings.HasPrefix(folder, "..") || hasControl(folder) || strings.Contains(folder, `\`):
		return a.fail("cosUploadFolder", `it looks like "/album"`, "must be a plain folder name")
	case strings.Contains(folder, "%"):
		return a.fail("cosUploadFolder", "write the characters themselves", "must not be percent-encoded")
	case len(folder) > 256:
		return a.fail("cosUploadFolder", "", "must not be longer than 256 bytes")
	}
	return nil
}

func (a *Album) finishDomain() error {
	domain, err := a.base("cosDomain", a.Domain, "https://img.example.com")
	if err == nil {
		a.Domain = domain
	}
	return err
}

// finishBucket works out the address of the bucket. Without a bucket nothing of
// the account matters.
func (a *Album) finishBucket() error {
	if a.Bucket == "" && a.Endpoint == "" {
		return nil
	}
	region, problem, fix := readRegion(a.COSRegion, "cosEndpoint", a.Endpoint != "")
	if problem != "" {
		return a.fail("cosRegion", fix, "%s", problem)
	}
	a.COSRegion = region
	if a.COSAppID != "" && !digits.MatchString(a.COSAppID) {
		return a.fail("cosAppId", "it is the number at the end of the bucket's full name", "must be digits only")
	}
	a.Bucket = strings.ToLower(a.Bucket)
	if a.Bucket != "" && a.COSAppID != "" && !strings.HasSuffix(a.Bucket, "-"+a.COSAppID) {
		a.Bucket += "-" + a.COSAppID
	}
	if a.Endpoint != "" {
		u, scheme, problem := parseBase(a.Endpoint)
		const fix = `it looks like "https://pictures.cos.example.com"`
		switch {
		case problem != "":
			return a.fail("cosEndpoint", fix, "%s", problem)
		case scheme == "" || scheme == "http" && !loopback(u.Hostname()):
			return a.fail("cosEndpoint", fix, "must begin with https://")
		case strings.Trim(u.Path, "/") != "":
			return a.fail("cosEndpoint", fix, "must not have a path")
		}
		a.Endpoint = scheme + "://" + u.Host
	} else {
		if !fullBucket.MatchString(a.Bucket) {
			return a.fail("cosFileBucket", `a bucket's full name looks like "pictures-1250000000"; or set cosAppId`, "is not the full name of a bucket")
		}
		if a.COSRegion == "" {
			return a.needs("cosRegion", "fill it in, or leave cosFileBucket empty to keep the pictures here")
		}
		a.Endpoint = "https://" + a.Bucket + ".cos." + a.COSRegion + ".myqcloud.com"
	}
	return a.finishKeys()
}

func (a *Album) finishKeys() error {
	for _, key := range []struct {
		name, env string
		value     Secret
	}{{"cosSecretId", "COS_SECRET_ID", a.SecretID}, {"cosSecretKey", "COS_SECRET_KEY", a.SecretKey}} {
		text := key.value.Reveal()
		switch {
		case text == "":
			if err := a.needs(key.name, "set "+key.env+" in the environment, or leave cosFileBucket empty to keep the pictures here"); err != nil {
				return err
			}
		case strings.ContainsFunc(text, notPrintable):
			return a.fail(key.name, "copy it once more", "holds a character that cannot be part of it")
		}
	}
	return nil
}

func (a *Album) finishToken() error {
	text := a.Token.Reveal()
	if text != "" && (len(text) < 8 || strings.ContainsFunc(text, notPrintable)) {
		return a.fail("uploaderToken", "take some random letters, such as openssl rand -hex 16 writes", "must be 8 or more letters, digits and signs of ASCII")
	}
	return nil
}

func notPrintable(r rune) bool { return r <= ' ' || r >= 0x7f }
