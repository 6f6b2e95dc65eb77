package main

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"slices"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/tailscale/hujson"

	"github.com/wecos-go/wecos/internal/audit"
	"github.com/wecos-go/wecos/internal/rewrite"
	"github.com/wecos-go/wecos/internal/slim"
)

const docs = "../../docs"

// fits checks that a file, or stdout, is what a schema in docs describes:
// fits stdout report.schema.json. A JSON file may have comments.
func fits(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: fits FILE SCHEMA")
	}
	plain, err := hujson.Standardize([]byte(ts.ReadFile(args[0])))
	ts.Check(err)
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(plain))
	ts.Check(err)
	path, err := filepath.Abs(filepath.Join(docs, args[1]))
	ts.Check(err)
	schema, err := jsonschema.NewCompiler().Compile(path)
	ts.Check(err)
	if err := schema.Validate(v); (err != nil) != neg {
		ts.Fatalf("%s: %v", args[0], err)
	}
}

// TestSchemaKnowsEveryReason compares the lists in the report's schema with
// those in the code.
func TestSchemaKnowsEveryReason(t *testing.T) {
	path, err := filepath.Abs(filepath.Join(docs, "report.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	schema, err := jsonschema.NewCompiler().Compile(path)
	if err != nil {
		t.Fatal(err)
	}
	enum := func(s *jsonschema.Schema, names ...string) []any {
		for _, name := range names {
			s = s.Properties[name]
			if list, ok := s.Items2020, s.Items2020 != nil; ok {
				s = list
			}
			if s.Ref != nil {
				s = s.Ref
			}
		}
		return s.Enum.Values
	}
	compare := func(what string, got []any, want any) {
		var names []any
		data, _ := json.Marshal(want)
		if err := json.Unmarshal(data, &names); err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			if !slices.Contains(got, name) {
				t.Errorf("the schema does not know the %s %v", what, name)
			}
		}
		if len(got) != len(names) {
			t.Errorf("%s: the schema lists %d, the code %d", what, len(got), len(names))
		}
	}
	compare("reason", enum(schema, "kept", "reason"), rewrite.Reasons())
	compare("kind of file", enum(schema, "report", "largest", "kind"), audit.Kinds())
	compare("advice", enum(schema, "report", "advice", "name"), []string{audit.MainAdvice, audit.MediaAdvice, audit.ProviderAdvice})
	compare("kind of finding", enum(schema, "verify", "findings", "kind"), slim.FindingKinds())
}
