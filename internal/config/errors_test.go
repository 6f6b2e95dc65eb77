package config

import (
	"errors"
	"strings"
	"testing"
)

// Every way to get a configuration wrong, and what is said about it: the place,
// the sentence, and the hint after a bar.
func TestErrors(t *testing.T) {
	const keyInFile = `"secret_id": "AKIDid", "secret_key": "verysecret"`
	for _, tt := range []struct{ name, text, want string }{
		{"syntax", "{\n  \"watch\": true\n  \"appDir\": \"x\"\n}", `wecos.config.json:3:3: a comma is missing before this`},
		{"not an object", `[]`, `wecos.config.json:1:1: the configuration must be an object, not a list`},
		{"empty", " \n", `wecos.config.json: the file is empty | appletctl init wecos --force writes one with every key explained`},
		{"only a comment", `// x`, `wecos.config.json:1:5: the file ends too early: a bracket, a quote or a comment is not closed`},
		{"unknown key", "{\n  // images\n  \"uploadFileSufix\": \".png\"\n}", `wecos.config.json:3:3: unknown key "uploadFileSufix" | did you mean "uploadFileSuffix"?`},
		{"other spelling", `{"target_host": "x"}`, `wecos.config.json:1:2: unknown key "target_host" | did you mean "targetHost"?`},
		{"inside cos", `{"cos": {"secretId": "AKIDid"}}`, `wecos.config.json:1:10: unknown key "cos.secretId" | did you mean "secret_id"?`},
		{"belongs inside cos", `{"region": "ap-x"}`, `wecos.config.json:1:2: unknown key "region" | did you mean "region" inside "cos"?`},
		{"belongs outside cos", `{"cos": {"targetHost": "x"}}`, `wecos.config.json:1:10: unknown key "cos.targetHost" | did you mean "targetHost" outside "cos"?`},
		{"dotted key", `{"cos.region": "x"}`, `wecos.config.json:1:2: unknown key "cos.region" | did you mean "region" inside "cos"?`},
		{"like nothing", `{"xyzzyxyzzyxyzzy": 1}`, `wecos.config.json:1:2: unknown key "xyzzyxyzzyxyzzy" | the keys are explained in wecos.config.json.example`},
		{"twice", "{\"watch\": true,\n\"watch\": false}", `wecos.config.json:2:1: watch stands here twice | remove one of them`},

		{"string", `{"appDir": ["x"]}`, `wecos.config.json:1:12: appDir must be a string, not a list`},
		{"null", `{"targetHost": null}`, `wecos.config.json:1:16: targetHost must be a string, not null`},
		{"bool", `{"watch": "true"}`, `wecos.config.json:1:11: watch must be true or false, not a string`},
		{"number", `{"concurrency": 1.5}`, `wecos.config.json:1:17: concurrency must be a whole number`},
		{"list", `{"replaceHost": {}}`, `wecos.config.json:1:17: replaceHost must be a string or a list of strings, not an object`},
		{"element", `{"uploadFileSuffix": [".png", 7]}`, `wecos.config.json:1:31: uploadFileSuffix must be a string, not a number`},
		{"cos", `{"cos": "x"}`, `wecos.config.json:1:9: cos must be an object, not a string`},
		{"secret of another type", `{"cos": {"secret_key": ["verysecret"]}}`, `wecos.config.json:1:24: cos.secret_key must be a string, not a list`},

		{"empty appDir", `{"appDir": " "}`, `wecos.config.json:1:12: appDir must not be empty | name the folder that holds app.json`},
		{"backup holds the app", `{"backupDir": "."}`, `wecos.config.json:1:15: backupDir must not hold the app itself | "backupDir": "../wecos_backup"`},
		{"out holds the app", `{"outDir": "./app"}`, `wecos.config.json:1:12: outDir must not hold the app itself | choose a folder beside the app`},
		{"out in backup", `{"outDir": "wecos_backup/out"}`, `wecos.config.json:1:12: outDir and backupDir must not lie in each other | choose a folder of its own`},
		{"compress without backup", `{"backupDir": "", "compress": true}`, `wecos.config.json:1:31: compress cannot be used with "backupDir": "", since the original images would be gone | keep backups, or leave compress out`},

		{"no suffix", `{"uploadFileSuffix": []}`, `wecos.config.json:1:22: uploadFileSuffix names no suffix | the default is [".jpg", ".png", ".gif"]`},
		{"bad suffix", `{"uploadFileSuffix": "img/*.png"}`, `wecos.config.json:1:22: uploadFileSuffix has the bad suffix "img/*.png" | suffixes look like ".png"`},
		{"source suffix", `{"uploadFileSuffix": [".png", "WXML"]}`, `wecos.config.json:1:22: uploadFileSuffix must not name sources such as .wxml, which would be taken out of the app | name suffixes of images only`},
		{"glob", `{"uploadFileBlackList": ["a", "img/[a.png"]}`, `wecos.config.json:1:25: uploadFileBlackList has the bad glob "img/[a.png" | a bracket or brace is not closed`},

		{"compress type", `{"compress": 85}`, `wecos.config.json:1:14: compress must be true, false or an object, not a number`},
		{"compress engine", `{"compress": {"engine": "fast"}}`, `wecos.config.json:1:25: compress.engine must be "local" or "ci"`},
		{"compress quality", `{"compress": {"quality": 101}}`, `wecos.config.json:1:26: compress.quality must be a number from 1 to 100`},
		{"compress width", `{"compress": {"maxWidth": -1}}`, `wecos.config.json:1:27: compress.maxWidth must be a number of pixels, or 0 for any width`},
		{"compress key", `{"compress": {"level": 3}}`, `wecos.config.json:1:15: compress has no key "level"; it knows engine, quality and maxWidth`},
		{"concurrency", `{"concurrency": 257}`, `wecos.config.json:1:17: concurrency must be a number from 1 to 256`},
		{"unreferenced", `{"unreferenced": "delete"}`, `wecos.config.json:1:18: unreferenced must be "upload" or "keep"`},
		{"cacheControl", `{"cacheControl": "a\nX: b"}`, `wecos.config.json:1:18: cacheControl must be one line of text`},

		{"fileName empty", `{"fileName": ""}`, `wecos.config.json:1:14: fileName must not be empty | it is made of [path], [name], [ext], [hash] or [hash:8], and text`},
		{"fileName field", `{"fileName": "[path][nane]"}`, `wecos.config.json:1:14: fileName has the unknown field [nane] | it is made of [path], [name], [ext], [hash] or [hash:8], and text`},
		{"fileName open", `{"fileName": "[path"}`, `wecos.config.json:1:14: fileName has a [ without a ] | it is made of [path], [name], [ext], [hash] or [hash:8], and text`},
		{"fileName close", `{"fileName": "path]"}`, `wecos.config.json:1:14: fileName has a ] without a [ | it is made of [path], [name], [ext], [hash] or [hash:8], and text`},
		{"fileName hash", `{"fileName": "[hash:65]"}`, `wecos.config.json:1:14: fileName has [hash:65], but the length of a hash is a number from 1 to 64 | it is made of [path], [name], [ext], [hash] or [hash:8], and text`},
		{"fileName same", `{"fileName": "[path]image[ext]"}`, `wecos.config.json:1:14: fileName would give every image the same key: [name] or [hash] is missing | it is made of [path], [name], [ext], [hash] or [hash:8], and text`},
		{"fileName up", `{"fileName": "../[name]"}`, `wecos.config.json:1:14: fileName must be a plain relative path | it is made of [path], [name], [ext], [hash] or [hash:8], and text`},

		{"replaceHost alone", `{"replaceHost": "http://a.example.com"}`, `wecos.config.json:1:17: replaceHost needs targetHost | set targetHost to the new host, or remove replaceHost`},
		{"replaceHost bad", `{"replaceHost": "http://", "targetHost": "b.example.com"}`, `wecos.config.json:1:17: replaceHost names no host | it looks like "https://old.example.com"`},
		{"targetHost http", `{"targetHost": "http://img.example.com"}`, `wecos.config.json:1:16: targetHost must not begin with http:// | write https://, or leave the scheme out`},
		{"targetHost scheme", `{"targetHost": "ftp://img.example.com"}`, `wecos.config.json:1:16: targetHost must be an https address | it looks like "https://img.example.com/app"`},
		{"targetHost quote", `{"targetHost": "https://img.example.com/'x"}`, `wecos.config.json:1:16: targetHost holds a character that must be percent-encoded | it looks like "https://img.example.com/app"`},
		{"targetHost query", `{"targetHost": "https://img.example.com/?a=b"}`, `wecos.config.json:1:16: targetHost must not hold a query or fragment | it looks like "https://img.example.com/app"`},
		{"targetHost password", `{"targetHost": "https://u:verysecret@img.example.com"}`, `wecos.config.json:1:16: targetHost must not hold a user name or password | it looks like "https://img.example.com/app"`},

		{"endpoint http", `{"cos": {"endpoint": "http://cos.example.com"}}`, `wecos.config.json:1:22: cos.endpoint must begin with https:// | http is allowed on loopback addresses only`},
		{"endpoint scheme", `{"cos": {"endpoint": "cos.example.com"}}`, `wecos.config.json:1:22: cos.endpoint must begin with https:// | it looks like "https://cos.example.com"`},
		{"endpoint path", `{"cos": {"endpoint": "https://cos.example.com/bucket"}}`, `wecos.config.json:1:22: cos.endpoint must not have a path | put folders into cos.folder`},
		{"endpoint port", `{"cos": {"endpoint": "http://127.0.0.1:port"}}`, `wecos.config.json:1:22: cos.endpoint is not an address | it looks like "https://cos.example.com"`},

		{"bucket", `{"cos": {"bucket": "pictures"}}`, `wecos.config.json:1:20: cos.bucket is not the full name of a bucket | a bucket's full name looks like "pictures-1250000000"; or give cos.bucketname and cos.appid`},
		{"bucket address", `{"cos": {"bucket": "a-1.cos.ap-x.myqcloud.com"}}`, `wecos.config.json:1:20: cos.bucket is not the full name of a bucket | a bucket's full name looks like "pictures-1250000000"; or give cos.bucketname and cos.appid`},
		{"appid", `{"cos": {"bucketname": "a", "appid": "wx1"}}`, `wecos.config.json:1:38: cos.appid must be digits only | it is the number at the end of the bucket's full name`},
		{"two buckets", `{"cos": {"bucket": "a-1", "bucketname": "b"}}`, `wecos.config.json:1:41: cos.bucketname and cos.bucket name different buckets | remove one of them`},
		{"region", `{"cos": {"region": "ap_x/"}}`, `wecos.config.json:1:20: cos.region is not a region | a region looks like "ap-guangzhou"`},
		{"region shape", `{"cos": {"region": "mars"}}`, `wecos.config.json:1:20: cos.region is not a region | a region looks like "ap-guangzhou"`},
		{"region slip", `{"cos": {"region": "ap-gaungzhou"}}`, `wecos.config.json:1:20: cos.region "ap-gaungzhou" is no region that is known | did you mean "ap-guangzhou"? One that is newer than this program goes into cos.endpoint`},
		{"region city", `{"cos": {"region": "Guangzhou"}}`, `wecos.config.json:1:20: cos.region "guangzhou" is no region that is known | did you mean "ap-guangzhou"? One that is newer than this program goes into cos.endpoint`},
		{"folder", `{"cos": {"folder": "a//../b"}}`, `wecos.config.json:1:20: cos.folder must be a plain folder name | it looks like "/app/images"`},
		{"key with a blank", `{"cos": {"bucket": "a-1", "region": "ap-x", "secret_id": "AKIDid verysecret"}}`, `wecos.config.json:1:58: cos.secret_id holds a character that cannot be part of it | copy it once more`},

		{"no bucket", `{"cos": {}}`, `wecos.config.json: cos.bucket is missing | fill it in; or try everything without an account: wecos --local`},
		{"no region", `{"cos": {"bucket": "a-1"}}`, `wecos.config.json: cos.region is missing | fill it in; or try everything without an account: wecos --local`},
		{"no id", `{"cos": {"bucket": "a-1", "region": "ap-x", "secret_id": ""}}`, `wecos.config.json:1:58: cos.secret_id is missing | set COS_SECRET_ID in the environment, or fill it in; or try everything without an account: wecos --local`},
		{"no key", `{"cos": {"endpoint": "https://c.example.com", "secret_id": "AKIDid"}}`, `wecos.config.json: cos.secret_key is missing | set COS_SECRET_KEY in the environment, or fill it in; or try everything without an account: wecos --local`},
		{"checks go on with an account", `{"concurrency": 0, "cos": {` + keyInFile + `}}`, `wecos.config.json:1:17: concurrency must be a number from 1 to 256`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := load(t, tt.text)
			e, ok := errors.AsType[*Error](err)
			if !ok {
				t.Fatalf("err = %v, want an *Error", err)
			}
			got := e.Error()
			if e.Hint() != "" {
				got += " | " + e.Hint()
			}
			if got != tt.want {
				t.Errorf("\ngot  %s\nwant %s", got, tt.want)
			}
			for _, secret := range []string{"AKIDid", "verysecret"} {
				if strings.Contains(got, secret) {
					t.Errorf("the error shows a secret: %s", got)
				}
			}
			if e.ExitCode() != 2 {
				t.Errorf("exit code %d", e.ExitCode())
			}
		})
	}
}

