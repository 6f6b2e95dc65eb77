package config

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"github.com/wecos-go/wecos/internal/config/jsonc"
)

// serverKey is one key of a server's configuration: how it is read, shown and
// written. It is made by textKey, numberKey and the like, and refined by the
// methods that return it again.
type serverKey struct {
	name string // as the file says it; redisConfig.host for host inside redisConfig
	doc  string // one line for the help of its flag
	more string // what the written file explains beyond that
	flag string // without dashes
	env  []string
	kind string // for the help: string, int, bool or list

	read   func(jsonc.Value) error // the complaint begins with "must "
	set    func(string) error      // from a variable or a flag; likewise
	value  func() any              // what the effective configuration shows
	given  func() any              // what the file would say; nil is value
	secret bool
	// valid says what is wrong with the value, as the end of a sentence that
	// begins with the key, and what to do; "" is nothing.
	valid func() (problem, fix string)
}

// explain adds sentences to what the written file says about the key.
func (k *serverKey) explain(text string) *serverKey { k.more = text; return k }

// flagged names the flag where it is not the key's own name.
func (k *serverKey) flagged(name string) *serverKey { k.flag = name; return k }

// alias adds variables that are looked at after the key's own.
func (k *serverKey) alias(env ...string) *serverKey { k.env = append(k.env, env...); return k }

// check adds a rule for the value; see valid.
func (k *serverKey) check(valid func() (problem, fix string)) *serverKey { k.valid = valid; return k }

// textKey is a trimmed string.
func textKey(name string, p *string, doc string) *serverKey {
	return newKey(name, "string", doc, p, readText, trimmed)
}

// wordKey is a trimmed string that may stand in the file as a bare number.
func wordKey(name string, p *string, doc string) *serverKey {
	return newKey(name, "string", doc, p, readTextOrNumber, trimmed)
}

// choiceKey is one of some words.
func choiceKey(name string, p *string, choices []string, doc string) *serverKey {
	return textKey(name, p, doc).check(func() (string, string) {
		for _, c := range choices {
			if *p == c {
				return "", ""
			}
		}
		return `must be "` + strings.Join(choices, `" or "`) + `"`, ""
	})
}

// numberKey is a whole number from low to high, which may stand in quotes.
func numberKey(name string, p *int, low, high int, doc string) *serverKey {
	read := func(v jsonc.Value) (int, error) {
		if v.Kind() == jsonc.String {
			n, err := wholeNumber(v.Text())
			if err != nil {
				return 0, v.Errorf("%s", err)
			}
			return n, nil
		}
		return readNumber(v)
	}
	return newKey(name, "int", doc, p, read, wholeNumber).check(func() (string, string) {
		if *p < low || *p > high {
			return fmt.Sprintf("must be a number from %d to %d", low, high), ""
		}
		return "", ""
	})
}

// boolKey is true or false.
func boolKey(name string, p *bool, doc string) *serverKey {
	return newKey(name, "bool", doc, p, readBool, func(s string) (bool, error) {
		b, err := strconv.ParseBool(trimmedText(s))
		if err != nil {
			return false, errors.New("must be true or false")
		}
		return b, nil
	})
}

// listKey is a list of strings; in a variable or a flag commas part them.
func listKey(name string, p *[]string, doc string) *serverKey {
	k := newKey(name, "list", doc, p, readList, func(s string) ([]string, error) {
		values := []string{}
		for one := range strings.SplitSeq(s, ",") {
			if one = trimmedText(one); one != "" {
				values = append(values, one)
			}
		}
		return values, nil
	})
	k.value = func() any {
		if *p == nil {
			return []string{} // [] in JSON, not null
		}
		return *p
	}
	return k
}

// secretKey is a credential, which is never shown. The written file holds it in
// clear.
func secretKey(name string, p *Secret, doc string) *serverKey {
	text := func(s string) (Secret, error) { return NewSecret(trimmedText(s)), nil }
	k := newKey(name, "string", doc, p, func(v jsonc.Value) (Secret, error) {
		s, err := readText(v)
		return NewSecret(s), err
	}, text)
	k.given = func() any { return p.Reveal() }
	k.secret = true
	return k
}

// newKey makes a key of a field, its reader and its parser.
func newKey[T any](name, kind, doc string, p *T, read func(jsonc.Value) (T, error), parse func(string) (T, error)) *serverKey {
	return &serverKey{
		name: name, kind: kind, doc: doc, flag: serverFlagName(name),
		read: func(v jsonc.Value) error {
			value, err := read(v)
			if err == nil {
				*p = value
			}
			return err
		},
		set: func(s string) error {
			value, err := parse(s)
			if err == nil {
				*p = value
			}
			return err
		},
		value: func() any { return *p },
	}
}

func trimmedText(s string) string { return strings.TrimSpace(s) }

func trimmed(s string) (string, error) { return trimmedText(s), nil }

func wholeNumber(s string) (int, error) {
	n, err := strconv.Atoi(trimmedText(s))
	if err != nil {
		return 0, errors.New("must be a whole number")
	}
	return n, nil
}

// serverFlagName is the flag of a key: cos-app-id for cosAppId, and
// redis-config-host for redisConfig.host.
func serverFlagName(key string) string {
	return strings.ToLower(strings.ReplaceAll(snake(key), "_", "-"))
}

// envName is the variable of a key of an app: ALBUM_COS_APP_ID.
func envName(app, key string) string { return strings.ToUpper(app + "_" + snake(key)) }

// snake puts _ between the words of a key.
func snake(key string) string {
	var out strings.Builder
	small := false
	for _, r := range key {
		if r == '.' {
			r = '_'
		}
		if unicode.IsUpper(r) && small {
			out.WriteByte('_')
		}
		small = unicode.IsLower(r) || unicode.IsDigit(r)
		out.WriteRune(r)
	}
	return out.String()
}
