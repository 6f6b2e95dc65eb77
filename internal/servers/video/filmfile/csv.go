package filmfile

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/wecos-go/wecos/internal/servers/video"
)

// csvNames are the names of columns that are understood, each with the others
// that people give it.
var csvNames = [][]string{
	{"id"},
	{"video_title", "title", "标题", "片名"},
	{"video_image", "image", "poster", "封面", "图片"},
	{"video_url", "url", "video", "地址", "视频"},
}

// readCSV reads films: title, image and address, in the order that the first
// line gives them, or else in this one.
func readCSV(data []byte) (video.Import, error) {
	first, _, _ := bytes.Cut(data, []byte("\n"))
	r := csv.NewReader(bytes.NewReader(data))
	r.FieldsPerRecord, r.ReuseRecord = -1, true
	for _, comma := range ";\t" { // which spreadsheets of other countries write
		if bytes.ContainsRune(first, comma) && !bytes.ContainsRune(first, ',') {
			r.Comma = comma
		}
	}
	r.TrimLeadingSpace = r.Comma != '\t' // of which an empty field consists
	var in video.Import
	places := []int{-1, 0, 1, 2}
	for begun := false; ; begun = true {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			return in, nil
		}
		if parse, ok := errors.AsType[*csv.ParseError](err); ok {
			return in, &Error{Line: parse.Line, Text: parse.Err.Error(), Fix: `a field with a comma or a quote is written "like, this"`}
		}
		if err != nil {
			return in, err
		}
		line, _ := r.FieldPos(0)
		if !begun {
			if found, ok := csvHeader(record); ok {
				places = found
				continue
			}
		}
		if err := csvFilm(&in, line, record, places); err != nil {
			return in, err
		}
	}
}

// csvHeader finds the columns when a line names them.
func csvHeader(record []string) (places []int, ok bool) {
	for _, names := range csvNames {
		places = append(places, slices.IndexFunc(record, func(s string) bool {
			return slices.Contains(names, strings.ToLower(strings.TrimSpace(s)))
		}))
	}
	return places, places[1] >= 0 && places[3] >= 0
}

func csvFilm(in *video.Import, line int, record []string, places []int) error {
	fields := make([]string, len(places))
	for i, at := range places {
		switch {
		case at >= 0 && at < len(record):
			fields[i] = record[at]
		case i > 0 && at >= 0:
			return &Error{Line: line, Text: fmt.Sprintf("%d fields, and %s should be field %d", len(record), csvNames[i][0], at+1), Fix: "wanted are title, image and address"}
		}
	}
	f := video.Film{Title: fields[1], Image: fields[2], URL: fields[3]}
	if id := strings.TrimSpace(fields[0]); id != "" {
		n, err := strconv.ParseInt(id, 10, 32)
		if err != nil || n < 0 {
			return &Error{Line: line, Text: fmt.Sprintf("id %q is no whole number", id)}
		}
		f.ID = n
	}
	return addFilm(in, line, f)
}
