package config

import (
	"path"
	"regexp"
	"strconv"
	"strings"
)

var (
	fullBucket = regexp.MustCompile(`^[a-z0-9](?:[a-z0-9-]{0,48}[a-z0-9])?-[0-9]{1,20}$`)
	anyBucket  = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{0,80}$`)
	regionName = regexp.MustCompile(`^[a-z0-9](?:[a-z0-9-]{0,40}[a-z0-9])?$`)
	digits     = regexp.MustCompile(`^[0-9]{1,20}$`)
)

// store checks bucket, region and folder.
func (d *draft) store(w *Wecos) error {
	bucket, key := d.bucket, "cos.bucket"
	switch {
	case d.bucket != "" && d.bucketName != "" && d.bucket != d.bucketName && d.bucket != d.bucketName+"-"+d.appID:
		return d.fail("cos.bucketname", "remove one of them", "and cos.bucket name different buckets")
	case d.bucket == "":
		bucket, key = d.bucketName, "cos.bucketname"
	}
	if d.appID != "" && !digits.MatchString(d.appID) {
		return d.fail("cos.appid", "it is the number at the end of the bucket's full name", "must be digits only")
	}
	bucket = strings.ToLower(bucket)
	if bucket != "" && d.appID != "" && !strings.HasSuffix(bucket, "-"+d.appID) {
		bucket += "-" + d.appID
	}
	valid := fullBucket
	if d.endpoint != "" {
		valid = anyBucket // another service has its own rules
	}
	if bucket != "" && !valid.MatchString(bucket) {
		return d.fail(key, `a bucket's full name looks like "pictures-1250000000"; or give cos.bucketname and cos.appid`,
			"is not the full name of a bucket")
	}
	w.COS.Bucket = bucket

	if err := d.checkRegion(w); err != nil {
		return err
	}

	folder := strings.Trim(strings.ReplaceAll(d.folder, `\`, "/"), "/")
	if folder != "" && (path.Clean(folder) != folder || strings.HasPrefix(folder, "..") || hasControl(folder)) {
		return d.fail("cos.folder", `it looks like "/app/images"`, "must be a plain folder name")
	}
	w.COS.Folder = folder
	return nil
}

// need is a value without which the store cannot be used.
type need struct {
	key, value string
	optional   bool
	secret     bool
	fix        string
}

func (n need) missing() bool { return n.value == "" && !n.optional }

func (d *draft) needs(w *Wecos) []need {
	const local = "; or try everything without an account: wecos --local"
	const fill = "fill it in" + local
	return []need{
		// With another endpoint, both may be part of its address.
		{"cos.bucket", w.COS.Bucket, w.COS.Endpoint != "", false, fill},
		{"cos.region", w.COS.Region, w.COS.Endpoint != "", false, fill},
		{"cos.secret_id", d.secretID, false, true, "set COS_SECRET_ID in the environment, or " + fill},
		{"cos.secret_key", d.secretKey, false, true, "set COS_SECRET_KEY in the environment, or " + fill},
		{"cos.token", d.token, true, true, ""},
	}
}

// account takes the credentials and says what is still missing.
func (d *draft) account(w *Wecos) error {
	w.COS.SecretID, w.COS.SecretKey, w.COS.Token = NewSecret(d.secretID), NewSecret(d.secretKey), NewSecret(d.token)
	for _, n := range d.needs(w) {
		if strings.ContainsFunc(n.value, func(r rune) bool { return r <= ' ' || r >= 0x7F }) {
			return d.fail(n.key, "copy it once more", "holds a character that cannot be part of it")
		}
		if n.missing() && !d.local && !d.noAccount && !(d.noKeys && n.secret) {
			return d.fail(n.key, n.fix, "is missing")
		}
	}
	return nil
}

// template checks fileName, the template of object keys. It must tell images
// apart by name or content.
func (d *draft) template(w *Wecos) error {
	const fix = "it is made of [path], [name], [ext], [hash] or [hash:8], and text"
	bad := func(format string, args ...any) error { return d.fail("fileName", fix, format, args...) }
	rest, distinct := d.fileName, false
	if rest == "" {
		return bad("must not be empty")
	}
	if strings.HasPrefix(rest, "/") || strings.Contains(rest, `\`) || hasControl(rest) ||
		strings.Contains("/"+rest+"/", "/../") || strings.Contains("/"+rest+"/", "/./") || strings.Contains(rest, "//") {
		return bad("must be a plain relative path")
	}
	for {
		before, after, ok := strings.Cut(rest, "[")
		if strings.Contains(before, "]") {
			return bad("has a ] without a [")
		}
		if !ok {
			break
		}
		field, after, ok := strings.Cut(after, "]")
		if !ok {
			return bad("has a [ without a ]")
		}
		switch length, isHash := strings.CutPrefix(field, "hash:"); {
		case isHash:
			if n, err := strconv.Atoi(length); err != nil || n < 1 || n > 64 || length != strconv.Itoa(n) {
				return bad("has [%s], but the length of a hash is a number from 1 to 64", shorten(field))
			}
			distinct = true
		case field == "hash" || field == "name":
			distinct = true
		case field == "path" || field == "ext":
		default:
			return bad("has the unknown field [%s]", shorten(field))
		}
		rest = after
	}
	if !distinct {
		return bad("would give every image the same key: [name] or [hash] is missing")
	}
	return nil
}
