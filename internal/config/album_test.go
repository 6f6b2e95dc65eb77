package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func loadAlbum(t *testing.T, text string, env map[string]string) (*Album, error) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "album.config.json"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	a := NewAlbum()
	return a, LoadServer(a, ServerLoad{Dir: dir, Env: func(name string) string { return env[name] }})
}

func TestAlbumDefaults(t *testing.T) {
	a, err := loadAlbum(t, "{}", nil)
	if err != nil {
		t.Fatal(err)
	}
	if a.Addr != "127.0.0.1:9993" || a.BasePath != "/applet" || a.Endpoint != "" || a.Folder != "/" || a.Domain != "" ||
		!a.Token.Empty() || a.QuotaMB != 1024 || a.ListSeconds != 30 {
		t.Errorf("got %+v", a)
	}
}

// What stands in people's files.
func TestAlbumBucket(t *testing.T) {
	const keys = `, "cosSecretId": " AKIDx ", "cosSecretKey": "verysecret"}`
	for text, want := range map[string]string{
		`{"cosAppId": 1250000000, "cosRegion": "ap-guangzhou", "cosFileBucket": "album"`:              "https://album-1250000000.cos.ap-guangzhou.myqcloud.com",
		`{"cosAppId": "1250000000", "cosRegion": "gz", "cosFileBucket": "Album-1250000000"`:           "https://album-1250000000.cos.ap-guangzhou.myqcloud.com",
		`{"cosRegion": "ap-newtown", "cosFileBucket": "album-1250000000"`:                             "https://album-1250000000.cos.ap-newtown.myqcloud.com",
		`{"cosEndpoint": "HTTP://127.0.0.1:9000/", "cosRegion": "anywhere", "cosFileBucket": "album"`: "http://127.0.0.1:9000",
	} {
		a, err := loadAlbum(t, text+keys, nil)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if a.Endpoint != want || a.SecretID.Reveal() != "AKIDx" || a.SecretKey.Reveal() != "verysecret" {
			t.Errorf("%s: %q", text, a.Endpoint)
		}
	}
	a, err := loadAlbum(t, `{"cosRegion": "bj", "cosFileBucket": "a-1"}`, map[string]string{
		"COS_SECRET_ID": "id", "COS_SECRET_KEY": "key", "ALBUM_UPLOADER_TOKEN": "12345678", "ALBUM_COS_DOMAIN": "img.example.com/x/",
	})
	if err != nil || a.SecretID.Reveal() != "id" || a.Token.Reveal() != "12345678" || a.Domain != "https://img.example.com/x" {
		t.Errorf("from the environment: %v %+v", err, a)
	}
	// Keys that wecos uses do not ask for a bucket.
	if a, err := loadAlbum(t, `{"cosRegion": "nowhere"}`, map[string]string{"COS_SECRET_ID": "id"}); err != nil || a.Endpoint != "" {
		t.Errorf("without a bucket: %v %q", err, a.Endpoint)
	}
}

func TestAlbumErrors(t *testing.T) {
	const keys = `, "cosSecretId": "AKIDx", "cosSecretKey": "verysecret"}`
	for text, want := range map[string]string{
		`{"cosFileBucket": "album"` + keys:                                     `:1:19: cosFileBucket is not the full name of a bucket | a bucket's full name looks like "pictures-1250000000"; or set cosAppId`,
		`{"cosFileBucket": "a-1", "cosAppId": "x"` + keys:                      `:1:38: cosAppId must be digits only | it is the number`,
		`{"cosFileBucket": "a-1"` + keys:                                       `: cosRegion is missing | fill it in, or leave cosFileBucket empty`,
		`{"cosFileBucket": "a-1", "cosRegion": "ap-gaungzhou"` + keys:          `:1:39: cosRegion "ap-gaungzhou" is no region that is known | did you mean "ap-guangzhou"? One that is newer than this program goes into cosEndpoint`,
		`{"cosFileBucket": "a-1", "cosRegion": "gz"}`:                          `: cosSecretId is missing | set COS_SECRET_ID in the environment`,
		`{"cosFileBucket": "a-1", "cosRegion": "gz", "cosSecretId": "id"}`:     `: cosSecretKey is missing | set COS_SECRET_KEY in the environment`,
		`{"cosFileBucket": "a-1", "cosRegion": "gz", "cosSecretId": "very ü"}`: `:1:60: cosSecretId holds a character that cannot be part of it | copy it once more`,
		`{"cosEndpoint": "http://example.com"` + keys:                          `:1:17: cosEndpoint must begin with https:// | it looks like`,
		`{"cosEndpoint": "https://example.com/a"` + keys:                       `:1:17: cosEndpoint must not have a path | it looks like`,
		`{"cosEndpoint": "https://u@example.com"` + keys:                       `:1:17: cosEndpoint must not hold a user name or password | it looks like`,
		`{"cosUploadFolder": "/a/../b"}`:                                       `:1:21: cosUploadFolder must be a plain folder name | it looks like "/album"`,
		`{"cosUploadFolder": "/100%"}`:                                         `:1:21: cosUploadFolder must not be percent-encoded | write the characters themselves`,
		`{"cosDomain": "ftp://x"}`:                                             `:1:15: cosDomain must be an https address | it looks like "https://img.example.com"`,
		`{"uploaderToken": "short"}`:                                           `:1:19: uploaderToken must be 8 or more letters`,
		`{"quotaMB": -1}`:                                                      `:1:13: quotaMB must be a number from 0`,
		`{"listSeconds": -1}`:                                                  `:1:17: listSeconds must be a number from 0`,
		`{"cosBucket": "a-1"}`:                                                 `:1:2: unknown key "cosBucket" | `,
	} {
		_, err := loadAlbum(t, text, nil)
		e, ok := err.(*Error)
		if !ok {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := e.Error() + " | " + e.Fix; !strings.HasPrefix(got, "album.config.json"+want) || strings.Contains(got, "very") {
			t.Errorf("%s:\ngot  %s\nwant album.config.json%s…", text, got, want)
		}
	}
}

func TestInitAlbum(t *testing.T) {
	dir := t.TempDir()
	fresh := func() ServerConfig { return NewAlbum() }
	created, err := InitServer(fresh, ServerInit{Work: dir, Flags: map[string]string{
		"cos-file-bucket": "a-1", "cos-region": "gz", "cos-upload-folder": "/x", "uploader-token": "12345678",
	}})
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(created.Missing, " "); got != "cosSecretId cosSecretKey" {
		t.Errorf("missing: %q", got)
	}
	a := NewAlbum()
	err = LoadServer(a, ServerLoad{Dir: dir, Env: func(name string) string {
		return map[string]string{"COS_SECRET_ID": "id", "COS_SECRET_KEY": "key"}[name]
	}})
	if err != nil || a.Endpoint != "https://a-1.cos.ap-guangzhou.myqcloud.com" || a.Folder != "/x" || a.Token.Reveal() != "12345678" {
		t.Errorf("%v %+v", err, a)
	}
}
