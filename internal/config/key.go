package config

import (
	"slices"
	"strings"

	"github.com/wecos-go/wecos/internal/config/jsonc"
)

// key is one key of wecos.config.json: how it is read, and what it came to.
type key struct {
	name string // cos.region for region inside cos
	env  string // variable that overrides the file; "" is none
	// read takes the value from the file; its error points into the file.
	read func(*draft, jsonc.Value) error
	// set takes the value of the variable.
	set func(*draft, string)
	// value is what the effective configuration shows.
	value func(*Wecos) any
}

// keys are all keys in the order of the documentation. It is the one list that
// loading, checking for unknown keys and showing go by.
var keys = []key{
	{name: "appDir", read: text(func(d *draft) *string { return &d.appDir }),
		value: func(w *Wecos) any { return w.AppDir }},
	{name: "backupDir", read: text(func(d *draft) *string { return &d.backupDir }),
		value: func(w *Wecos) any { return w.BackupDir }},
	{name: "outDir", read: text(func(d *draft) *string { return &d.outDir }),
		value: func(w *Wecos) any { return w.OutDir }},
	{name: "uploadFileSuffix", read: list(func(d *draft) *[]string { return &d.suffixes }),
		value: func(w *Wecos) any { return w.Suffixes }},
	{name: "uploadFileBlackList", read: list(func(d *draft) *[]string { return &d.blacklist }),
		value: func(w *Wecos) any { return w.Blacklist }},
	{name: "replaceHost", read: list(func(d *draft) *[]string { return &d.replaceHost }),
		value: func(w *Wecos) any { return w.ReplaceHost }},
	{name: "targetHost", read: text(func(d *draft) *string { return &d.targetHost }),
		value: func(w *Wecos) any { return w.TargetHost }},
	{name: "compress", read: readCompress,
		value: func(w *Wecos) any {
			if w.Compress == nil {
				return false
			}
			return w.Compress
		}},
	{name: "watch", read: flag(func(d *draft) *bool { return &d.watch }),
		value: func(w *Wecos) any { return w.Watch }},
	{name: "concurrency", read: number(func(d *draft) *int { return &d.concurrency }),
		value: func(w *Wecos) any { return w.Concurrency }},
	{name: "fileName", read: text(func(d *draft) *string { return &d.fileName }),
		value: func(w *Wecos) any { return w.FileName }},
	{name: "cacheControl", read: text(func(d *draft) *string { return &d.cacheControl }),
		value: func(w *Wecos) any { return w.CacheControl }},
	{name: "unreferenced", read: text(func(d *draft) *string { return &d.unreferenced }),
		value: func(w *Wecos) any {
			if w.KeepUnreferenced {
				return "keep"
			}
			return "upload"
		}},
	{name: "cos.secret_id", env: "COS_SECRET_ID", read: text(func(d *draft) *string { return &d.secretID }),
		set:   func(d *draft, s string) { d.secretID = s },
		value: func(w *Wecos) any { return w.COS.SecretID }},
	{name: "cos.secret_key", env: "COS_SECRET_KEY", read: text(func(d *draft) *string { return &d.secretKey }),
		set:   func(d *draft, s string) { d.secretKey = s },
		value: func(w *Wecos) any { return w.COS.SecretKey }},
	{name: "cos.token", env: "COS_TOKEN", read: text(func(d *draft) *string { return &d.token }),
		set:   func(d *draft, s string) { d.token = s },
		value: func(w *Wecos) any { return w.COS.Token }},
	{name: "cos.bucket", read: text(func(d *draft) *string { return &d.bucket }),
		value: func(w *Wecos) any { return w.COS.Bucket }},
	// These two only make up cos.bucket and are not shown by themselves.
	{name: "cos.bucketname", read: text(func(d *draft) *string { return &d.bucketName })},
	{name: "cos.appid", read: textOrNumber(func(d *draft) *string { return &d.appID })},
	{name: "cos.region", read: text(func(d *draft) *string { return &d.region }),
		value: func(w *Wecos) any { return w.COS.Region }},
	{name: "cos.folder", read: text(func(d *draft) *string { return &d.folder }),
		value: func(w *Wecos) any { return "/" + w.COS.Folder }},
	{name: "cos.endpoint", read: text(func(d *draft) *string { return &d.endpoint }),
		value: func(w *Wecos) any { return w.COS.Endpoint }},
}

// findKey returns the key called name, or nil.
func findKey(name string) *key {
	i := slices.IndexFunc(keys, func(k key) bool { return k.name == name })
	if i < 0 {
		return nil
	}
	return &keys[i]
}

// nearestKey returns the key that name was probably meant to be, or "". A key
// that belongs on the other level (region outside cos) is found as well.
func nearestKey(name string) string {
	names := make([]string, len(keys))
	for i, k := range keys {
		names[i] = k.name
	}
	return nearestOf(names, name)
}

// nearestOf returns the one of names that name was probably meant to be, or "";
// the object that it belongs into may be missing.
func nearestOf(names []string, name string) string {
	best, distance := "", len(name)/3+2
	for _, known := range names {
		for _, candidate := range []string{known, known[strings.IndexByte(known, '.')+1:]} {
			a, b := strings.ToLower(plainName(name)), strings.ToLower(plainName(candidate))
			d := editDistance(a, b)
			if len(a) >= 4 && strings.Contains(b, a) {
				d = 1 // a part of the right name
			}
			if d < distance {
				best, distance = known, d
			}
		}
	}
	return best
}

// plainName leaves out what people spell in different ways.
func plainName(s string) string { return strings.NewReplacer("_", "", "-", "").Replace(s) }

// editDistance counts the letters to add, drop or change between a and b.
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost = 1 + min(diagonal, row[j], row[j+1])
			}
			diagonal, row[j+1] = row[j+1], cost
		}
	}
	return row[len(b)]
}
