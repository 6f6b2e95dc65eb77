package rewrite

import (
	"slices"
	"strings"
	"testing"
)

func TestElementRules(t *testing.T) {
	tests := []struct {
		tag, attr string
		want      Position
	}{
		{"image", "src", ImagePos},
		{"IMAGE", "Src", ImagePos},
		{"cover-image", "src", ImagePos},
		{"video", "poster", ImagePos},
		{"video", "src", Plain},
		{"audio", "poster", ImagePos},
		{"live-pusher", "waiting-image", ImagePos},
		{"open-data", "default-avatar", ImagePos},
		{"map", "controls", LocalOnly},
		{"map", "polyline", LocalOnly},
		{"map", "markers", Plain},
		{"xr-asset-load", "src", LocalOnly},
		{"button", "send-message-img", LocalOnly},
		{"my-card", "src", Plain},
		{"view", "style", Plain},
	}
	for _, tt := range tests {
		got, hint := Plain, ""
		if r := elementRules(tt.tag)[strings.ToLower(tt.attr)]; r != nil {
			got, hint = r.position(), r.hint
		}
		if got != tt.want {
			t.Errorf("<%s %s>: got %d, want %d", tt.tag, tt.attr, got, tt.want)
		}
		if (got == LocalOnly) != (hint != "") {
			t.Errorf("<%s %s>: hint %q", tt.tag, tt.attr, hint)
		}
	}
}

func TestAPIRule(t *testing.T) {
	tests := []struct {
		method   string
		arg      int
		property string
		want     Position
		known    bool
	}{
		{"showToast", 0, "image", LocalOnly, true},
		{"showToast", 0, "title", Plain, false},
		{"showToast", 0, "", Plain, false},
		{"showToast", 1, "image", Plain, false},
		{"drawImage", 0, "", LocalOnly, true},
		{"drawImage", 0, "src", LocalOnly, true},
		{"drawImage", 1, "", Plain, false},
		{"createPattern", 0, "", LocalOnly, true},
		{"getImageInfo", 0, "src", LocalOnly, true},
		{"previewImage", 0, "urls", ImagePos, true},
		{"previewImage", 0, "current", ImagePos, true},
		{"setTabBarItem", 0, "selectedIconPath", ImagePos, true},
		{"uploadFile", 0, "filePath", LocalOnly, true},
		{"uploadFile", 0, "files.uri", LocalOnly, true},
		{"uploadFile", 0, "url", Plain, false},
		{"readFileSync", 0, "", LocalOnly, true},
		{"readFileSync", 1, "", Plain, false},
		{"copyFileSync", 1, "", LocalOnly, true},
		{"copyFile", 0, "destPath", LocalOnly, true},
		{"copyFile", 0, "options.destPath", LocalOnly, true},
		{"writeFile", 0, "data", Plain, false},
		{"setData", 0, "src", Plain, false},
		{"", 0, "", Plain, false},
	}
	for _, tt := range tests {
		got, _, known := apiRule(tt.method, tt.arg, tt.property)
		if got != tt.want || known != tt.known {
			t.Errorf("%s(%d).%s: got %d, %v, want %d, %v", tt.method, tt.arg, tt.property, got, known, tt.want, tt.known)
		}
	}
}

