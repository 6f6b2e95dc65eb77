package slim

import (
	"errors"
	"maps"
	"slices"

	"github.com/wecos-go/wecos/internal/rewrite"
	"github.com/wecos-go/wecos/internal/upload"
)

// key is the key of the image at path under the destination of now. An image
// that is online there with the same content keeps its key, whatever the
// template says today: addresses in the code and in caches stay valid.
func (e *Engine) key(p *plan, path string, plain bool) string {
	content, _ := p.content(path)
	known := p.man.Images[path]
	if _, here := p.man.holds(p.dest, known); here && known.Sum == content {
		if !plain || known.Key == p.dest.Key(e.template.Name(path, content, true)) {
			return known.Key
		}
	}
	return p.dest.Key(e.template.Name(path, e.compressor.named(content), plain))
}

// content is the hash and size of the image at path: of the file, or of what
// the manifest remembers when there is no file.
func (p *plan) content(path string) (sum, int64) {
	if f := p.tree.File(path); f != nil && f.Candidate() {
		return f.Sum, f.Size
	}
	img := p.man.Images[path]
	return img.Sum, img.Size
}

// assignKeys gives a key to every image of the decision. Images that would
// share one are a *CollisionError, unless the content is equal and the key says
// so. Images whose key the service would refuse are kept from now on; the error
// then holds their *upload.KeyError.
func (e *Engine) assignKeys(p *plan) error {
	p.keys = map[string]string{}
	owner := map[string]string{}
	clash := func(path, key string, sharable bool) error {
		other, taken := owner[key]
		if !taken {
			return nil
		}
		a, _ := p.content(path)
		b, _ := p.content(other)
		if sharable && a == b {
			return nil
		}
		return &CollisionError{Key: key, A: min(other, path), B: max(other, path)}
	}
	var refused error
	for _, o := range p.dec.Offload {
		key := e.key(p, o.Path, o.Plain)
		if err := upload.ValidateKey(key); err != nil {
			p.fail(o, err)
			refused = errors.Join(refused, err)
			continue
		}
		if err := clash(o.Path, key, e.template.Hashed() && !o.Plain); err != nil {
			return err
		}
		owner[key], p.keys[o.Path] = o.Path, key
	}
	// What is online for images that have no part in this plan is still theirs.
	for _, path := range slices.Sorted(maps.Keys(p.man.Images)) {
		img := p.man.Images[path]
		if here, _ := p.man.holds(p.dest, img); p.keys[path] != "" || !here {
			continue
		}
		if err := clash(path, img.Key, e.template.Hashed()); err != nil {
			return err
		}
	}
	return refused
}

// fail keeps an image that could not be put online.
func (p *plan) fail(o rewrite.Offload, err error) {
	if o.Remembered {
		p.gone[o.Path] = true
		return
	}
	p.keep[o.Path] = keepReason{rewrite.UploadFailed, err.Error()}
}

// inPlace reports whether an image is gone from the app and online where the
// plan wants it, or was deleted there and is not wanted again.
func (p *plan) inPlace(o rewrite.Offload) bool {
	known := p.man.Images[o.Path]
	here, _ := p.man.holds(p.dest, known)
	if known.Deleted {
		return o.Remembered && !o.Referenced
	}
	return o.Remembered && here && known.Key == p.keys[o.Path]
}
