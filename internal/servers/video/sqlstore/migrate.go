package sqlstore

import (
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"fmt"
	"strings"
	"time"
)

//go:embed schema/mysql_video.sql
var mysqlVideo string

//go:embed schema/mysql_comment.sql
var mysqlComment string

// migrateTimeout bounds the work on existing tables, which may be large.
const migrateTimeout = 10 * time.Minute

// column is one of an existing table, in the words of information_schema.
type column struct {
	name, kind string
	length     int64  // in characters; 0 when it has none
	charset    string // "" when it holds no text
	nullable   bool
	primary    bool // the whole primary key, or a part of it
	counts     bool // AUTO_INCREMENT
}

// table is an existing one. A nil table does not exist.
type table struct {
	columns map[string]column
	byFilm  bool // an index begins with vid
}

// text is a column that must hold as many characters.
type text struct {
	name, kind string
	length     int64
}

var (
	videoTexts   = []text{{"video_title", "VARCHAR(255)", 255}, {"video_image", "VARCHAR(1024)", 1024}, {"video_url", "VARCHAR(1024)", 1024}}
	commentTexts = []text{{"nick", "VARCHAR(255)", 255}, {"avatar", "VARCHAR(1024)", 1024}, {"content", "TEXT", 1000}}
)

// migrateMySQL makes the tables, or brings them up to date. What is there
// decides, not a version: a dump of an earlier program may be read in at any
// time. Several processes may do this at once.
func migrateMySQL(ctx context.Context, db *sql.DB) (err error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	steps, err := mysqlSteps(ctx, conn)
	if err != nil || len(steps) == 0 {
		return err
	}

	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), migrateTimeout)
	defer cancel()
	var locked sql.NullInt64
	const lock = "CONCAT('appletctl video ', LEFT(DATABASE(), 40))"
	if err := conn.QueryRowContext(ctx, "SELECT GET_LOCK("+lock+", 60)").Scan(&locked); err != nil {
		return err
	}
	if locked.Int64 != 1 {
		return errors.New("another process has been changing its tables for a minute")
	}
	defer func() {
		_, unlock := conn.ExecContext(ctx, "DO RELEASE_LOCK("+lock+")")
		err = errors.Join(err, unlock)
	}()
	if steps, err = mysqlSteps(ctx, conn); err != nil {
		return err
	}
	// Nothing is cut off or replaced in silence, and an id of 0 stays.
	if _, err := conn.ExecContext(ctx, "SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_AUTO_VALUE_ON_ZERO'"); err != nil {
		return err
	}
	for _, step := range steps {
		if _, err := conn.ExecContext(ctx, step); err != nil {
			return fmt.Errorf("%s: %w", strings.TrimSpace(step[:min(60, len(step))]), err)
		}
	}
	_, err = conn.ExecContext(ctx, "SET SESSION sql_mode = "+sqlMode)
	return err
}

// mysqlSteps are the statements that are missing.
func mysqlSteps(ctx context.Context, conn *sql.Conn) ([]string, error) {
	tables, err := mysqlTables(ctx, conn)
	if err != nil {
		return nil, err
	}
	return planMySQL(tables["video"], tables["comment"])
}

// planMySQL is what brings these tables up to date. It is the same for tables
// that are so already: nothing.
func planMySQL(films, comments *table) ([]string, error) {
	var steps []string
	if films == nil {
		steps = append(steps, mysqlVideo)
	} else {
		changes, err := films.changes("video", videoTexts)
		if err != nil {
			return nil, err
		}
		steps = append(steps, changes...)
	}
	if comments == nil {
		return append(steps, mysqlComment), nil
	}
	changes, err := comments.changes("comment", commentTexts, "vid")
	if err != nil {
		return nil, err
	}
	steps = append(steps, changes...)
	if !comments.byFilm {
		steps = append(steps, "ALTER TABLE comment ADD INDEX comment_of_video (vid, id)")
	}
	return steps, nil
}

// changes are the statements for one existing table.
func (t *table) changes(name string, texts []text, others ...string) (steps []string, err error) {
	for _, other := range append([]string{"id"}, others...) {
		if _, ok := t.columns[other]; !ok {
			return nil, &SchemaError{Table: name, Column: other}
		}
	}
	convert := false
	var widen []string
	for _, want := range texts {
		c, ok := t.columns[want.name]
		if !ok {
			return nil, &SchemaError{Table: name, Column: want.name}
		}
		convert = convert || c.charset != "" && c.charset != "utf8mb4"
		if c.charset == "" || c.length >= want.length {
			continue
		}
		null := "NOT NULL"
		if c.nullable {
			null = "NULL"
		}
		widen = append(widen, fmt.Sprintf("ALTER TABLE %s MODIFY %s %s CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci %s", name, want.name, want.kind, null))
	}
	if convert {
		steps = append(steps, "ALTER TABLE "+name+" CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci")
	}
	steps = append(steps, widen...)
	if id := t.columns["id"]; !id.counts {
		step := "ALTER TABLE " + name + " MODIFY id INT NOT NULL AUTO_INCREMENT"
		if id.kind == "bigint" {
			step = "ALTER TABLE " + name + " MODIFY id BIGINT NOT NULL AUTO_INCREMENT"
		}
		if !id.primary {
			step += ", ADD PRIMARY KEY (id)"
		}
		steps = append(steps, step)
	}
	return steps, nil
}

const (
	selectColumns = `SELECT TABLE_NAME, COLUMN_NAME, DATA_TYPE, COALESCE(CHARACTER_MAXIMUM_LENGTH, 0),
		COALESCE(CHARACTER_SET_NAME, ''), IS_NULLABLE = 'YES', COLUMN_KEY = 'PRI', EXTRA LIKE '%auto_increment%'
		FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME IN ('video', 'comment')`
	selectByFilm = `SELECT COUNT(*) FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE()
		AND TABLE_NAME = 'comment' AND COLUMN_NAME = 'vid' AND SEQ_IN_INDEX = 1`
)

// mysqlTables looks at what there is.
func mysqlTables(ctx context.Context, conn *sql.Conn) (map[string]*table, error) {
	rows, err := conn.QueryContext(ctx, selectColumns)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	tables := map[string]*table{}
	for rows.Next() {
		var of string
		var c column
		if err := rows.Scan(&of, &c.name, &c.kind, &c.length, &c.charset, &c.nullable, &c.primary, &c.counts); err != nil {
			return nil, err
		}
		if c.kind != "char" && c.kind != "varchar" && c.charset != "" && c.length > 0 {
			c.length /= 4 // what texts may hold is counted in bytes
		}
		if tables[of] == nil {
			tables[of] = &table{columns: map[string]column{}}
		}
		tables[of].columns[c.name] = c
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	if comments := tables["comment"]; comments != nil {
		var n int
		if err := conn.QueryRowContext(ctx, selectByFilm).Scan(&n); err != nil {
			return nil, err
		}
		comments.byFilm = n > 0
	}
	return tables, nil
}
