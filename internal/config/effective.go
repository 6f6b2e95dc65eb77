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
}

// Setting is one row of the effective configuration.
type Setting struct {
	Key string `json:"key"`
	// Value is a string, a bool, an int, a []string, a *Compress or a Secret;
	// it marshals as the file would say it, secrets masked.
	Value  any    `json:"value"`
	Origin Origin `json:"origin"`
}

// Effective lists every key in the order of the documentation, with its value
// and where that comes from. Secrets stay masked however a row is printed.
func (w *Wecos) Effective() []Setting { return nil }
