package golden

import (
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wecos-go/wecos/internal/losstest"
	"github.com/wecos-go/wecos/internal/servers/album"
	rps "github.com/wecos-go/wecos/internal/servers/rps/applet"
	"github.com/wecos-go/wecos/internal/servers/video"
)

// applets are the mini-programs of the servers, and where each names its
// pictures: file → pictures, once each.
var applets = map[string]struct {
	files fs.FS
	names map[string][]string
}{
	"album": {album.Applet(), map[string][]string{
		"pages/album/album.wxml": {"/images/add.png", "/images/broken.png", "/images/empty.png"},
		"services/share.js":      {"/images/cover.png"},
	}},
	"video": {video.Applet(), map[string][]string{
		"pages/list/list.wxml": {"/images/curtain.png", "/images/play.png", "/images/empty.png", "/images/offline.png"},
		"pages/film/film.wxml": {"/images/offline.png", "/images/person.png"},
	}},
	"rps": {rps.Files, map[string][]string{
		"pages/game/game.wxml": {"/images/scissors.png", "/images/rock.png", "/images/paper.png", "/images/robot.png", "/images/person.png"},
		"services/share.js":    {"/images/cover.png"},
	}},
}

// Every picture of the mini-programs goes online, and comes back.
func TestApplets(t *testing.T) {
	for name, app := range applets {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if err := os.CopyFS(filepath.Join(dir, "in"), app.files); err != nil {
				t.Fatal(err)
			}
			want := readTree(t, filepath.Join(dir, "in"))
			maps.DeleteFunc(want, func(name, _ string) bool { return path.Ext(name) == ".png" })
			for file, pictures := range app.names {
				quote := `"`
				if path.Ext(file) == ".js" {
					quote = `'`
				}
				for _, picture := range pictures {
					if n := strings.Count(want[file], quote+picture+quote); n != 1 {
						t.Errorf("%s names %s %d times", file, picture, n)
					}
					want[file] = strings.ReplaceAll(want[file], quote+picture+quote, quote+losstest.TargetHost+picture+quote)
				}
			}
			roundTrip(t, dir, want, "")
		})
	}
}
