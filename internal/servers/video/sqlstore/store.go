// Package sqlstore keeps films and comments in a database: SQLite in a file, or
// MySQL and what speaks its protocol, MariaDB and TencentDB among them. It makes
// its tables, and brings those that an earlier program made up to date.
//
// It never knows requests, and never says a password.
package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"

	"github.com/wecos-go/wecos/internal/servers/video"
)

// The queries of the two lists, which both databases understand. They are
// exported for comparisons.
const (
	// SelectFilms takes a limit and an offset. Each row has the count of all
	// films in front, so that a page needs one query.
	SelectFilms = `SELECT (SELECT COUNT(*) FROM video), id, COALESCE(video_title, ''), COALESCE(video_image, ''), COALESCE(video_url, '')
		FROM video ORDER BY id LIMIT ? OFFSET ?`
	// SelectComments takes a film, an id that all are below, and a limit.
	SelectComments = `SELECT id, vid, COALESCE(nick, ''), COALESCE(avatar, ''), COALESCE(content, '')
		FROM comment WHERE vid = ? AND id < ? ORDER BY id DESC LIMIT ?`
)

const (
	countFilms = "SELECT COUNT(*) FROM video"
	// The film is looked for in the same step, so that none can vanish between.
	insertComment = `INSERT INTO comment (vid, nick, avatar, content)
		SELECT ?, ?, ?, ? FROM video WHERE id = ?`
	insertFilm = `INSERT INTO video (video_title, video_image, video_url) VALUES (?, ?, ?)`
)

// Store is a video.Store in a database.
type Store struct {
	read, write *sql.DB // the same one for MySQL

	films, count, comments, addComment *sql.Stmt
}

var _ video.Store = (*Store)(nil)

// newStore takes over both pools, also when it fails.
func newStore(ctx context.Context, read, write *sql.DB) (*Store, error) {
	s := &Store{read: read, write: write}
	var err error
	for _, p := range []struct {
		stmt **sql.Stmt
		db   *sql.DB
		text string
	}{
		{&s.films, read, SelectFilms},
		{&s.count, read, countFilms},
		{&s.comments, read, SelectComments},
		{&s.addComment, write, insertComment},
	} {
		if *p.stmt, err = p.db.PrepareContext(ctx, p.text); err != nil {
			return nil, errors.Join(err, s.Close())
		}
	}
	return s, nil
}

// Close ends all use of the database.
func (s *Store) Close() error {
	var errs []error
	for _, stmt := range []*sql.Stmt{s.films, s.count, s.comments, s.addComment} {
		if stmt != nil {
			errs = append(errs, stmt.Close())
		}
	}
	errs = append(errs, s.write.Close())
	if s.read != s.write {
		errs = append(errs, s.read.Close())
	}
	return errors.Join(errs...)
}

// Ping asks the database for an answer.
func (s *Store) Ping(ctx context.Context) error {
	var one int
	return s.read.QueryRowContext(ctx, "SELECT 1").Scan(&one)
}

// Films implements video.Store.
func (s *Store) Films(ctx context.Context, offset, limit int) (films []video.Film, total int, err error) {
	rows, err := s.films.QueryContext(ctx, limit, offset)
	if err != nil {
		return nil, 0, fmt.Errorf("read the films: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var f video.Film
		if err := rows.Scan(&total, &f.ID, &f.Title, &f.Image, &f.URL); err != nil {
			return nil, 0, fmt.Errorf("read the films: %w", err)
		}
		films = append(films, f)
	}
	if err := rows.Err(); err != nil {
		return nil, 0, fmt.Errorf("read the films: %w", err)
	}
	if len(films) == 0 { // past the end, where no row has the count
		if err := s.count.QueryRowContext(ctx).Scan(&total); err != nil {
			return nil, 0, fmt.Errorf("count the films: %w", err)
		}
	}
	return films, total, nil
}

// Comments implements video.Store.
func (s *Store) Comments(ctx context.Context, film, before int64, limit int) ([]video.Comment, error) {
	if before <= 0 {
		before = math.MaxInt64
	}
	rows, err := s.comments.QueryContext(ctx, film, before, limit)
	if err != nil {
		return nil, fmt.Errorf("read the comments: %w", err)
	}
	defer rows.Close()
	var found []video.Comment
	for rows.Next() {
		var c video.Comment
		if err := rows.Scan(&c.ID, &c.Film, &c.Nick, &c.Avatar, &c.Content); err != nil {
			return nil, fmt.Errorf("read the comments: %w", err)
		}
		found = append(found, c)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read the comments: %w", err)
	}
	return found, nil
}

// AddComment implements video.Store.
func (s *Store) AddComment(ctx context.Context, c video.Comment) (int64, error) {
	done, err := s.addComment.ExecContext(ctx, c.Film, c.Nick, c.Avatar, c.Content, c.Film)
	if err != nil {
		return 0, fmt.Errorf("store a comment: %w", err)
	}
	n, err := done.RowsAffected()
	if err != nil {
		return 0, fmt.Errorf("store a comment: %w", err)
	}
	if n == 0 {
		return 0, fmt.Errorf("store a comment: %w", video.ErrNoFilm)
	}
	return done.LastInsertId()
}

// AddFilm implements video.Store.
func (s *Store) AddFilm(ctx context.Context, f video.Film) (int64, error) {
	done, err := s.write.ExecContext(ctx, insertFilm, f.Title, f.Image, f.URL)
	if err != nil {
		return 0, fmt.Errorf("store a film: %w", err)
	}
	return done.LastInsertId()
}
