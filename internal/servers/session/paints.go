package session

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"github.com/wecos-go/wecos/internal/servers/kit"
	"github.com/wecos-go/wecos/internal/servers/session/drawing"
	"github.com/wecos-go/wecos/internal/servers/session/weapp"
)

// maxSave is the largest body of a save, in bytes: a drawing of 1 MB whose every
// quote is escaped, or percent-encoded in a form.
const maxSave = 4 << 20

// owner is whose request it is.
func owner(r *http.Request) (string, error) {
	if s := weapp.FromContext(r.Context()); s != nil {
		return s.OpenID, nil
	}
	return "", errNoUser
}

func (s *server) list(w http.ResponseWriter, r *http.Request) error {
	who, err := owner(r)
	if err != nil {
		return err
	}
	ctx, cancel := weapp.WithinBudget(r.Context())
	defer cancel()
	all, err := s.drawings.List(ctx, who)
	if err != nil {
		return becauseOf(err)
	}
	return succeed(w, r, all)
}

func (s *server) save(w http.ResponseWriter, r *http.Request) error {
	fields, err := kit.ReadFields(w, r, maxSave)
	if err != nil {
		return err
	}
	who, err := owner(r)
	if err != nil {
		return err
	}
	d := drawing.Drawing{ID: text(fields, "id"), Actions: text(fields, "actions")}
	if d.ID == "" || d.Actions == "" {
		return errNoDrawing
	}
	if err := d.Check(); err != nil {
		return becauseOf(err)
	}
	ctx, cancel := weapp.WithinBudget(r.Context())
	defer cancel()
	if err := s.drawings.Save(ctx, who, d); err != nil {
		return becauseOf(err)
	}
	s.metrics.saved.Inc()
	return succeed(w, r, struct{}{})
}

func (s *server) remove(w http.ResponseWriter, r *http.Request) error {
	fields, err := kit.ReadFields(w, r, 0)
	if err != nil {
		return err
	}
	who, err := owner(r)
	if err != nil {
		return err
	}
	id := text(fields, "id")
	if id == "" {
		return errNoID
	}
	ctx, cancel := weapp.WithinBudget(r.Context())
	defer cancel()
	return then(w, r, becauseOf(s.drawings.Delete(ctx, who, id)))
}

// then succeeds without data unless there is an error.
func then(w http.ResponseWriter, r *http.Request, err error) error {
	if err != nil {
		return err
	}
	return succeed(w, r, struct{}{})
}

// text is a field as JavaScript's String(field || ”) has it, which made ids of
// numbers. Objects and lists, which it made one and the same id of, are none.
func text(fields kit.Fields, name string) string {
	raw := string(fields[name])
	switch {
	case raw == "" || raw == "null" || raw == "false":
		return ""
	case raw == "true":
		return raw
	case raw[0] == '"':
		s, _ := fields.String(name)
		return s
	case raw[0] == '-' || raw[0] >= '0' && raw[0] <= '9':
		return number(raw)
	}
	return ""
}

// number writes a JSON number as JavaScript does: 7 for 7.0, and 0 is no value.
func number(raw string) string {
	f, err := strconv.ParseFloat(raw, 64)
	if err != nil || f == 0 {
		return ""
	}
	short, err := json.Marshal(f) // the shortest digits, as ECMAScript
	if err != nil {
		return ""
	}
	// ECMAScript turns to exponents later than 1e21 and earlier than 1e-7, as
	// encoding/json does.
	return strings.TrimSpace(string(short))
}