// What comes from a flag or a variable is called by that name.
func TestErrorsNameTheirLayer(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(*LoadOptions)
		want   string
	}{
		{"flag", func(o *LoadOptions) { o.Flags.Concurrency = ptr(0) }, "--concurrency must be a number from 1 to 256"},
		{"folder flag", func(o *LoadOptions) { o.Flags.OutDir = ptr("app") }, "--out must not hold the app itself"},
		{"local address", func(o *LoadOptions) { o.Flags.LocalAddr = ptr("0.0.0.0:1") }, "--local-addr must be a loopback address"},
		{"local port", func(o *LoadOptions) { o.Flags.LocalAddr = ptr("127.0.0.1:99999") }, "--local-addr has no port from 0 to 65535"},
		{"local host", func(o *LoadOptions) { o.Flags.LocalAddr = ptr("19000") }, "--local-addr must be host:port"},
		{"variable", func(o *LoadOptions) {
			o.Env = func(name string) string { return map[string]string{"COS_SECRET_KEY": "very\nsecret"}[name] }
		}, "COS_SECRET_KEY holds a character that cannot be part of it"},
		{"relative working directory", func(o *LoadOptions) { o.Dir = "x" }, `working directory "x" is not absolute`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := load(t, "{"+account+"}", tt.change)
			if err == nil || err.Error() != tt.want {
				t.Errorf("got  %v\nwant %s", err, tt.want)
			}
		})
	}
}

func TestAccountIsNotAlwaysNeeded(t *testing.T) {
	mustLoad(t, "{}", func(o *LoadOptions) { o.NoAccount = true })
	mustLoad(t, "{}", func(o *LoadOptions) { o.Flags.Local = ptr(true) })
}

func TestFileTooLarge(t *testing.T) {
	_, err := load(t, "{}"+strings.Repeat(" ", maxFile))
	if err == nil || err.Error() != "wecos.config.json: cannot be read: it is larger than 1048576 bytes" {
		t.Errorf("err = %v", err)
	}
}

func TestNearestKey(t *testing.T) {
	for name, want := range map[string]string{
		"appdir": "appDir", "APP_DIR": "appDir", "backup": "backupDir", "blacklist": "uploadFileBlackList",
		"uploadFileBlacklist": "uploadFileBlackList", "secretId": "cos.secret_id", "cos.Bucket": "cos.bucket",
		"compression": "compress", "q": "",
	} {
		if got := nearestKey(name); got != want {
			t.Errorf("nearestKey(%q) = %q, want %q", name, got, want)
		}
	}
}
