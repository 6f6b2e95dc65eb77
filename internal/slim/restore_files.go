package slim

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/wecos-go/wecos/internal/safefs"
	"github.com/wecos-go/wecos/internal/upload"
	"github.com/wecos-go/wecos/internal/within"
)

// location is where the content of an image lies.
type location struct {
	root *safefs.Root
	name string
}

// locate finds the content of every image that comes back. What no backup holds
// is downloaded from where it is online, all of it before anything changes;
// cleanup removes these downloads again.
func (r *restore) locate(ctx context.Context) (from map[string]location, cleanup func() error, err error) {
	from = map[string]location{}
	missing := map[sum]string{} // one image for each content
	for _, path := range slices.Sorted(maps.Keys(r.want)) {
		content := r.want[path]
		if got, _, err := r.app.Hash(path); err == nil && sum(got) == content {
			from[path] = location{r.app, path}
		} else if root, name, ok := r.backups.find(path, content); ok {
			from[path] = location{root, name}
		} else {
			missing[content] = path
			from[path] = location{r.st.root, objectName(content)}
		}
	}
	cleanup = func() error {
		var errs []error
		for content := range missing {
			if err := r.st.root.Remove(objectName(content)); !errors.Is(err, fs.ErrNotExist) {
				errs = append(errs, err)
			}
		}
		return errors.Join(errs...)
	}
	if r.ask.DryRun || len(missing) == 0 {
		return from, func() error { return nil }, nil
	}
	paths := slices.Sorted(maps.Values(missing))
	for i, err := range upload.Each(ctx, r.opt.Config.Concurrency, paths, r.fetch) {
		if ctx.Err() != nil {
			return nil, nil, errors.Join(ctx.Err(), cleanup())
		}
		if fix := diskHint(err); fix != "" {
			err = &Error{Text: "nothing was changed: cannot keep what is downloaded in " + r.st.root.Dir(), Fix: fix, Err: cause(err)}
			return nil, nil, errors.Join(err, cleanup())
		}
		if err != nil {
			failed := &Error{
				Text: fmt.Sprintf("nothing was changed: %s is in no backup and cannot be downloaded", paths[i]),
				Fix:  "bring its backup back, for example from version control",
				Err:  err,
			}
			if at, _ := r.online(paths[i]); len(at) > 0 {
				failed.Fix = "check that " + at[0] + " can be reached; with --local it is served while wecos --local runs"
			}
			return nil, nil, errors.Join(failed, cleanup())
		}
	}
	return from, cleanup, nil
}

// downloadTime bounds one download, besides what its size needs at 32 KiB/s.
const downloadTime = 30 * time.Second

// online are the addresses that were written for the content of the image at
// path that comes back, latest first, and its size.
func (r *restore) online(path string) (addresses []string, size int64) {
	if img, ok := r.man.Images[path]; ok && img.Sum == r.want[path] {
		addresses, size = append(addresses, r.man.url(img)), img.Size
	}
	for _, rec := range slices.Backward(r.records) {
		for _, img := range rec.Images {
			if img.Path == path && img.Sum == r.want[path] && !slices.Contains(addresses, img.URL) {
				addresses, size = append(addresses, img.URL), img.Size
			}
		}
	}
	return addresses, size
}

// fetch downloads the image at path into the objects and checks its content.
func (r *restore) fetch(ctx context.Context, path string) error {
	addresses, size := r.online(path)
	if len(addresses) == 0 {
		return errors.New("no address is known for it")
	}
	var err error
	for _, a := range addresses {
		if err = r.download(ctx, a, r.want[path], size); err == nil || ctx.Err() != nil {
			return err
		}
	}
	return err
}