// TestLocalMethods names every method that the platform's documentation lists
// as taking files only.
func TestLocalMethods(t *testing.T) {
	for _, method := range strings.Fields(`
		showToast drawImage createPattern getImageInfo compressImage cropImage editImage saveImageToPhotosAlbum
		addPhoneContact showShareImageMenu shareImageToGroup shareToOfficialAccount shareEmojiToGroup
		uploadFile saveFile openDocument shareFileMessage shareVideoMessage addVideoToFavorites
		access accessSync appendFile appendFileSync copyFile copyFileSync getFileInfo mkdir mkdirSync open openSync
		readCompressedFile readCompressedFileSync readdir readdirSync readFile readFileSync readZipEntry removeSavedFile
		rename renameSync rmdir rmdirSync saveFileSync stat statSync truncate truncateSync unlink unlinkSync unzip
		writeFile writeFileSync`) {
		args := localArguments(method)
		if len(args) == 0 {
			t.Errorf("%s: no argument is local", method)
		}
		for _, a := range args {
			if pos, hint, ok := apiRule(method, a.Index, a.Property); pos != LocalOnly || hint == "" || !ok {
				t.Errorf("%s(%d).%s: %d, %q, %v", method, a.Index, a.Property, pos, hint, ok)
			}
		}
	}
	for _, method := range []string{"previewImage", "setTabBarItem", "setData", ""} {
		if args := localArguments(method); args != nil {
			t.Errorf("%s: %v", method, args)
		}
	}
	if got := localArguments("copyFileSync"); !slices.Equal(got, []argument{{0, ""}, {1, ""}}) {
		t.Errorf("copyFileSync: %v", got)
	}
}

func TestPropertyRule(t *testing.T) {
	tests := []struct {
		name string
		want Position
	}{
		{"src", ImagePos},
		{"imageUrl", ImagePos},
		{"iconPath", ImagePos},
		{"markers.iconPath", ImagePos},
		{"markers[0].iconPath", ImagePos},
		{"controls.iconPath", LocalOnly},
		{"controls[0].iconPath", LocalOnly},
		{"data.controls[i[0]].iconPath", LocalOnly},
		{"polyline[0].arrowIconPath", LocalOnly},
		{"poster", ImagePos},
		{"coverImgUrl", ImagePos},
		{"selectedIconPath", ImagePos},
		{"thumbPath", LocalOnly},
		{"urls", Plain},
		{"current", Plain},
		{"src.name", Plain},
		{"title", Plain},
		{"", Plain},
		{"][", Plain},
	}
	for _, tt := range tests {
		if got := propertyRule(tt.name); got != tt.want {
			t.Errorf("%s: got %d, want %d", tt.name, got, tt.want)
		}
	}
}

func TestJSONRule(t *testing.T) {
	tests := []struct {
		file, path string
		want       Reason
	}{
		{"app.json", "tabBar.list[0].iconPath", TabBarIcon},
		{"app.json", "window.tabBar.list[1].selectedIconPath", TabBarIcon},
		{"app.json", "window.backgroundImage", InJSON},
		{"theme.json", "light.icon", ThemeIcon},
		{"theme.json", "", ThemeIcon},
		{"index.json", "tabBar.list[0].iconPath", InJSON},
	}
	for _, tt := range tests {
		got, hint := jsonRule(tt.file, tt.path)
		if got != tt.want || hint == "" {
			t.Errorf("%s %s: got %q, %q, want %q", tt.file, tt.path, got, hint, tt.want)
		}
	}
}

func TestStyleRule(t *testing.T) {
	if styleRule(true) != ImagePos || styleRule(false) != ImagePos {
		t.Error("url() takes addresses")
	}
}

func TestBuiltinElement(t *testing.T) {
	for tag, want := range map[string]bool{"view": true, "IMAGE": true, "xr-asset-load": true, "my-card": false, "": false, "img": false} {
		if builtinElement(tag) != want {
			t.Errorf("%q: not %v", tag, want)
		}
	}
}

// TestTable checks every row: each has a source, and names what it must.
func TestTable(t *testing.T) {
	for i, r := range rules {
		if r.sources == "" {
			t.Errorf("row %d (%s %s): no source", i, r.names, r.keys)
		}
		if (r.place == inCall || r.place == inAttribute) && r.names == "" || r.place == inProperty && r.keys == "" {
			t.Errorf("row %d (%s %s): nothing to look up", i, r.names, r.keys)
		}
		if (r.place == inJSONFile) != (r.reason != "") {
			t.Errorf("row %d (%s %s): reason %q", i, r.names, r.keys, r.reason)
		}
		if r.url == required || r.file == required && r.url == yes {
			t.Errorf("row %d (%s %s): contradicts itself", i, r.names, r.keys)
		}
	}
}
