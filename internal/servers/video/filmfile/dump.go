package filmfile

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/wecos-go/wecos/internal/servers/video"
)

// The columns of the two tables, in the order of their definition. That of the
// dump counts, where it is known.
var dumpColumns = map[string][]string{
	"video":   {"id", "video_title", "video_image", "video_url"},
	"comment": {"id", "vid", "nick", "avatar", "content"},
}

// maxColumns bounds the columns of one row.
const maxColumns = 1000

// dump is one that is being read.
type dump struct {
	*lexer
	tok     token // the next one
	in      video.Import
	columns map[string][]string // by table, as CREATE TABLE lists them
}

// readDump takes the rows of INSERT statements for the tables video and comment.
// Of all other statements it knows only where they end.
func readDump(data []byte) (video.Import, error) {
	d := &dump{lexer: newLexer(data), columns: map[string][]string{}}
	if err := d.advance(); err != nil {
		return d.in, err
	}
	for d.tok.kind != end {
		if err := d.statement(); err != nil {
			return d.in, err
		}
	}
	return d.in, nil
}

func (d *dump) advance() (err error) {
	d.tok, err = d.next()
	return err
}

// accept moves on when the next token is this keyword.
func (d *dump) accept(keywords ...string) (bool, error) {
	for _, k := range keywords {
		if d.tok.is(k) {
			return true, d.advance()
		}
	}
	return false, nil
}

// statement reads one, up to behind its delimiter.
func (d *dump) statement() error {
	if d.tok.is("DELIMITER") {
		return d.newDelimiter()
	}
	inserts, err := d.accept("INSERT", "REPLACE")
	if err != nil {
		return err
	}
	if inserts {
		if err := d.insert(); err != nil {
			return err
		}
		return d.finish()
	}
	creates, err := d.accept("CREATE")
	if err != nil {
		return err
	}
	if creates {
		if err := d.create(); err != nil {
			return err
		}
	}
	return d.finish()
}

// newDelimiter is a line of the mysql program: DELIMITER ;;
func (d *dump) newDelimiter() error {
	line, _, _ := bytes.Cut(d.rest(), []byte("\n"))
	fields := strings.Fields(string(line))
	if len(fields) == 0 {
		return &Error{Line: d.tok.line, Text: "DELIMITER without one"}
	}
	d.delimiter = fields[0]
	d.skip(len(line))
	return d.advance()
}

// finish moves behind the end of the statement.
func (d *dump) finish() error {
	for d.tok.kind != finish && d.tok.kind != end {
		if err := d.advance(); err != nil {
			return err
		}
	}
	return d.advance()
}

// name reads the name of a table, without that of its database.
func (d *dump) name() (string, error) {
	name := ""
	for {
		if d.tok.kind == word || d.tok.kind == text {
			name = strings.ToLower(d.tok.text)
			if err := d.advance(); err != nil {
				return "", err
			}
		}
		if !d.tok.symbolIs(".") {
			return name, nil
		}
		if err := d.advance(); err != nil {
			return "", err
		}
	}
}

// create notes the columns of CREATE TABLE name (…).
func (d *dump) create() error {
	if ok, err := d.accept("TEMPORARY"); ok || err != nil {
		return err
	}
	if ok, err := d.accept("TABLE"); !ok || err != nil {
		return err
	}
	for _, k := range []string{"IF", "NOT", "EXISTS"} {
		if _, err := d.accept(k); err != nil {
			return err
		}
	}
	table, err := d.name()
	if err != nil || dumpColumns[table] == nil || !d.tok.symbolIs("(") {
		return err
	}
	var columns []string
	for first, depth := false, 0; ; {
		switch {
		case d.tok.symbolIs("("):
			depth++
			first = depth == 1
		case d.tok.symbolIs(")"):
			depth--
		case d.tok.symbolIs(",") && depth == 1:
			first = true
		case first:
			first = false
			if d.tok.kind == word && (d.tok.quoted || !keyWord(d.tok.text)) && len(columns) < maxColumns {
				columns = append(columns, strings.ToLower(d.tok.text))
			}
		}
		if depth == 0 || d.tok.kind == finish || d.tok.kind == end {
			d.columns[table] = columns
			return nil
		}
		if err := d.advance(); err != nil {
			return err
		}
	}
}

// keyWord reports whether a part of a definition is no column.
func keyWord(s string) bool {
	return slices.Contains([]string{
		"primary", "key", "index", "unique", "fulltext", "spatial", "constraint", "foreign", "check", "period",
	}, strings.ToLower(s))
}

