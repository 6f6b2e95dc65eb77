package rps

import (
	"encoding/json"
	"time"

	"github.com/wecos-go/wecos/internal/servers/rps/game"
)

// user is how clients see a seat.
type user struct {
	profile
	Choice *game.Choice `json:"choice"`
	scores
}

type scores struct {
	Round  int `json:"roundScore"`
	Total  int `json:"totalScore"`
	Streak int `json:"winStreak"`
}

func (s *seat) user() user {
	return user{profile: s.who, scores: scores{0, s.score.Total, s.score.Streak}}
}

// score1 is a seat's line of a result. The order of its fields is the
// original's.
type score1 struct {
	UID uid `json:"uid"`
	scores
	Choice *game.Choice `json:"choice"`
}

func (s *seat) line() score1 {
	l := score1{UID: s.who.UID, scores: scores(s.score)}
	if s.choice != game.None {
		l.Choice = &s.choice
	}
	return l
}

type movement struct {
	UID      uid             `json:"uid"`
	Movement string          `json:"movement"`
	Face     json.RawMessage `json:"face,omitempty"`
}

func resultJSON(lines []score1) json.RawMessage {
	return mustJSON(struct {
		Result []score1 `json:"result"`
	}{lines})
}

// resumedStart is a start for somebody who comes later: with what is left of
// the time.
func resumedStart(start json.RawMessage, ends time.Time) json.RawMessage {
	var m struct {
		GameTime seconds         `json:"gameTime"`
		Users    json.RawMessage `json:"roomUsers"`
	}
	if json.Unmarshal(start, &m) != nil {
		return start
	}
	m.GameTime = seconds(max(0, time.Until(ends)))
	return mustJSON(m)
}

// seconds is a time as the protocol has it: seconds, whole if they are.
type seconds time.Duration

// MarshalJSON implements json.Marshaler.
func (s seconds) MarshalJSON() ([]byte, error) {
	return json.Marshal(float64(time.Duration(s).Milliseconds()) / 1000)
}

// UnmarshalJSON implements json.Unmarshaler.
func (s *seconds) UnmarshalJSON(b []byte) error {
	var f float64
	err := json.Unmarshal(b, &f)
	*s = seconds(f * float64(time.Second))
	return err
}

// mustJSON encodes what this package has made, which always can be.
func mustJSON(v any) json.RawMessage {
	b, err := json.Marshal(v)
	if err != nil {
		return json.RawMessage("null")
	}
	return b
}
