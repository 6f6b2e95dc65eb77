package samples

import (
	"bytes"
	"image/jpeg"
	"strings"
	"testing"

	"github.com/wecos-go/wecos/internal/servers/video"
)

// Every film has a file that phones play from its beginning, and a poster of its
// shape.
func TestFilms(t *testing.T) {
	all, err := Files()
	if err != nil {
		t.Fatal(err)
	}
	films := Films()
	if len(films) != 8 || len(all) != 2*len(films) {
		t.Errorf("%d films and %d files", len(films), len(all))
	}
	sum := 0
	for _, f := range films {
		film, poster := all[strings.TrimPrefix(f.URL, video.SampleScheme)], all[strings.TrimPrefix(f.Image, video.SampleScheme)]
		sum += len(film) + len(poster)
		index, content := bytes.Index(film, []byte("moov")), bytes.Index(film, []byte("mdat"))
		if len(film) < 8 || string(film[4:8]) != "ftyp" || index < 0 || index > content {
			t.Errorf("%s: the index of its file is not in front", f.Title)
		}
		for _, codec := range []string{"avc1", "mp4a"} {
			if !bytes.Contains(film, []byte(codec)) {
				t.Errorf("%s: no %s", f.Title, codec)
			}
		}
		if c, err := jpeg.DecodeConfig(bytes.NewReader(poster)); err != nil || c.Width != 480 || c.Height != 270 {
			t.Errorf("%s: poster %v, %v", f.Title, c, err)
		}
	}
	if sum > 800<<10 {
		t.Errorf("%d bytes in all", sum)
	}
}