// download puts what the address serves into the objects, if that is want.
func (r *restore) download(ctx context.Context, address string, want sum, size int64) error {
	ctx, cancel := context.WithTimeout(ctx, downloadTime+time.Duration(size/(32<<10))*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	req.Header.Set("Accept-Encoding", "identity")
	resp, err := r.opt.Client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers with status %d", address, resp.StatusCode)
	}
	return r.st.root.WriteFunc(objectName(want), 0o644, nil, func(w io.Writer) error {
		h := sha256.New()
		if _, err := io.Copy(io.MultiWriter(w, h), io.LimitReader(resp.Body, size+1)); err != nil {
			return err
		}
		if sum(h.Sum(nil)) != want {
			return fmt.Errorf("%s serves other bytes than were uploaded", address)
		}
		return nil
	})
}

// images puts the images back. One whose place is taken by another file is put
// beside it.
func (r *restore) images(ctx context.Context, from map[string]location) error {
	batch := safefs.NewBatch(syncers)
	var back []string
	waiting, under := map[string]bool{}, map[string]string{}
	for _, path := range slices.Sorted(maps.Keys(r.want)) {
		if ctx.Err() != nil {
			break // the flush tidies up
		}
		folded := within.Fold(path)
		rival, rivals := under[folded]
		switch { // they may have one place
		case !rivals:
			under[folded] = path
		case r.ask.DryRun && r.folds():
			r.failed[path], r.local[path] = &otherCase{name: path, is: rival}, false
			continue
		default:
			maps.Copy(waiting, r.flush(ctx, batch))
		}
		if err := r.sweep(path, path+restoredSuffix); err != nil {
			return err
		}
		got, _, err := r.app.Hash(path)
		other := r.otherwise(path)
		if other != nil {
			r.local[path] = false
		}
		switch {
		case other != nil && other.folder, other != nil && err == nil && sum(got) == r.want[path]:
			err = other
		case err == nil && sum(got) == r.want[path]:
			// It never left, or a restore that was interrupted brought it.
		case errors.Is(err, fs.ErrNotExist):
			err = r.copyBack(from[path], path, path, batch)
		case exists(r.app, path):
			err = r.beside(from[path], path, batch)
		default: // the disk does not say what is there
		}
		if err != nil {
			r.failed[path] = err
			continue
		}
		back = append(back, path)
	}
	maps.Copy(waiting, r.flush(ctx, batch))
	for _, path := range back {
		if !waiting[path] {
			r.local[path] = true
			r.res.Restored = append(r.res.Restored, path)
			r.emit(FileChanged{Path: path})
		}
	}
	return ctx.Err()
}

// restoredSuffix names the copy of an image whose place is taken.
const restoredSuffix = ".restored"

// sweep removes what an interrupted write of the files left.
func (r *restore) sweep(names ...string) error {
	if r.ask.DryRun {
		return nil
	}
	for _, name := range names {
		if err := sweep(r.app, name); err != nil {
			return err
		}
	}
	return nil
}

// flush empties batch and returns the files that are not done. Those that are
// not because ctx ended are no failures.
func (r *restore) flush(ctx context.Context, batch *safefs.Batch) map[string]bool {
	waiting := map[string]bool{}
	if flushed, ok := errors.AsType[*safefs.BatchError](batch.Flush(ctx)); ok {
		for _, f := range flushed.Failures {
			waiting[f.Name] = true
			if ctx.Err() == nil {
				r.failed[f.Name] = f.Err
			}
		}
	}
	return waiting
}

func (r *restore) copyBack(from location, path, to string, batch *safefs.Batch) error {
	if r.ask.DryRun {
		return nil
	}
	return safefs.CopyVerified(from.root, from.name, r.app, to, r.want[path], batch)
}

// beside handles an image whose place is taken: its backup goes beside what is
// there, which is never overwritten.
func (r *restore) beside(from location, path string, batch *safefs.Batch) error {
	name := path + restoredSuffix
	if got, _, err := r.app.Hash(name); err != nil || sum(got) != r.want[path] {
		err := r.copyBack(from, path, name, batch)
		if r.ask.DryRun && exists(r.app, name) {
			err = fs.ErrExist
		}
		if errors.Is(err, fs.ErrExist) {
			return fmt.Errorf("another file is in its place, and %s is taken too", name)
		} else if err != nil {
			return err
		}
	}
	return fmt.Errorf("another file is in its place; the one that went online is in %s", name)
}