// insert reads INSERT [INTO] table [(columns)] VALUES (…), (…), when the table is
// one of ours.
func (d *dump) insert() error {
	for d.tok.is("LOW_PRIORITY") || d.tok.is("DELAYED") || d.tok.is("HIGH_PRIORITY") || d.tok.is("IGNORE") || d.tok.is("INTO") {
		if err := d.advance(); err != nil {
			return err
		}
	}
	table, err := d.name()
	if err != nil || dumpColumns[table] == nil {
		return err
	}
	columns := d.columns[table]
	if d.tok.symbolIs("(") {
		values, err := d.row()
		if err != nil {
			return err
		}
		columns = nil
		for _, v := range values {
			columns = append(columns, strings.ToLower(string(v.text)))
		}
	}
	if ok, err := d.accept("VALUES", "VALUE"); err != nil || !ok {
		if err == nil {
			err = &Error{Line: d.tok.line, Text: "an INSERT without VALUES", Fix: "dump the rows themselves, as mysqldump does"}
		}
		return err
	}
	for d.tok.symbolIs("(") {
		line := d.tok.line
		values, err := d.row()
		if err != nil {
			return err
		}
		if err := d.take(table, line, columns, values); err != nil {
			return err
		}
		if d.tok.symbolIs(",") {
			if err := d.advance(); err != nil {
				return err
			}
		}
	}
	return nil
}

// value is one of a row.
type value struct {
	text []byte
	made bool // an expression, whose value only a database knows
}

// add takes over the next token of a value.
func (v *value) add(t token) {
	switch {
	case v.made:
		// Nobody asks for its text.
	case t.kind == symbol:
		v.text = append(v.text, t.text...) // the sign of a number, its point
		v.made = t.text != "-" && t.text != "+" && t.text != "."
	case t.kind == word && !t.quoted && strings.HasPrefix(t.text, "_") && len(v.text) == 0:
		// The character set of the string that follows.
	case t.is("NULL") && len(v.text) == 0:
	default:
		v.made = t.kind == word && len(v.text) > 0 && !bytes.HasSuffix(v.text, []byte(".")) && !bytes.HasSuffix(v.text, []byte("-"))
		v.text = append(v.text, t.text...) // strings that follow each other are one
	}
}

// row reads (a, 'b', NULL).
func (d *dump) row() ([]value, error) {
	line := d.tok.line
	var values []value
	var v value
	empty := true
	for depth := 0; ; empty = false {
		t := d.tok
		switch {
		case t.kind == end || t.kind == finish:
			return nil, &Error{Line: line, Text: "a row that is not closed", Fix: "is the file whole?"}
		case t.symbolIs("("):
			depth++
			v.made = v.made || depth > 1
		case t.symbolIs(")"):
			depth--
		case t.symbolIs(",") && depth == 1:
			if len(values) == maxColumns {
				return nil, &Error{Line: t.line, Text: fmt.Sprintf("a row of more than %d values", maxColumns)}
			}
			values, v = append(values, v), value{}
		default:
			v.add(t)
		}
		if err := d.advance(); err != nil {
			return nil, err
		}
		if depth == 0 {
			if !empty {
				values = append(values, v)
			}
			return values, nil
		}
	}
}

// take adds a row of a table.
func (d *dump) take(table string, line int, columns []string, values []value) error {
	wanted := dumpColumns[table]
	if columns == nil && len(values) == len(wanted) {
		columns = wanted
	}
	if len(columns) != len(values) {
		return &Error{Line: line, Text: fmt.Sprintf("a row of %s has %d values for %d columns", table, len(values), len(columns)), Fix: "mysqldump --complete-insert names the columns"}
	}
	fields := make([]string, len(wanted))
	for i, name := range wanted {
		at := slices.Index(columns, name)
		switch {
		case at < 0 && i == 0: // without an id
		case at < 0:
			return &Error{Line: line, Text: fmt.Sprintf("rows of %s have no %s", table, name)}
		case values[at].made:
			return &Error{Line: line, Text: fmt.Sprintf("%s is an expression, and nothing of a dump is carried out", name), Fix: "dump the rows themselves, as mysqldump does"}
		case !utf8.Valid(values[at].text):
			return &Error{Line: line, Text: name + " is no text", Fix: "mysqldump --default-character-set=utf8mb4"}
		default:
			fields[i] = string(values[at].text)
		}
	}
	id, err := number(line, "id", fields[0])
	if err != nil {
		return err
	}
	if table == "video" {
		return addFilm(&d.in, line, video.Film{ID: id, Title: fields[1], Image: fields[2], URL: fields[3]})
	}
	film, err := number(line, "vid", fields[1])
	if err != nil {
		return err
	}
	return addComment(&d.in, line, video.Comment{ID: id, Film: film, Nick: fields[2], Avatar: fields[3], Content: fields[4]})
}

// number reads an id; none is 0.
func number(line int, what, s string) (int64, error) {
	if s == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(s, 10, 32)
	if err != nil || n < 0 {
		return 0, &Error{Line: line, Text: fmt.Sprintf("%s %.40q is no whole number", what, s)}
	}
	return n, nil
}
