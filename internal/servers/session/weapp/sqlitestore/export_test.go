package sqlitestore

import "context"

// Rows counts all rows, expired ones too.
func (s *Store) Rows(ctx context.Context) (n int, err error) {
	err = s.db.Reader.QueryRowContext(ctx, "SELECT count(*) FROM session").Scan(&n)
	return n, err
}
