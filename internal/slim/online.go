package slim

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/wecos-go/wecos/internal/rewrite"
	"github.com/wecos-go/wecos/internal/upload"
)

// fate is what has to happen with one transfer.
type fate uint8

const (
	put     fate = iota // nothing is there
	replace             // other content of ours is there
	same                // the content is there already
	taken               // content is there that is not ours
)

// listing asks the store what lies under the keys of ts: one listing of the
// longest folder or name that they share, not a request for each.
func (e *Engine) listing(ctx context.Context, ts []transfer) (map[string]upload.Info, error) {
	wanted := make(map[string]bool, len(ts))
	prefix := ts[0].key
	for _, t := range ts {
		wanted[t.key] = true
		for !strings.HasPrefix(t.key, prefix) {
			prefix = prefix[:len(prefix)-1]
		}
	}
	found := map[string]upload.Info{}
	for info, err := range e.opt.Store.List(ctx, prefix) {
		if err != nil {
			return nil, err
		}
		if wanted[info.Key] {
			found[info.Key] = info
		}
	}
	return found, nil
}

// judge decides the fate of t; info is what lies under its key. If that stays,
// the content is returned too.
func (r *run) judge(ctx context.Context, t transfer, info upload.Info) (fate, content, error) {
	want := t.content()
	if r.compressor != nil || info.Size == t.size {
		packed, etag, err := r.packed(ctx, t)
		if err != nil {
			return 0, content{}, err
		}
		if want = packed; info.Size == want.Size && etag == info.ETag && !r.compressor.byService() {
			return same, want, nil
		}
	}
	// Other content, or an ETag that is no MD5: only the bytes can tell.
	there := sha256.New()
	if err := r.download(ctx, t.key, there); errors.Is(err, upload.ErrNotFound) {
		return put, content{}, nil
	} else if err != nil {
		return 0, content{}, err
	}
	old := content{sum(there.Sum(nil)), info.Size}
	ours := r.claims.has(r.opt.Destination, t.key, old.Sum)
	known := r.p.man.Images[t.path]
	switch {
	case old.Sum == want.Sum && !r.compressor.byService():
		return same, old, nil
	case r.compressor.byService() && known.Key == t.key && known.Sum == t.sum && known.served() == old:
		return same, old, nil // what the service made of it the last time
	case old.Sum == t.sum && !ours:
		return same, old, nil // it is the image, though somebody else's
	case ours:
		return replace, content{}, r.preserve(ctx, t, old.Sum)
	case r.compressor.byService() && r.claims.has(r.opt.Destination, t.key, t.sum):
		// What the service made of it in a run that ended before it was known.
		return replace, content{}, nil
	case r.opt.Overwrite:
		return replace, content{}, nil
	}
	return taken, content{}, nil
}

func (r *run) download(ctx context.Context, key string, w io.Writer) error {
	body, _, err := r.opt.Store.Get(ctx, key)
	if err != nil {
		return err
	}
	defer body.Close()
	_, err = io.Copy(w, body)
	return err
}

// preserve makes sure that the content old, which t is about to replace online,
// is among the backups.
func (r *run) preserve(ctx context.Context, t transfer, old sum) error {
	if !r.keepsBackups() {
		return nil
	}
	if _, _, ok := r.backups.find(t.path, old); ok {
		return nil
	}
	return r.st.putObject(old, func(w io.Writer) error { return r.download(ctx, t.key, w) })
}

// keyTaken keeps an image whose key holds somebody else's content.
func (p *plan) keyTaken(t transfer) {
	p.keep[t.path] = keepReason{rewrite.KeyTaken, fmt.Sprintf(
		"%q holds another image that is not of this project: give it a cos.folder of its own, put [hash:8] into fileName, or use --overwrite", t.key)}
}
