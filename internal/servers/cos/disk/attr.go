package disk

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"regexp"
	"sync"
)

// errChanged says that an object is no longer what it was when it was opened.
var errChanged = errors.New("the object has changed")

// SetAttr sets an attribute of the object under key; the empty value removes
// it. The object keeps its time. Its content is copied, so that a crash leaves
// it as it was or as it shall be.
func (s *Store) SetAttr(key, name, value string) error {
	for {
		if err := s.setAttr(key, name, value); !errors.Is(err, errChanged) {
			return err
		}
	}
}

func (s *Store) setAttr(key, name, value string) error {
	o, err := s.Get(key)
	if err != nil {
		return err
	}
	defer o.Close()
	info := o.Info
	info.Attr = maps.Clone(info.Attr)
	if value == "" {
		delete(info.Attr, name)
	} else {
		if info.Attr == nil {
			info.Attr = make(map[string]string)
		}
		info.Attr[name] = value
	}
	temp, err := s.write(o, PutOptions{Size: info.Size}, &info)
	if err != nil {
		return err
	}
	return s.place(temp, &info, func(old *Info) error {
		if old != o.version {
			return errChanged
		}
		return nil
	})
}

var settingName = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^[a-z]{1,32}$`)
})

// Setting returns what SetSetting kept under name, or nil.
func (s *Store) Setting(name string) ([]byte, error) {
	if !settingName().MatchString(name) {
		return nil, fmt.Errorf("%q is no name of a setting", name)
	}
	text, err := os.ReadFile(s.path(settingsDir, name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return text, err
}

// SetSetting keeps text for the store as a whole, under a name of small
// letters; nil removes it.
func (s *Store) SetSetting(name string, text []byte) error {
	if !settingName().MatchString(name) {
		return fmt.Errorf("%q is no name of a setting", name)
	}
	path := s.path(settingsDir, name)
	if text == nil {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return s.sync(settingsDir)
	}
	temp := s.tempPath()
	err := s.writeFile(temp, text)
	if err == nil {
		err = os.Rename(temp, path)
	}
	if err != nil {
		os.Remove(temp)
		return err
	}
	return s.sync(settingsDir)
}
