package rewrite

import (
	"maps"
	"slices"
	"testing"
)

func TestExtractJSON(t *testing.T) {
	f, _ := extracted(t, "app.json", `{
		// "c": "/i/comment.png"
		"pages": ["pages/a/a"],
		"tabBar": {"custom": true, "list": [{"iconPath": "i\/\u56fe.png", "text": "x"}]},
		"window": {"note": "see a.png there", 'b.PNG': 1},
		"usingComponents": {"my-card": "/components/card/card", "x": "plugin://p/x"},
		"componentGenerics": {"slot-a": {"default": "./d"}, "my-card": {"default": "./e"}, "y": true},
	}`)
	if f.Err != nil {
		t.Fatal(f.Err)
	}
	var got []string
	for _, r := range f.Refs {
		if r.Form != JSONText || r.Base != InJSONFile || !r.Frozen {
			t.Errorf("%+v", r)
		}
		got = append(got, r.API+"="+r.Value)
	}
	want := []string{
		"pages[0]=pages/a/a", "tabBar.list[0].iconPath=i/图.png", "window.note=see a.png there", "window.b.PNG=b.PNG",
		"usingComponents.my-card=/components/card/card", "usingComponents.x=plugin://p/x",
		"componentGenerics.slot-a.default=./d", "componentGenerics.my-card.default=./e",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	components := map[string]string{"my-card": "/components/card/card", "x": "plugin://p/x", "slot-a": "./d"}
	if !maps.Equal(f.Components, components) {
		t.Errorf("components: %v", f.Components)
	}
	names := []string{"see a.png", "b.PNG"}
	var found []string
	for _, n := range f.Names {
		found = append(found, n.Text)
	}
	if !slices.Equal(found[1:], names) {
		t.Errorf("names: %q", found)
	}
}

func TestExtractJSONErrors(t *testing.T) {
	f, got := extracted(t, "a.json", `{"a": "/i/a.png", "b" 1}`)
	if f.Err == nil || f.Err.Offset != 22 || len(got) > 0 || len(f.Names) != 1 {
		t.Errorf("%+v, %q, %v", f.Err, got, f.Names)
	}
	if f, _ := extracted(t, "a.json", ""); f.Err != nil {
		t.Errorf("empty file: %v", f.Err)
	}
}
