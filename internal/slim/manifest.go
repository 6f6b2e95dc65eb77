package slim

import (
	"encoding/hex"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/wecos-go/wecos/internal/rewrite"
	"github.com/wecos-go/wecos/internal/upload"
	"github.com/wecos-go/wecos/internal/within"
)

const manifestFormat = "wecos manifest 1"

// manifest remembers what is online, across runs.
type manifest struct {
	// App is the app root, relative to the state folder: the manifest of
	// another app must not be believed.
	App string `json:"app"`
	// OutDir is set when the last run wrote a slimmed copy and left the app
	// alone.
	OutDir string `json:"outDir,omitempty"`
	// Destinations by their short id, which the maps below use.
	Destinations map[string]destination `json:"destinations"`
	// Images are those whose references point online, by path.
	Images map[string]image `json:"images"`
	// Claims is the hash of claims with which this manifest agrees, so that they
	// need not be decoded to know that; zero when there were others.
	Claims sum `json:"claims,omitzero"`
}

// agrees reports whether the latest claim of every address is what it answers
// with as far as m knows. Otherwise an upload was interrupted, or failed after
// it had begun.
func (m *manifest) agrees(c claims) bool {
	for _, img := range m.Images {
		latest, ok := c.latest(m.Destinations[img.Dest].upload(), img.Key)
		if ok && latest != img.Sum && latest != img.served().Sum {
			return false
		}
	}
	return true
}

type destination struct {
	Endpoint string `json:"endpoint"`
	Bucket   string `json:"bucket"`
	Folder   string `json:"folder"`
	URLBase  string `json:"urlBase"`
}

// image is one image that is online.
type image struct {
	Sum  sum    `json:"sha256"`
	Size int64  `json:"size"`
	Dest string `json:"destination"`
	Key  string `json:"key"`
	// Earlier are the addresses that were written for it before the one that
	// destination and key give, latest last.
	Earlier []string `json:"earlier,omitempty"`
	// Plain says that a dynamic reference relies on its unhashed key.
	Plain bool `json:"plain,omitempty"`
	// Served is what the address answers with when that is not the image
	// itself: it was compressed on its way.
	Served *content `json:"served,omitempty"`
	// Partners are images whose names code makes from this one's, or the other
	// way round, as far as they were known when this one went online.
	Partners []string `json:"partners,omitempty"`
	// Deleted says that gc took the object away. It goes online again when a
	// source names it.
	Deleted bool `json:"deleted,omitempty"`
}

// content is what some bytes are known by.
type content struct {
	Sum  sum   `json:"sha256"`
	Size int64 `json:"size"`
}

// served is what the address of img answers with.
func (img image) served() content {
	if img.Served != nil {
		return *img.Served
	}
	return content{img.Sum, img.Size}
}

// url is the address of img.
func (m *manifest) url(img image) string { return m.Destinations[img.Dest].upload().URL(img.Key) }

// urls are all addresses ever written for img, latest last.
func (m *manifest) urls(img image) []string { return append(slices.Clone(img.Earlier), m.url(img)) }

// destID is the short id of d.
func destID(d upload.Destination) string {
	s := sumOf([]byte(d.ID()))
	return hex.EncodeToString(s[:6])
}

func newManifest(app string) *manifest {
	return &manifest{App: app, Destinations: map[string]destination{}, Images: map[string]image{}}
}

// loadManifest reads the manifest for the app at root; without one it is empty.
// s may be nil.
func (s *state) loadManifest(root string) (*manifest, error) {
	if s == nil {
		return newManifest(""), nil
	}
	app := relativeApp(s.root.Dir(), root)
	m := newManifest(app)
	is, err := s.readUnless(manifestFile, manifestFormat, m, func(is sum) bool {
		known, ok := s.memory.recall(manifestFile, is).(*manifest)
		if ok {
			m = known.clone()
		}
		return ok
	})
	if errors.Is(err, fs.ErrNotExist) {
		return m, nil
	}
	if err != nil {
		return nil, err
	}
	if m.App != app && !sameFolder(filepath.Join(s.root.Dir(), filepath.FromSlash(m.App)), root) {
		return nil, &ConfigError{
			Text: "the backups in " + filepath.Dir(s.root.Dir()) + " belong to another app (" +
				filepath.Join(s.root.Dir(), filepath.FromSlash(m.App)) + ")",
			Fix: "give every app a backupDir of its own",
		}
	}
	if err := m.check(); err != nil {
		return nil, &StateError{File: filepath.Join(s.root.Dir(), manifestFile), Text: err.Error()}
	}
	s.memory.keep(manifestFile, is, m.clone())
	return m, nil
}

