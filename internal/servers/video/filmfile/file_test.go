package filmfile

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"github.com/wecos-go/wecos/internal/servers/video"
)

// one is a film that the files of the tests have.
func film(id int64, title string) video.Film {
	return video.Film{ID: id, Title: title, Image: "https://a.example/" + title + ".jpg", URL: "https://a.example/" + title + ".mp4"}
}

func read(t *testing.T, name, text string) video.Import {
	t.Helper()
	in, err := Read(name, strings.NewReader(text))
	if err != nil {
		t.Fatalf("%v (%q)", err, text)
	}
	return in
}

// Dumps as programs write them, each with the same two films and two comments.
func TestDumps(t *testing.T) {
	files, err := filepath.Glob("testdata/*.sql")
	if err != nil || len(files) < 4 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			f, err := os.Open(file)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			in, err := Read(file, f)
			if err != nil {
				t.Fatal(err)
			}
			if want := []video.Film{film(1, "a"), film(7, "片")}; !slices.Equal(in.Films, want) {
				t.Errorf("films %+v, want %+v", in.Films, want)
			}
			if want := []video.Comment{
				{ID: 3, Film: 7, Nick: "小明", Avatar: "https://a.example/me.png", Content: "It's \"good\"; -- really \\ \n次行 😀"},
				{ID: 4, Film: 1, Nick: "b", Content: "ok"},
			}; !slices.Equal(in.Comments, want) {
				t.Errorf("comments %+v, want %+v", in.Comments, want)
			}
		})
	}
}

func TestDumpStatements(t *testing.T) {
	row := `(1,'a','https://a.example/a.jpg','https://a.example/a.mp4')`
	want := []video.Film{film(1, "a")}
	for _, text := range []string{
		"INSERT INTO video VALUES " + row,
		"insert into `video` values" + row + ";",
		"INSERT IGNORE INTO `db`.`video` VALUE " + row + " ON DUPLICATE KEY UPDATE id = id;",
		"REPLACE INTO Video VALUES " + row,
		"INSERT LOW_PRIORITY INTO db . video VALUES " + row,
		`INSERT INTO "video" VALUES ` + row,
		"DROP TABLE video; DELETE FROM video; UPDATE video SET id = 1; INSERT INTO video VALUES " + row,
		"INSERT INTO video (video_url, video_title, extra, video_image, id) VALUES ('https://a.example/a.mp4', 'a', NOW() + INTERVAL (1) DAY, 'https://a.example/a.jpg', 1)",
		"CREATE TABLE IF NOT EXISTS `video` (`video_title` varchar(5) DEFAULT 'a,b)', id int, x ENUM('a','b'), video_image text, video_url text, PRIMARY KEY (id), KEY k (`x`)) ENGINE=x; INSERT INTO video VALUES ('a', 1, NULL, 'https://a.example/a.jpg', 'https://a.example/a.mp4')",
		"# INSERT INTO video VALUES (2)\n-- x\n/* INSERT INTO video VALUES (3) */ INSERT INTO video VALUES " + row,
		"/*!40101 SET NAMES utf8 */; /*!50003 INSERT INTO video VALUES (4) */ INSERT INTO video VALUES " + row,
		"DELIMITER ;;\nCREATE TRIGGER t BEFORE INSERT ON comment FOR EACH ROW BEGIN INSERT INTO video VALUES (9,'x','y','z'); END ;;\nDELIMITER ;\nINSERT INTO video VALUES " + row,
		"INSERT INTO other VALUES ('INSERT INTO video VALUES (5)', 'it\\'s; ', 'it''s'); INSERT INTO video VALUES " + row,
		"INSERT INTO video VALUES (1, _utf8mb4'a', N'https://a.example/a.jpg', 0x68747470733a2f2f612e6578616d706c652f612e6d7034)",
		"INSERT INTO video VALUES ('1', X'61', 'https://a.example/' 'a.jpg', 'https://a.example/a.mp4')",
	} {
		if in := read(t, "x.sql", text); !slices.Equal(in.Films, want) || len(in.Comments) > 0 {
			t.Errorf("%s: %+v", text, in)
		}
	}
}

