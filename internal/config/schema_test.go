package config

import (
	"encoding/json"
	"maps"
	"os"
	"slices"
	"testing"
)

// TestSchemaHasEveryKey compares the published schema with the list of keys.
func TestSchemaHasEveryKey(t *testing.T) {
	data, err := os.ReadFile("../../docs/wecos.config.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	type schema struct {
		Properties map[string]json.RawMessage
	}
	names := func(s schema, prefix string) []string {
		var out []string
		for name := range s.Properties {
			out = append(out, prefix+name)
		}
		return out
	}
	var top, cos schema
	if err := json.Unmarshal(data, &top); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(top.Properties["cos"], &cos); err != nil {
		t.Fatal(err)
	}
	maps.DeleteFunc(top.Properties, func(name string, _ json.RawMessage) bool { return name == "cos" || name == "$schema" })
	got := append(names(top, ""), names(cos, "cos.")...)
	var want []string
	for _, k := range keys {
		want = append(want, k.name)
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("the schema has %q, wecos reads %q", got, want)
	}
}