// known is an error when runs are on record whose images nobody remembers: a run
// would take what they put online for somebody else's, and begin a manifest
// without it. s may be nil.
func (s *state) known() error {
	if s == nil || exists(s.root, manifestFile) {
		return nil
	}
	records, err := s.loadRecords()
	if err != nil {
		return err
	}
	return s.lost(records)
}

// lost is an error when there is no manifest though one of records stands for
// images that are online.
func (s *state) lost(records []*record) error {
	online := func(r *record) bool { return !r.Restored && r.OutDir == "" }
	if exists(s.root, manifestFile) || !slices.ContainsFunc(records, online) {
		return nil
	}
	return &Error{
		Text: "what is online is not known: " + filepath.Join(s.root.Dir(), manifestFile) + " is missing, though there are records of runs",
		Fix:  "put it back, for example from version control; or take the runs back: wecos log lists them, wecos restore --run ID takes one back",
	}
}

// relativeApp names the app root so that a project that moves as a whole keeps
// its manifest.
func relativeApp(stateDir, root string) string {
	rel, err := filepath.Rel(stateDir, root)
	if err != nil { // another drive
		return filepath.ToSlash(root)
	}
	return filepath.ToSlash(rel)
}

// sameFolder reports whether two paths lead to one folder, by whatever links and
// in whatever case.
func sameFolder(a, b string) bool {
	if rel, ok := within.Rel(a, b); ok && rel == "." {
		return true
	}
	is, err := os.Stat(a)
	if err != nil {
		return false
	}
	other, err := os.Stat(b)
	return err == nil && os.SameFile(is, other)
}

// check refuses what the rest of the engine relies on and a checksum does not
// tell.
func (m *manifest) check() error {
	if m.Images == nil || m.Destinations == nil {
		return errors.New("has no images or destinations")
	}
	for path, img := range m.Images {
		_, known := m.Destinations[img.Dest]
		if !fs.ValidPath(path) || path == "." || img.Key == "" || !known {
			return errors.New("has a bad entry for " + path)
		}
	}
	return nil
}

func (s *state) saveManifest(m *manifest) error {
	is, err := s.writeSum(manifestFile, manifestFormat, m)
	if err == nil {
		s.memory.keep(manifestFile, is, m.clone())
	}
	return err
}

// clone is a copy with maps of its own.
func (m *manifest) clone() *manifest {
	c := *m
	c.Destinations, c.Images = maps.Clone(m.Destinations), maps.Clone(m.Images)
	return &c
}

// online is what rewrite.Decide is told of the manifest.
func (m *manifest) online() []rewrite.Online {
	out := make([]rewrite.Online, 0, len(m.Images))
	for _, path := range slices.Sorted(maps.Keys(m.Images)) {
		img := m.Images[path]
		out = append(out, rewrite.Online{Path: path, URLs: m.urls(img), Plain: img.Plain})
	}
	return out
}

// urlBases are the prefixes of all addresses: that of now first.
func (m *manifest) urlBases(now upload.Destination) []string {
	out := []string{now.URLPrefix()}
	for _, id := range slices.Sorted(maps.Keys(m.Destinations)) {
		if base := m.Destinations[id].upload().URLPrefix(); !slices.Contains(out, base) {
			out = append(out, base)
		}
	}
	return out
}

func (d destination) upload() upload.Destination {
	return upload.Destination{Endpoint: d.Endpoint, Bucket: d.Bucket, Folder: d.Folder, URLBase: d.URLBase}
}

// holds reports whether img lies in the bucket of d, and in its folder.
func (m *manifest) holds(d upload.Destination, img image) (bucket, folder bool) {
	is := m.Destinations[img.Dest].upload()
	bucket = is.Endpoint == d.Endpoint && is.Bucket == d.Bucket
	return bucket, bucket && is.Folder == d.Folder
}

// remember enters what the committed run j put online.
func (m *manifest) remember(j *record) {
	if len(j.Images) > 0 {
		m.Destinations[j.Dest] = j.Destination
	}
	for _, img := range j.Images {
		var earlier []string
		if known, ok := m.Images[img.Path]; ok {
			earlier = slices.DeleteFunc(m.urls(known), func(u string) bool { return u == img.URL })
		}
		m.Images[img.Path] = image{Sum: img.Sum, Size: img.Size, Dest: j.Dest, Key: img.Key, Earlier: earlier, Plain: img.Plain, Served: img.Served, Partners: img.Partners}
	}
}