func TestRefusedFiles(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		line       int
		part       string
	}{
		{"x.txt", "", 0, "neither a .csv nor a .sql"},
		{"x.sql", "", 0, "no films"},
		{"x.sql", "\n\nINSERT INTO video VALUES (1, 'a", 3, "a quote that is not closed"},
		{"x.sql", "INSERT INTO video VALUES (1, 'a'", 1, "a row that is not closed"},
		{"x.sql", "INSERT INTO video VALUES (1, 'a');", 1, "2 values for 0 columns"},
		{"x.sql", "INSERT INTO video SELECT * FROM other", 1, "an INSERT without VALUES"},
		{"x.sql", "INSERT INTO video SET id = 1", 1, "an INSERT without VALUES"},
		{"x.sql", "INSERT INTO video (id, video_title) VALUES (1, 'a')", 1, "no video_image"},
		{"x.sql", "INSERT INTO video VALUES (1, LOAD_FILE('/etc/passwd'), '', 'https://a.example')", 1, "video_title is an expression"},
		{"x.sql", "INSERT INTO video VALUES (1, CONCAT('a', 'b'), '', 'https://a.example')", 1, "video_title is an expression"},
		{"x.sql", "INSERT INTO video VALUES (1, @x, '', 'https://a.example')", 1, "video_title is an expression"},
		{"x.sql", "INSERT INTO video VALUES (1+1, 'a', '', 'https://a.example')", 1, "id"},
		{"x.sql", "INSERT INTO video VALUES (-1, 'a', '', 'https://a.example')", 1, "no whole number"},
		{"x.sql", "INSERT INTO video VALUES (99999999999, 'a', '', 'https://a.example')", 1, "no whole number"},
		{"x.sql", "INSERT INTO video VALUES (1, '', '', 'https://a.example')", 1, "without a title"},
		{"x.sql", "INSERT INTO video VALUES (1, 'a', '', 'javascript:alert(1)')", 1, "no http or https address"},
		{"x.sql", "INSERT INTO video VALUES (1, X'ff', '', 'https://a.example')", 1, "is no text"},
		{"x.sql", "INSERT INTO video VALUES (1, 0xabc, '', '')", 1, "hexadecimal digits"},
		{"x.sql", "INSERT INTO comment VALUES (1, 'x', 'n', '', 'c')", 1, "vid \"x\" is no whole number"},
		{"x.sql", "INSERT INTO comment VALUES (1, 1, '" + strings.Repeat("n", 256) + "', '', 'c')", 1, "nick has 256 characters"},
		{"x.sql", "INSERT INTO comment VALUES\n(1, 1, 'n', '', 'c'),\n(1, 1, 'n', '', '" + strings.Repeat("n", 16001) + "')", 3, "content has 16001"},
		{"x.sql", "DELIMITER", 1, "DELIMITER without one"},
		{"x.csv", "", 0, "no films"},
		{"x.csv", "a,b\n", 1, "2 fields, and video_url should be field 3"},
		{"x.csv", "title,url\na,https://a.example\nb,\"x", 3, "quote"},
		{"x.csv", "id,title,url\nx,a,https://a.example\n", 2, "no whole number"},
		{"x.csv", "title,url\n,https://a.example\n", 2, "without a title"},
		{"x.csv", "title,url\na,file:///etc/passwd\n", 2, "no http or https address"},
		{"x.csv", "\xff\xff\xff", 0, "neither UTF-8 nor GB18030"},
	} {
		_, err := Read(tt.name, strings.NewReader(tt.text))
		e, ok := errors.AsType[*Error](err)
		if !ok || e.Line != tt.line || !strings.Contains(e.Text, tt.part) || e.File != tt.name {
			t.Errorf("%.60q: %v, want line %d, %q", tt.text, err, tt.line, tt.part)
		}
	}
}

func TestCSV(t *testing.T) {
	want := []video.Film{film(0, "a"), film(0, "片, b")}
	rows := "a,https://a.example/a.jpg,https://a.example/a.mp4\r\n\"片, b\",\"https://a.example/片, b.jpg\",\"https://a.example/片, b.mp4\"\r\n"
	for _, text := range []string{
		rows,
		"\uFEFF" + rows,
		"title,image,url\n" + rows,
		" Video_Title , video_image,VIDEO_URL\n" + rows,
		"标题,封面,地址\n" + rows,
		"note\turl\ttitle\timage\nx\thttps://a.example/a.mp4\ta\thttps://a.example/a.jpg\n\thttps://a.example/片, b.mp4\t片, b\thttps://a.example/片, b.jpg",
		"url;title;image\nhttps://a.example/a.mp4;a;https://a.example/a.jpg\nhttps://a.example/片, b.mp4;片, b;https://a.example/片, b.jpg",
	} {
		if in := read(t, "x.CSV", text); !slices.Equal(in.Films, want) {
			t.Errorf("%q: %+v", text, in.Films)
		}
	}
	if in := read(t, "x.csv", "id,title,url\n5,a,https://a.example/a.mp4"); in.Films[0].ID != 5 || in.Films[0].Image != "" {
		t.Errorf("with ids: %+v", in.Films)
	}
}

// Spreadsheets on Chinese computers write GBK, PowerShell UTF-16.
func TestEncodings(t *testing.T) {
	text := "标题,封面,地址\n电影,https://a.example/i,https://a.example/v\n"
	gbk, err := simplifiedchinese.GBK.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	utf16, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	for _, encoded := range []string{text, gbk, utf16} {
		if in := read(t, "x.csv", encoded); len(in.Films) != 1 || in.Films[0].Title != "电影" {
			t.Errorf("%q: %+v", encoded, in)
		}
	}
}

func TestTooMuch(t *testing.T) {
	if _, err := Read("x.sql", bytes.NewReader(make([]byte, maxFile+1))); err == nil || !strings.Contains(err.Error(), "larger than 64 MB") {
		t.Errorf("a large file: %v", err)
	}
	rows := strings.Repeat("(1,'a','','https://a.example'),", maxFilms+1)
	if _, err := Read("x.sql", strings.NewReader("INSERT INTO video VALUES "+rows)); err == nil || !strings.Contains(err.Error(), "more than 10000 films") {
		t.Errorf("many films: %v", err)
	}
	values := strings.Repeat("1,", maxColumns+1)
	if _, err := Read("x.sql", strings.NewReader("INSERT INTO video VALUES ("+values+"1)")); err == nil || !strings.Contains(err.Error(), fmt.Sprint("more than ", maxColumns)) {
		t.Errorf("many values: %v", err)
	}
}
