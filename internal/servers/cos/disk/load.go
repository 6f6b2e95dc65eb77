package disk

import (
	"errors"
	"os"
	"runtime"
	"sync"
)

// load reads what the folder holds.
func (s *Store) load() error {
	if err := s.clearTemp(); err != nil {
		return err
	}
	entries, err := os.ReadDir(s.path(objectsDir))
	if err != nil {
		return err
	}
	infos := make([]*Info, len(entries))
	errs := make([]error, len(entries))
	var wg sync.WaitGroup
	workers := min(2*runtime.GOMAXPROCS(0), max(1, len(entries)/64))
	for w := range workers {
		wg.Go(func() {
			for i := w; i < len(entries); i += workers {
				infos[i], errs[i] = s.loadObject(entries[i].Name())
			}
		})
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		return err
	}
	s.index = index{objects: make(map[string]*Info, len(infos))}
	for _, info := range infos {
		if info != nil {
			s.index.put(info)
		}
	}
	return nil
}

// loadObject returns nil for what is no object.
func (s *Store) loadObject(name string) (*Info, error) {
	path := s.path(objectsDir, name)
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	info, err := readInfo(f)
	f.Close()
	if err == nil && fileName(info.Key) == name {
		return info, nil
	}
	if err != nil && !errors.Is(err, errDamaged) {
		return nil, err
	}
	if err := os.MkdirAll(s.path(damagedDir), 0o755); err != nil {
		return nil, err
	}
	return nil, os.Rename(path, s.path(damagedDir, name))
}

// clearTemp removes what was being written when the process ended.
func (s *Store) clearTemp() error {
	left, err := os.ReadDir(s.path(tempDir))
	if err != nil {
		return err
	}
	for _, e := range left {
		if err := os.RemoveAll(s.path(tempDir, e.Name())); err != nil {
			return err
		}
	}
	return nil
}
