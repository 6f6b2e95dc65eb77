package cos

import (
	"encoding/json"
	"fmt"
)

// settings are what a bucket has besides objects. They are kept as JSON, each
// under its name; values are replaced, never changed.
type settings struct {
	ACL  acl
	CORS *corsConfig
	Tags []tag
}

const (
	settingACL  = "acl"
	settingCORS = "cors"
	settingTags = "tags"
)

func (b *bucket) loadSettings() error {
	for name, into := range map[string]any{settingACL: &b.set.ACL, settingCORS: &b.set.CORS, settingTags: &b.set.Tags} {
		text, err := b.store.Setting(name)
		if err == nil && text != nil {
			err = json.Unmarshal(text, into)
		}
		if err != nil {
			return fmt.Errorf("the setting %s: %w", name, err)
		}
	}
	return nil
}

// settings returns what holds now.
func (b *bucket) settings() settings {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.set
}

// change keeps a setting, or with a nil value removes it, and lets set carry
// it over once it is on the disk.
func (b *bucket) change(name string, value any, set func(*settings)) error {
	var text []byte
	if value != nil {
		var err error
		if text, err = json.Marshal(value); err != nil {
			return err
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.store.SetSetting(name, text); err != nil {
		return err
	}
	set(&b.set)
	return nil
}

func (b *bucket) setACL(list acl) error {
	return b.change(settingACL, list, func(s *settings) { s.ACL = list })
}
