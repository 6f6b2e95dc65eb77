package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"sync/atomic"

	sdk "github.com/tencentyun/cos-go-sdk-v5"

	"github.com/wecos-go/wecos/internal/servers/cos/disk"
)

// bareStore is what the bare server does with pictures.
type bareStore struct {
	list func(ctx context.Context) ([]string, error) // keys
	put  func(ctx context.Context, key string, r io.Reader) error
}

// bareAlbum answers the two requests as plainly as net/http allows, with the
// store and the SDK of the real server: folder DIR, or bucket URL.
func bareAlbum(ctx context.Context, args []string) error {
	if len(args) != 2 {
		return errors.New("usage: bare-album folder DIR | bare-album bucket URL")
	}
	var s bareStore
	if args[0] == "folder" {
		objects, err := disk.Open(args[1], disk.Options{})
		if err != nil {
			return err
		}
		defer objects.Close()
		s = bareFolder(objects)
	} else {
		var err error
		if s, err = bareBucket(args[1]); err != nil {
			return err
		}
	}
	var uploads atomic.Uint64
	mux := http.NewServeMux()
	mux.HandleFunc("GET /applet/album/list", func(w http.ResponseWriter, r *http.Request) {
		answer(w, func() (any, error) {
			keys, err := s.list(r.Context())
			base := bareBase
			if args[0] == "folder" {
				base += "applet/album/picture/"
			}
			urls := make([]string, len(keys))
			for i, key := range keys {
				urls[i] = base + key
			}
			return urls, err
		})
	})
	mux.HandleFunc("POST /applet/album/upload", func(w http.ResponseWriter, r *http.Request) {
		answer(w, func() (any, error) {
			form, err := r.MultipartReader()
			if err != nil {
				return nil, err
			}
			part, err := form.NextPart()
			if err != nil {
				return nil, err
			}
			key := bareName(r, uploads.Add(1))
			return map[string]string{"imgUrl": bareBase + key}, s.put(r.Context(), key, part)
		})
	})
	return serveBare(ctx, mux)
}

// bareBase begins the addresses of pictures.
const bareBase = "https://pictures.example.com/"

func bareFolder(objects *disk.Store) bareStore {
	return bareStore{
		list: func(context.Context) (keys []string, err error) {
			for _, o := range objects.List(disk.ListOptions{Prefix: "list/", Max: 1000}).Objects {
				keys = append(keys, o.Key)
			}
			return keys, nil
		},
		put: func(_ context.Context, key string, r io.Reader) error {
			data, err := io.ReadAll(r)
			if err != nil {
				return err
			}
			_, err = objects.Put(key, bytes.NewReader(data), disk.PutOptions{Size: int64(len(data)), Header: map[string]string{"Content-Type": "image/jpeg"}})
			return err
		},
	}
}

func bareBucket(address string) (bareStore, error) {
	u, err := url.Parse(address)
	if err != nil {
		return bareStore{}, err
	}
	client := sdk.NewClient(&sdk.BaseURL{BucketURL: u}, &http.Client{Transport: &sdk.AuthorizationTransport{
		SecretID: albumID, SecretKey: albumKey, Transport: &http.Transport{MaxIdleConnsPerHost: 64},
	}})
	return bareStore{
		list: func(ctx context.Context) (keys []string, err error) {
			page, _, err := client.Bucket.Get(ctx, &sdk.BucketGetOptions{Prefix: "list/", MaxKeys: 1000, EncodingType: "url"})
			if err != nil {
				return nil, err
			}
			for _, o := range page.Contents {
				key, err := url.QueryUnescape(o.Key)
				if err != nil {
					return nil, err
				}
				keys = append(keys, key)
			}
			return keys, nil
		},
		put: func(ctx context.Context, key string, r io.Reader) error {
			data, err := io.ReadAll(r)
			if err == nil {
				_, err = client.Object.Put(ctx, key, bytes.NewReader(data), nil)
			}
			return err
		},
	}, nil
}
