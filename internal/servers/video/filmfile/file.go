// Package filmfile reads films and comments from files that people have: a CSV
// file of films, or a dump of the two tables as mysqldump and phpMyAdmin write
// it.
//
// It reads data only: no statement of a dump is ever carried out, and it opens
// no file.
package filmfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"github.com/wecos-go/wecos/internal/servers/video"
)

// What is more than this is refused.
const (
	maxFile     = 64 << 20 // bytes
	maxFilms    = 10_000
	maxComments = 500_000
	// Comments of earlier programs may be longer than new ones.
	maxContent = 16_000 // characters
)

// Error is a file that cannot be taken.
type Error struct {
	File string
	Line int // from 1; 0 when no line is to blame
	Text string
	Fix  string // see Hint
}

func (e *Error) Error() string {
	if e.Line > 0 {
		return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Text)
	}
	return e.File + ": " + e.Text
}

// Hint says what to do about it.
func (e *Error) Hint() string { return e.Fix }

// Read reads a file whose name ends in .csv or .sql. Every error that is not
// one of reading is an *Error.
func Read(name string, from io.Reader) (video.Import, error) {
	read := readCSV
	switch strings.ToLower(filepath.Ext(name)) {
	case ".csv":
	case ".sql":
		read = readDump
	default:
		return video.Import{}, &Error{File: name, Text: "neither a .csv nor a .sql file", Fix: "a table of films is saved as CSV, a database with mysqldump"}
	}
	data, err := io.ReadAll(io.LimitReader(from, maxFile+1))
	if err != nil {
		return video.Import{}, fmt.Errorf("%s: %w", name, err)
	}
	if len(data) > maxFile {
		return video.Import{}, &Error{File: name, Text: fmt.Sprintf("larger than %d MB", maxFile>>20), Fix: "dump the tables video and comment alone"}
	}
	in, err := readText(data, read)
	if e, ok := errors.AsType[*Error](err); ok {
		e.File = name
	}
	return in, err
}

func readText(data []byte, read func([]byte) (video.Import, error)) (video.Import, error) {
	data, err := toUTF8(data)
	if err != nil {
		return video.Import{}, err
	}
	in, err := read(data)
	if err != nil {
		return video.Import{}, err
	}
	if len(in.Films)+len(in.Comments) == 0 {
		return video.Import{}, &Error{Text: "there are no films in it", Fix: "wanted are INSERT statements for a table video or comment, or CSV lines of title, image and address"}
	}
	return in, nil
}

// toUTF8 reads the encodings that such files have: UTF-8, UTF-16 as PowerShell
// redirects it, and what a spreadsheet on a Chinese computer writes.
func toUTF8(data []byte) ([]byte, error) {
	if bytes.HasPrefix(data, []byte{0xFF, 0xFE}) || bytes.HasPrefix(data, []byte{0xFE, 0xFF}) {
		text, err := unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder().Bytes(data)
		if err == nil {
			return text, nil
		}
	}
	data = bytes.TrimPrefix(data, []byte("\uFEFF"))
	if utf8.Valid(data) {
		return data, nil
	}
	text, err := simplifiedchinese.GB18030.NewDecoder().Bytes(data)
	if err != nil || bytes.ContainsRune(text, utf8.RuneError) {
		return nil, &Error{Text: "neither UTF-8 nor GB18030", Fix: "save it as UTF-8; mysqldump takes --default-character-set=utf8mb4"}
	}
	return text, nil
}

// addFilm takes over a film, in its limits.
func addFilm(in *video.Import, line int, f video.Film) error {
	if len(in.Films) == maxFilms {
		return &Error{Line: line, Text: fmt.Sprintf("more than %d films", maxFilms)}
	}
	f.Title, f.Image, f.URL = strings.TrimSpace(f.Title), strings.TrimSpace(f.Image), strings.TrimSpace(f.URL)
	if err := f.Check(); err != nil {
		return &Error{Line: line, Text: err.Error()}
	}
	in.Films = append(in.Films, f)
	return nil
}

// addComment takes over a comment, in its limits.
func addComment(in *video.Import, line int, c video.Comment) error {
	if len(in.Comments) == maxComments {
		return &Error{Line: line, Text: fmt.Sprintf("more than %d comments", maxComments)}
	}
	for _, l := range []struct {
		what, text string
		most       int
	}{{"nick", c.Nick, video.MaxNick}, {"avatar", c.Avatar, video.MaxAvatar}, {"content", c.Content, maxContent}} {
		if n := utf8.RuneCountInString(l.text); n > l.most {
			return &Error{Line: line, Text: fmt.Sprintf("%s has %d characters, more than %d", l.what, n, l.most)}
		}
	}
	in.Comments = append(in.Comments, c)
	return nil
}
