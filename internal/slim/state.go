package slim

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/wecos-go/wecos/internal/safefs"
)

// The files below the state folder.
const (
	lockFile     = "lock"
	manifestFile = "manifest.json"
	claimsFile   = "claims.json"
	journalFile  = "journal.json"
	runsDir      = "runs"
	objectsDir   = "objects" // content of any kind, named by its SHA-256
)

// maxStateFile bounds what is read back: a manifest of 100,000 images has some
// 40 MB.
const maxStateFile = 256 << 20

// sum is a SHA-256 that marshals as hexadecimal.
type sum [32]byte

var (
	_ encoding.TextMarshaler   = sum{}
	_ encoding.TextUnmarshaler = (*sum)(nil)
)

func (s sum) String() string { return hex.EncodeToString(s[:]) }

// MarshalText writes s in hexadecimal.
func (s sum) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, s[:]), nil }

// UnmarshalText reads what MarshalText wrote.
func (s *sum) UnmarshalText(text []byte) error {
	if len(text) != 2*len(s) {
		return errors.New("not a SHA-256")
	}
	_, err := hex.Decode(s[:], text)
	return err
}

func sumOf(data []byte) sum { return sha256.Sum256(data) }

// state is the folder in which wecos remembers.
type state struct {
	root *safefs.Root
	// objects is held while one of them is written: two images may have the
	// same content.
	objects sync.Mutex
	// claims is the hash of the claims as they were read or written last.
	claims sum
	// memory is the engine's; nil for none.
	memory memory
}

// memory is what state files held when an engine read or wrote them last, by
// name: a watcher need not decode thousands of entries for every change. The
// file is read all the same, and counts when it is another.
type memory map[string]remembered

type remembered struct {
	sum   sum // of the data
	value any // never changed
}

// recall returns what is remembered of a file whose data has the hash is, or
// nil.
func (m memory) recall(name string, is sum) any {
	if r, ok := m[name]; ok && r.sum == is {
		return r.value
	}
	return nil
}

// keep remembers value, which nobody may change from now on.
func (m memory) keep(name string, is sum, value any) {
	if m != nil {
		m[name] = remembered{is, value}
	}
}

// openState opens the state folder if it exists; the result may be nil.
func (e *Engine) openState() (*state, error) {
	if err := e.leftBehind(); err != nil {
		return nil, err
	}
	r, err := safefs.OpenRoot(e.opt.Config.StateDir(), safefs.WithHook(e.hook))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &state{root: r, memory: e.memory}, nil
}

// lockState opens the state folder, creates it if need be, and keeps every
// other run out until release is called.
func (e *Engine) lockState(ctx context.Context) (st *state, release func() error, err error) {
	if err := e.leftBehind(); err != nil {
		return nil, nil, err
	}
	r, err := safefs.CreateRoot(e.opt.Config.StateDir(), safefs.WithHook(e.hook))
	if err != nil {
		return nil, nil, err
	}
	lock, err := r.Lock(ctx, lockFile, e.opt.Now(), e.opt.Wait)
	if err != nil {
		return nil, nil, errors.Join(explain(err), r.Close())
	}
	return &state{root: r, memory: e.memory}, func() error { return errors.Join(lock.Release(), r.Close()) }, nil
}

func (s *state) close() error { return s.root.Close() }

