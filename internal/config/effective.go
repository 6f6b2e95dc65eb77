package config

// Source is the layer that a value comes from.
type Source string

// The layers, weakest first.
const (
	FromDefault Source = "default"
	FromFile    Source = "file"
	FromEnv     Source = "env"
	FromFlag    Source = "flag"
)

// Origin says where a value comes from.
type Origin struct {
	Source Source `json:"source"`
	// Place is file:line:col, the variable or the flag; "" for a default.
	Place string `json:"place,omitempty"`

	line, column int // of a value from the file
}

// Setting is one row of the effective configuration.
type Setting struct {
	Key string `json:"key"`
	// Value is a string, a bool, an int, a []string, a *Compress or a Secret;
	// it marshals as the file would say it, secrets masked.
	Value  any    `json:"value"`
	Origin Origin `json:"origin"`
}

// Text is the value as one would write it, strings without quotes.
func (s Setting) Text() string {
	if text, ok := s.Value.(string); ok {
		return text
	}
	if secret, ok := s.Value.(Secret); ok {
		return secret.String()
	}
	text, err := toJSON(s.Value)
	if err != nil {
		return ""
	}
	return text
}

// Effective lists every key in the order of the documentation, with its value
// and where that comes from, and after them the store on this computer that
// --local puts in the place of cos. Secrets stay masked however a row is printed.
func (w *Wecos) Effective() []Setting {
	var rows []Setting
	for _, k := range keys {
		if k.value == nil {
			continue
		}
		o := w.origins[k.name]
		if k.name == "cos.bucket" && o.Source == "" {
			o = w.origins["cos.bucketname"]
		}
		if o.Source == "" {
			o.Source = FromDefault
		}
		value := k.value(w)
		if list, ok := value.([]string); ok && list == nil {
			value = []string{} // [] in JSON, not null
		}
		rows = append(rows, Setting{Key: k.name, Value: value, Origin: o})
	}
	if w.Local {
		at := w.origins["localAddr"]
		if at.Source == "" {
			at.Source = FromDefault
		}
		rows = append(rows,
			Setting{Key: "local", Value: true, Origin: Origin{Source: FromFlag, Place: "--local"}},
			Setting{Key: "localAddr", Value: w.LocalAddr, Origin: at})
	}
	return rows
}
