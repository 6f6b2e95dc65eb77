package rps

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"strings"
	"unicode/utf8"

	"github.com/wecos-go/wecos/internal/servers/rps/game"
	"github.com/wecos-go/wecos/internal/servers/rps/sio"
)

// An inputError is what a client sent and should not have. Its text is for the
// client.
type inputError string

func (e inputError) Error() string { return string(e) }

const (
	errNotHello  = inputError("say hello first")
	errArgument  = inputError("the argument is not what this event takes")
	errTooLong   = inputError("a field is too long")
	errNoUID     = inputError("user.uid is missing")
	errNoChoice  = inputError("choice must be 1, 2 or 3")
	errNoFace    = inputError("face must be a short text or a number")
	errTooWrong  = inputError("too much that is not understood")
	errUnknown   = inputError("there is no such event")
	errNoSeat    = inputError("you are in no room")
	errNoLobby   = inputError("there is no room at the moment")
	errNotPlayed = inputError("no game is being played")
)

// What is relayed to others has limits, in bytes.
const (
	maxUID    = 128
	maxName   = 128
	maxAvatar = 1024
	maxFace   = 64
	maxResume = 64
)

// A uid is what a client calls its user: a string or a number, which is given
// back as it came.
type uid struct {
	text   string
	number bool
}

// MarshalJSON implements json.Marshaler.
func (u uid) MarshalJSON() ([]byte, error) {
	if u.number {
		return []byte(u.text), nil
	}
	return json.Marshal(u.text)
}

// UnmarshalJSON implements json.Unmarshaler.
func (u *uid) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && (b[0] == '-' || b[0] >= '0' && b[0] <= '9') {
		u.text, u.number = string(b), true
		return nil
	}
	u.number = false
	return json.Unmarshal(b, &u.text)
}

// profile is what the others see of a player.
type profile struct {
	UID    uid    `json:"uid"`
	Name   string `json:"uname"`
	Avatar string `json:"uavatar"`
}

func (p *profile) check() error {
	if p.UID.text == "" {
		return errNoUID
	}
	if len(p.UID.text) > maxUID || len(p.Name) > maxName || len(p.Avatar) > maxAvatar {
		return errTooLong
	}
	// Clients show it as an image; nothing else is anybody's address.
	if !strings.HasPrefix(p.Avatar, "https://") && !strings.HasPrefix(p.Avatar, "http://") {
		p.Avatar = ""
	}
	return nil
}

// hello is what a client says of itself.
type hello struct {
	User       profile         `json:"user"`
	Cordinate  json.RawMessage `json:"cordinate"` // as the tutorial spells it
	Coordinate json.RawMessage `json:"coordinate"`
	Resume     string          `json:"resume"`
}

func parseHello(e *sio.Event) (h hello, at *Position, err error) {
	if e.Arg(0, &h) != nil {
		return h, nil, errArgument
	}
	if len(h.Resume) > maxResume {
		return h, nil, errTooLong
	}
	if err := h.User.check(); err != nil {
		return h, nil, err
	}
	for _, raw := range [][]byte{h.Cordinate, h.Coordinate} {
		if at == nil {
			at = parsePosition(raw)
		}
	}
	return h, at, nil
}

// parsePosition takes what wx.getLocation gives; anything else is nowhere.
func parsePosition(raw []byte) *Position {
	var p struct{ Latitude, Longitude *float64 }
	if json.Unmarshal(raw, &p) != nil || p.Latitude == nil || p.Longitude == nil {
		return nil
	}
	if math.Abs(*p.Latitude) > 90 || math.Abs(*p.Longitude) > 180 {
		return nil
	}
	return &Position{*p.Latitude, *p.Longitude}
}

func parseChoice(e *sio.Event) (game.Choice, error) {
	var c struct {
		Choice *json.Number `json:"choice"`
	}
	if e.Arg(0, &c) != nil || c.Choice == nil {
		return game.None, errNoChoice
	}
	for _, valid := range []game.Choice{game.Scissors, game.Rock, game.Paper} {
		if c.Choice.String() == string('0'+byte(valid)) {
			return valid, nil
		}
	}
	return game.None, errNoChoice
}

// parseFace returns the face as JSON: a string or a number.
func parseFace(e *sio.Event) (json.RawMessage, error) {
	var f struct {
		Face json.RawMessage `json:"face"`
	}
	if e.Arg(0, &f) != nil {
		return nil, errArgument
	}
	face := bytes.TrimSpace(f.Face)
	if len(face) == 0 || len(face) > maxFace || !utf8.Valid(face) || bytes.IndexByte([]byte(`[{tfn`), face[0]) >= 0 {
		return nil, errNoFace
	}
	return face, nil
}

// asInput finds the words for a client in err.
func asInput(err error) (inputError, bool) {
	var input inputError
	ok := errors.As(err, &input)
	return input, ok
}
