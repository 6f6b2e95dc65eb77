package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/wecos-go/wecos/internal/servers/album"
	"github.com/wecos-go/wecos/internal/servers/album/bucket"
	"github.com/wecos-go/wecos/internal/servers/album/folder"
)

// albumLimit is a fifth of the 1.1 ms of CPU that the original needed for a list
// of pictures in a bucket.
const albumLimit = 1.1 / 5

const (
	albumPictures = 50
	pictureSize   = 100 << 10
)

// The key of the bucket, which exists only here.
const albumID, albumKey = "AKIDbench", "benchbenchbench"

// album measures the list of fifty pictures and uploads of 100 KB, with the
// pictures in a folder and in a bucket, which here is the local store.
func (b *bench) album(ctx context.Context) error {
	script, err := b.uploadScript()
	if err != nil {
		return err
	}
	dir := filepath.Join(b.temp, "album")
	local, err := folder.Open(folder.Options{Dir: filepath.Join(dir, "pictures")})
	if err != nil {
		return err
	}
	if err := errors.Join(fillAlbum(ctx, local), local.Close()); err != nil {
		return err
	}
	// Each has its folder to itself.
	where := func(name string) ([]string, error) {
		to := filepath.Join(b.temp, name)
		return []string{"--data", to, "--quota-mb", "0"}, os.CopyFS(to, os.DirFS(dir))
	}
	bare := filepath.Join(b.temp, "bare-album")
	if err := os.CopyFS(bare, os.DirFS(dir)); err != nil {
		return err
	}
	if err := b.albumIn(ctx, "folder", script, 0, 0, []string{"folder", filepath.Join(bare, "pictures")}, where); err != nil {
		return err
	}

	store, err := b.start(ctx, b.appletctl, "serve", "cos", "--addr", "127.0.0.1:0", "--data", filepath.Join(b.temp, "cos"), "--secret-id", albumID, "--secret-key", albumKey)
	if err != nil {
		return err
	}
	remote, err := bucket.New(bucket.Options{Endpoint: store.url, SecretID: albumID, SecretKey: albumKey})
	if err != nil {
		return err
	}
	if err := errors.Join(fillAlbum(ctx, remote), remote.Close()); err != nil {
		return err
	}
	return b.albumIn(ctx, "bucket", script, albumLimit, store.cmd.Process.Pid, []string{"bucket", store.url}, func(string) ([]string, error) {
		// Uploads go where nobody lists.
		return []string{"--cos-endpoint", store.url, "--cos-secret-id", albumID, "--cos-secret-key", albumKey}, nil
	})
}

// fillAlbum stores the pictures of the list.
func fillAlbum(ctx context.Context, s album.Store) error {
	for n := range albumPictures {
		key := fmt.Sprintf("list/%d-%010d.jpg", 1_700_000_000_000+n, n)
		if err := s.Put(ctx, key, album.Content{Type: "image/jpeg", Head: []byte("\xff\xd8\xff")}); err != nil {
			return err
		}
	}
	return nil
}

// albumIn measures the servers on one kind of store.
func (b *bench) albumIn(ctx context.Context, kind, script string, limit float64, pid int, floor []string, where func(name string) ([]string, error)) error {
	bare, err := b.start(ctx, b.self, append([]string{"bare-album"}, floor...)...)
	if err != nil {
		return err
	}
	serve := func(name string, more ...string) (*process, error) {
		at, err := where(name)
		if err != nil {
			return nil, err
		}
		args := append([]string{"serve", "album", "--addr", "127.0.0.1:0", "--limits-requests-per-second", "0", "--cos-domain", "https://pictures.example.com"}, at...)
		return b.start(ctx, b.appletctl, append(args, more...)...)
	}
	uncached, err := serve("uncached", "--access-log=false", "--list-seconds", "0", "--cos-upload-folder", "/list")
	if err != nil {
		return err
	}
	cached, err := serve("cached", "--access-log=false", "--cos-upload-folder", "/list")
	if err != nil {
		return err
	}
	uploads, err := serve("uploads", "--access-log=false", "--cos-upload-folder", "/uploads")
	if err != nil {
		return err
	}
	const list = "/applet/album/list"
	if err := b.compare(ctx, "album list, 50 pictures, "+kind, []side{
		{name: "bare net/http", process: bare, path: list, against: true, beside: pid},
		{name: "serve album, uncached, shared", process: uncached, path: list, held: true, limit: limit, beside: pid},
		{name: "serve album, cached", process: cached, path: list, beside: pid},
	}); err != nil {
		return err
	}
	const upload = "/applet/album/upload"
	return b.compare(ctx, "album upload, 100 KB, "+kind, []side{
		{name: "bare net/http", process: bare, path: upload, script: script, against: true, beside: pid},
		{name: "serve album", process: uploads, path: upload, script: script, held: true, beside: pid},
	})
}

// uploadScript writes a script that lets wrk send a picture as wx.uploadFile
// does, and returns its path.
func (b *bench) uploadScript() (string, error) {
	m := image.NewNRGBA(image.Rect(0, 0, 64, 64))
	m.SetNRGBA(1, 1, color.NRGBA{255, 0, 0, 255})
	var picture, body bytes.Buffer
	if err := jpeg.Encode(&picture, m, nil); err != nil {
		return "", err
	}
	picture.Write(make([]byte, pictureSize-picture.Len()))
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("image", "tmp.jpg")
	if err == nil {
		_, err = part.Write(picture.Bytes())
	}
	if err := errors.Join(err, form.Close()); err != nil {
		return "", err
	}
	content := filepath.Join(b.temp, "upload.body")
	if err := os.WriteFile(content, body.Bytes(), 0o600); err != nil {
		return "", err
	}
	// Every answer is looked at: a refusal has status 200 as well.
	script := fmt.Sprintf(`local f = io.open(%q, "rb")
wrk.method = "POST"
wrk.body = f:read("*a")
f:close()
wrk.headers["Content-Type"] = %q
function response(status, headers, body)
  if not string.find(body, '"code":0', 1, true) then
    io.stderr:write(body)
    os.exit(1)
  end
end
`, content, form.FormDataContentType())
	name := filepath.Join(b.temp, "upload.lua")
	return name, os.WriteFile(name, []byte(script), 0o600)
}

// bareName is the key that the bare server gives to a picture.
func bareName(r *http.Request, n uint64) string {
	return fmt.Sprintf("uploads/%s-%d.jpg", strings.ReplaceAll(r.RemoteAddr, ":", "-"), n)
}
