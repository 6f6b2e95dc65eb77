package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"strconv"

	"github.com/go-sql-driver/mysql"
	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/wecos-go/wecos/internal/servers/video"
	"github.com/wecos-go/wecos/internal/servers/video/mariadbtest"
	"github.com/wecos-go/wecos/internal/servers/video/sqlstore"
)

// bareVideo answers the two requests as plainly as net/http allows, with the
// queries and the drivers of the real server: sqlite DIR, or mysql ADDR DATABASE.
func bareVideo(ctx context.Context, args []string) error {
	db, err := bareDatabase(args)
	if err != nil {
		return err
	}
	defer db.Close()
	db.SetMaxOpenConns(20)
	db.SetMaxIdleConns(20)
	films, err := db.PrepareContext(ctx, sqlstore.SelectFilms)
	if err != nil {
		return err
	}
	comments, err := db.PrepareContext(ctx, sqlstore.SelectComments)
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /applet/video/list", func(w http.ResponseWriter, r *http.Request) {
		page, err := strconv.Atoi(r.FormValue("pageNo"))
		if err != nil {
			http.Error(w, "pageNo", http.StatusBadRequest)
			return
		}
		answer(w, func() (any, error) { return bareFilms(r.Context(), films, page) })
	})
	mux.HandleFunc("GET /applet/video/commentList", func(w http.ResponseWriter, r *http.Request) {
		vid, err := strconv.Atoi(r.FormValue("vid"))
		if err != nil {
			http.Error(w, "vid", http.StatusBadRequest)
			return
		}
		answer(w, func() (any, error) { return bareComments(r.Context(), comments, vid) })
	})
	return serveBare(ctx, mux)
}

func bareDatabase(args []string) (*sql.DB, error) {
	switch {
	case len(args) == 2 && args[0] == "sqlite":
		file, err := filepath.Abs(filepath.Join(args[1], sqlstore.SQLiteFile))
		if err != nil {
			return nil, err
		}
		return sql.Open("sqlite", (&url.URL{Scheme: "file", Path: file}).String())
	case len(args) == 3 && args[0] == "mysql":
		c := mysql.NewConfig()
		c.Net, c.Addr, c.DBName, c.User, c.Passwd = "tcp", args[1], args[2], mariadbtest.User, mariadbtest.Password
		return sql.Open("mysql", c.FormatDSN())
	}
	return nil, errors.New("usage: bare-video sqlite DIR | bare-video mysql ADDR DATABASE")
}

// answer encodes what do returns.
func answer(w http.ResponseWriter, do func() (any, error)) {
	data, err := do()
	if err != nil {
		http.Error(w, "failed", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_ = json.NewEncoder(w).Encode(struct {
		Code int    `json:"code"`
		Msg  string `json:"msg"`
		Data any    `json:"data"`
	}{0, "ok", data})
}

func bareFilms(ctx context.Context, stmt *sql.Stmt, page int) (any, error) {
	rows, err := stmt.QueryContext(ctx, video.PageSize, (page-1)*video.PageSize)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var data struct {
		List  []video.Film `json:"list"`
		Total int          `json:"totalPage"`
	}
	for rows.Next() {
		var f video.Film
		if err := rows.Scan(&data.Total, &f.ID, &f.Title, &f.Image, &f.URL); err != nil {
			return nil, err
		}
		data.List = append(data.List, f)
	}
	data.Total = (data.Total + video.PageSize - 1) / video.PageSize
	return data, rows.Err()
}

func bareComments(ctx context.Context, stmt *sql.Stmt, vid int) (any, error) {
	rows, err := stmt.QueryContext(ctx, vid, int64(1)<<62, video.MaxComments)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []video.Comment
	for rows.Next() {
		var c video.Comment
		if err := rows.Scan(&c.ID, &c.Film, &c.Nick, &c.Avatar, &c.Content); err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return all, rows.Err()
}

// serveBare listens, says where, and serves until ctx ends.
func serveBare(ctx context.Context, h http.Handler) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Printf("http://%s\n", l.Addr())
	server := &http.Server{Handler: h}
	stop := context.AfterFunc(ctx, func() { _ = server.Close() })
	defer stop()
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