// sweep removes what a crash left that nothing will ever ask for: temporary
// files, and original texts of a run that did not begin to commit. No journal
// may wait.
func (s *state) sweep() error {
	for _, dir := range []string{".", runsDir, textsDir, objectsDir} {
		entries, err := s.root.ReadDir(dir)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		for _, entry := range entries {
			id, isTexts := strings.CutSuffix(entry.Name(), textsSuffix)
			if safefs.IsTemp(entry.Name()) || dir == textsDir && isTexts && !exists(s.root, recordName(id)) {
				if err := s.root.Remove(path.Join(dir, entry.Name())); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// envelope is the form of every state file. Sum covers the compact form of
// Data, so that a formatter does no harm but every other change is noticed.
type envelope struct {
	Format string          `json:"format"`
	Sum    sum             `json:"sha256"`
	Data   json.RawMessage `json:"data"`
}

// head is how a state file begins as it was written: the data follows, then a
// bracket and a line feed.
func head(format string, s sum) string {
	return fmt.Sprintf(`{"format":%q,"sha256":%q,"data":`, format, s)
}

const tail = "}\n"

// read fills v from the state file name, or returns fs.ErrNotExist. A file that
// is not as it was written is a *StateError.
func (s *state) read(name, format string, v any) error {
	_, err := s.readUnless(name, format, v, func(sum) bool { return false })
	return err
}

// readUnless is read, but leaves v as it is if known reports that it knows data
// with this hash, which is returned.
func (s *state) readUnless(name, format string, v any, known func(sum) bool) (is sum, err error) {
	raw, err := s.root.ReadFile(name, maxStateFile)
	if err != nil {
		return is, err
	}
	data, is, err := unwrap(raw, format)
	if err == nil && !known(is) {
		err = json.Unmarshal(data, v)
	}
	if err != nil {
		return is, &StateError{File: filepath.Join(s.root.Dir(), filepath.FromSlash(name)), Text: "is damaged or was changed by hand: " + err.Error()}
	}
	return is, nil
}

// unwrap checks a state file and returns its data with their hash.
func unwrap(raw []byte, format string) ([]byte, sum, error) {
	if n := len(head(format, sum{})); len(raw) > n+len(tail) {
		data := raw[n : len(raw)-len(tail)]
		if is := sumOf(data); string(raw[:n]) == head(format, is) {
			return data, is, nil // as it was written: most files, and fast
		}
	}
	var env envelope
	if err := json.Unmarshal(raw, &env); err != nil {
		return nil, sum{}, err
	}
	if env.Format != format {
		return nil, sum{}, fmt.Errorf("it has the format %q, this version reads %q", env.Format, format)
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, env.Data); err != nil {
		return nil, sum{}, err
	}
	if sumOf(compact.Bytes()) != env.Sum {
		return nil, sum{}, errors.New("the checksum is wrong")
	}
	return compact.Bytes(), env.Sum, nil
}

// write puts v durably into the state file name.
func (s *state) write(name, format string, v any) error {
	_, err := s.writeSum(name, format, v)
	return err
}

// writeSum is write and returns the hash of the data.
func (s *state) writeSum(name, format string, v any) (is sum, err error) {
	data, err := json.Marshal(v)
	if err != nil {
		return is, err
	}
	is = sumOf(data)
	return is, s.root.WriteFunc(name, 0o644, nil, func(w io.Writer) error {
		_, err := w.Write(slices.Concat([]byte(head(format, is)), data, []byte(tail)))
		return err
	})
}

// objectName is the name of the object with the content s.
func objectName(s sum) string { return path.Join(objectsDir, s.String()) }

// hasObject reports whether the object with the content want is there and
// whole.
func (s *state) hasObject(want sum) bool {
	got, _, err := s.root.Hash(objectName(want))
	return err == nil && sum(got) == want
}

// putObject writes the object with the content want, which fill gives, unless it
// is there already.
func (s *state) putObject(want sum, fill func(io.Writer) error) error {
	s.objects.Lock()
	defer s.objects.Unlock()
	if s.hasObject(want) {
		return nil
	}
	return s.root.WriteFunc(objectName(want), 0o644, nil, func(w io.Writer) error {
		h := sha256.New()
		if err := fill(io.MultiWriter(w, h)); err != nil {
			return err
		}
		if sum(h.Sum(nil)) != want {
			return errContent
		}
		return nil
	})
}

// errContent says that content was not what it was expected to be.
var errContent = errors.New("it is not the content that it was")
