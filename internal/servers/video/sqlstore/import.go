package sqlstore

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/wecos-go/wecos/internal/servers/video"
)

// batch is how many comments one statement stores.
const batch = 100

const insertComments = "INSERT INTO comment (id, vid, nick, avatar, content) VALUES "

// Import implements video.Store.
func (s *Store) Import(ctx context.Context, in video.Import) (video.Imported, error) {
	done, err := s.importAll(ctx, in)
	if err != nil && ctx.Err() != nil {
		err = ctx.Err() // the transaction, or its connection, ended with it
	}
	if err != nil {
		return video.Imported{}, fmt.Errorf("import: %w", err)
	}
	return done, nil
}

func (s *Store) importAll(ctx context.Context, in video.Import) (done video.Imported, err error) {
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return done, err
	}
	defer tx.Rollback() // nothing after a commit
	m := &importer{tx: tx, ids: map[int64]int64{}, known: map[int64]video.Film{}, same: map[video.Film]int64{}}
	if err := m.begin(ctx, in.Replace); err != nil {
		return done, err
	}
	// Ids are given in the order of the old ones, which is the order of time.
	films := slices.SortedStableFunc(slices.Values(in.Films), func(a, b video.Film) int { return cmp.Compare(a.ID, b.ID) })
	for _, f := range films {
		if err := m.film(ctx, f); err != nil {
			return done, fmt.Errorf("film %d: %w", f.ID, err)
		}
	}
	comments := slices.SortedStableFunc(slices.Values(in.Comments), func(a, b video.Comment) int { return cmp.Compare(a.ID, b.ID) })
	for _, c := range comments {
		if err := m.comment(ctx, c); err != nil {
			return done, fmt.Errorf("comment %d: %w", c.ID, err)
		}
	}
	if err := m.flush(ctx); err != nil {
		return done, fmt.Errorf("comments: %w", err)
	}
	return m.done, tx.Commit()
}

// importer is one import under way.
type importer struct {
	tx   *sql.Tx
	done video.Imported

	ids   map[int64]int64      // of films: in the file → in the store
	known map[int64]video.Film // what the store has
	same  map[video.Film]int64 // the same, by everything but the id
	last  int64                // the highest id of a comment
	rows  []video.Comment      // with ids of their own, not stored yet
}

// begin learns what the store has.
func (m *importer) begin(ctx context.Context, replace bool) error {
	if replace {
		for _, table := range []string{"comment", "video"} {
			if _, err := m.tx.ExecContext(ctx, "DELETE FROM "+table); err != nil {
				return err
			}
		}
		return nil
	}
	if err := m.tx.QueryRowContext(ctx, "SELECT COALESCE(MAX(id), 0) FROM comment").Scan(&m.last); err != nil {
		return err
	}
	rows, err := m.tx.QueryContext(ctx, `SELECT id, COALESCE(video_title, ''), COALESCE(video_image, ''), COALESCE(video_url, '') FROM video`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var f video.Film
		if err := rows.Scan(&f.ID, &f.Title, &f.Image, &f.URL); err != nil {
			return err
		}
		m.remember(f)
	}
	return rows.Err()
}

func (m *importer) remember(f video.Film) {
	m.known[f.ID] = f
	id := f.ID
	f.ID = 0
	m.same[f] = id
}

// film stores one, unless the store has it under any id.
func (m *importer) film(ctx context.Context, f video.Film) error {
	from := f.ID
	words := f
	words.ID = 0
	if id, ok := m.same[words]; ok {
		m.ids[from] = id
		m.done.KnownFilms++
		return nil
	}
	if _, taken := m.known[f.ID]; taken || f.ID <= 0 {
		done, err := m.tx.ExecContext(ctx, insertFilm, f.Title, f.Image, f.URL)
		if err != nil {
			return err
		}
		if f.ID, err = done.LastInsertId(); err != nil {
			return err
		}
		if from > 0 {
			m.done.RenumberedFilms++
		}
	} else if _, err := m.tx.ExecContext(ctx, "INSERT INTO video (id, video_title, video_image, video_url) VALUES (?, ?, ?, ?)",
		f.ID, f.Title, f.Image, f.URL); err != nil {
		return err
	}
	m.ids[from] = f.ID
	m.remember(f)
	m.done.Films++
	return nil
}

// comment stores one of a film that exists, unless the store has it.
func (m *importer) comment(ctx context.Context, c video.Comment) error {
	film, ok := m.ids[c.Film]
	if !ok {
		if _, ok = m.known[c.Film]; ok {
			film = c.Film
		}
	}
	if !ok {
		m.done.OrphanComments++
		return nil
	}
	c.Film = film
	if c.ID > m.last {
		m.last = c.ID
		m.rows = append(m.rows, c)
		if len(m.rows) < batch {
			return nil
		}
		return m.flush(ctx)
	}
	// What waits has the ids that come next.
	if err := m.flush(ctx); err != nil {
		return err
	}
	there, err := m.at(ctx, c.ID)
	switch {
	case err != nil:
		return err
	case there == c:
		m.done.KnownComments++
		return nil
	case there.ID == 0 && c.ID > 0:
		m.rows = append(m.rows, c)
		return m.flush(ctx)
	}
	m.done.Comments++
	done, err := m.tx.ExecContext(ctx, "INSERT INTO comment (vid, nick, avatar, content) VALUES (?, ?, ?, ?)", c.Film, c.Nick, c.Avatar, c.Content)
	if err != nil {
		return err
	}
	m.last, err = done.LastInsertId()
	return err
}

// at is the comment with an id, or the zero one. Its words are compared here:
// to a database, two emoji or two cases of a letter may be the same.
func (m *importer) at(ctx context.Context, id int64) (video.Comment, error) {
	c := video.Comment{ID: id}
	err := m.tx.QueryRowContext(ctx, `SELECT vid, COALESCE(nick, ''), COALESCE(avatar, ''), COALESCE(content, '')
		FROM comment WHERE id = ?`, id).Scan(&c.Film, &c.Nick, &c.Avatar, &c.Content)
	if errors.Is(err, sql.ErrNoRows) {
		return video.Comment{}, nil
	}
	return c, err
}

// flush stores the comments that wait.
func (m *importer) flush(ctx context.Context) error {
	if len(m.rows) == 0 {
		return nil
	}
	args := make([]any, 0, 5*len(m.rows))
	for _, c := range m.rows {
		args = append(args, c.ID, c.Film, c.Nick, c.Avatar, c.Content)
	}
	text := insertComments + strings.TrimSuffix(strings.Repeat("(?, ?, ?, ?, ?),", len(m.rows)), ",")
	if _, err := m.tx.ExecContext(ctx, text, args...); err != nil {
		return err
	}
	m.done.Comments += len(m.rows)
	m.rows = m.rows[:0]
	return nil
}
