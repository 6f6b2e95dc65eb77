package slim

import (
	"archive/zip"
	"errors"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
)

// textsDir holds one archive a run: the original texts of the sources that it
// edited. One file is synced in a moment, a thousand are not; and people can
// open it.
const (
	textsDir    = "texts"
	textsSuffix = ".zip"
)

func textsName(id string) string { return path.Join(textsDir, id+textsSuffix) }

// saveTexts durably writes the original texts, path → content, of one run.
func (s *state) saveTexts(id string, texts map[string][]byte) error {
	if len(texts) == 0 {
		return nil
	}
	return s.root.WriteFunc(textsName(id), 0o644, nil, func(w io.Writer) error {
		z := zip.NewWriter(w)
		for _, name := range slices.Sorted(maps.Keys(texts)) {
			f, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
			if err != nil {
				return err
			}
			if _, err := f.Write(texts[name]); err != nil {
				return err
			}
		}
		return z.Close()
	})
}

// texts are the original texts of one run, as far as they can be read.
type texts struct {
	file  *os.File // nil when there is none
	files map[string]*zip.File
}

// openTexts opens the texts of a run. What is missing or damaged is found
// missing when it is asked for.
func (s *state) openTexts(id string) (*texts, error) {
	f, err := s.root.Open(textsName(id))
	if errors.Is(err, fs.ErrNotExist) {
		return &texts{}, nil
	}
	if err != nil {
		return nil, err
	}
	t := &texts{file: f, files: map[string]*zip.File{}}
	info, err := f.Stat()
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	if z, err := zip.NewReader(f, info.Size()); err == nil {
		for _, zf := range z.File {
			t.files[zf.Name] = zf
		}
	}
	return t, nil
}

// text returns the original text of the source at path, or nil when it is lost.
func (t *texts) text(path string, want sum) []byte {
	zf := t.files[path]
	if zf == nil || zf.UncompressedSize64 > maxStateFile {
		return nil
	}
	r, err := zf.Open()
	if err != nil {
		return nil
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, maxStateFile))
	if err != nil || sumOf(data) != want {
		return nil
	}
	if data == nil {
		data = []byte{}
	}
	return data
}

func (t *texts) close() error {
	if t.file == nil {
		return nil
	}
	return t.file.Close()
}
