// Package samples holds eight short films with their posters, drawn for this
// program, so that a new server has something to show.
//
// It never serves them: package video does.
package samples

import (
	"embed"

	"github.com/wecos-go/wecos/internal/servers/video"
)

//go:embed *.mp4 *.jpg
var files embed.FS

// titles are those of the films, in the order of the list.
var titles = []struct{ name, title string }{
	{"tea", "春茶 · A cup of tea"},
	{"lantern", "灯笼 · Lanterns"},
	{"boat", "归帆 · Sailing home"},
	{"kite", "风筝 · The kite"},
	{"rain", "雨天 · A rainy day"},
	{"train", "火车 · The train"},
	{"night", "看星星的猫 · Night cat"},
	{"koi", "锦鲤 · Koi"},
}

// Films are the rows of a new database. Their addresses name Files.
func Films() []video.Film {
	var films []video.Film
	for _, t := range titles {
		films = append(films, video.Film{Title: t.title, Image: video.SampleScheme + t.name + ".jpg", URL: video.SampleScheme + t.name + ".mp4"})
	}
	return films
}

// Files are the contents of the films and their posters.
func Files() (video.Files, error) {
	entries, err := files.ReadDir(".")
	if err != nil {
		return nil, err
	}
	all := make(video.Files, len(entries))
	for _, e := range entries {
		if all[e.Name()], err = files.ReadFile(e.Name()); err != nil {
			return nil, err
		}
	}
	return all, nil
}
