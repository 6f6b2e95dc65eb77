package filmfile

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"
)

// No file makes a reader panic, and what it takes keeps the limits.
func FuzzRead(f *testing.F) {
	files, err := filepath.Glob("testdata/*.sql")
	if err != nil || len(files) < 4 {
		f.Fatalf("%d seeds, %v", len(files), err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(true, text)
	}
	f.Add(false, []byte("title,url\na,https://a.example/b\n"))
	f.Add(true, []byte("DELIMITER ;;\nINSERT INTO video VALUES (1,0x61,X'61',N'' _utf8'\\'')"))
	f.Fuzz(func(t *testing.T, isDump bool, data []byte) {
		name := "x.csv"
		if isDump {
			name = "x.sql"
		}
		in, err := Read(name, strings.NewReader(string(data)))
		if err != nil {
			e, ok := errors.AsType[*Error](err)
			if !ok || e.Line < 0 || e.Line > 1+strings.Count(string(data), "\n")+strings.Count(string(data), "\r") {
				t.Errorf("error %v", err)
			}
			return
		}
		for _, film := range in.Films {
			if err := film.Check(); err != nil || film.ID < 0 {
				t.Errorf("%+v: %v", film, err)
			}
		}
		for _, c := range in.Comments {
			if c.ID < 0 || c.Film < 0 || !utf8.ValidString(c.Content) || utf8.RuneCountInString(c.Content) > maxContent {
				t.Errorf("%+v", c)
			}
		}
	})
}

// What MySQL escapes comes back as it was.
func FuzzEscapes(f *testing.F) {
	for _, s := range []string{"", "it's", `\`, "a\x00b\x1ac\n\r\t", "😀'';--", `\%\_`} {
		f.Add(s)
	}
	escape := strings.NewReplacer("\x00", `\0`, "'", `\'`, `"`, `\"`, "\n", `\n`, "\r", `\r`, "\x1a", `\Z`, `\`, `\\`)
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) || utf8.RuneCountInString(s) > maxContent {
			return
		}
		for _, quoted := range []string{"'" + escape.Replace(s) + "'", `"` + escape.Replace(s) + `"`, "'" + strings.ReplaceAll(strings.ReplaceAll(s, `\`, `\\`), "'", "''") + "'"} {
			in, err := Read("x.sql", strings.NewReader("INSERT INTO comment VALUES (1,2,'n','',"+quoted+"),(2,2,'n','','end');"))
			if err != nil || len(in.Comments) != 2 || in.Comments[0].Content != s {
				t.Errorf("%s: %+v, %v", strconv.Quote(quoted), in.Comments, err)
			}
		}
	})
}
