package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/wecos-go/wecos/internal/servers/video"
	"github.com/wecos-go/wecos/internal/servers/video/mariadbtest"
	"github.com/wecos-go/wecos/internal/servers/video/sqlstore"
)

// What the originals needed in ms of CPU a request, with MySQL, was 0.81 and
// 0.68; a fifth of it is the target there.
const (
	listLimit    = 0.81 / 5
	commentLimit = 0.68 / 5
)

// video measures the list of films and twenty comments, from SQLite and from
// MariaDB.
func (b *bench) video(ctx context.Context) error {
	dir := filepath.Join(b.temp, "video")
	lite, err := sqlstore.OpenSQLite(ctx, dir, nil)
	if err != nil {
		return err
	}
	if err := errors.Join(fillVideo(ctx, lite), lite.Close()); err != nil {
		return err
	}
	if err := b.videoIn(ctx, "SQLite", 0, []string{"sqlite", dir}, "--data", dir); err != nil {
		return err
	}

	maria, err := mariadbtest.Start(ctx)
	if errors.Is(err, mariadbtest.ErrNotInstalled) {
		fmt.Fprintf(b.out, "\nwithout MariaDB: %v\n", err)
		return nil
	}
	if err != nil {
		return err
	}
	err = b.videoInMaria(ctx, maria)
	return errors.Join(err, maria.Stop())
}

func (b *bench) videoInMaria(ctx context.Context, maria *mariadbtest.Server) error {
	name, err := maria.Database(ctx)
	if err != nil {
		return err
	}
	s, err := sqlstore.OpenMySQL(ctx, sqlstore.MySQLOptions{Host: maria.Addr, User: mariadbtest.User, Password: mariadbtest.Password, Database: name})
	if err != nil {
		return err
	}
	if err := errors.Join(fillVideo(ctx, s), s.Close()); err != nil {
		return err
	}
	return b.videoIn(ctx, "MariaDB", maria.Pid(), []string{"mysql", maria.Addr, name},
		"--host", maria.Addr, "--user", mariadbtest.User, "--password", mariadbtest.Password, "--database", name,
		"--data", filepath.Join(b.temp, "unused"))
}

// fillVideo stores twelve films, and twenty comments of the third.
func fillVideo(ctx context.Context, s video.Store) error {
	in := video.Import{}
	for n := range 12 {
		in.Films = append(in.Films, video.Film{
			ID: int64(n + 1), Title: fmt.Sprintf("第 %d 部影片", n+1),
			Image: fmt.Sprintf("https://1250000000.vod2.myqcloud.com/pictures/%d.jpg", n), URL: fmt.Sprintf("https://1250000000.vod2.myqcloud.com/films/%d.mp4", n),
		})
	}
	for n := range 20 {
		in.Comments = append(in.Comments, video.Comment{
			ID: int64(n + 1), Film: 3, Nick: fmt.Sprintf("看客 %d", n), Avatar: fmt.Sprintf("https://wx.qlogo.cn/mmopen/vi_32/Q0j4TwGTfTKxRqGcWJ/%d/132", n),
			Content: "这部影片拍得真好，推荐给大家看一看 😀",
		})
	}
	_, err := s.Import(ctx, in)
	return err
}

// videoIn measures the servers on one database.
func (b *bench) videoIn(ctx context.Context, database string, pid int, floor []string, where ...string) error {
	common := append([]string{"serve", "video", "--addr", "127.0.0.1:0", "--limits-requests-per-second", "0"}, where...)
	limits := func(more ...string) []string { return append(append([]string{}, common...), more...) }
	bare, err := b.start(ctx, b.self, append([]string{"bare-video"}, floor...)...)
	if err != nil {
		return err
	}
	uncached, err := b.start(ctx, b.appletctl, limits("--cache-milliseconds", "0", "--access-log=false")...)
	if err != nil {
		return err
	}
	logged, err := b.start(ctx, b.appletctl, limits("--cache-milliseconds", "0")...)
	if err != nil {
		return err
	}
	cached, err := b.start(ctx, b.appletctl, limits("--access-log=false")...)
	if err != nil {
		return err
	}
	for _, l := range []struct {
		name, path string
		limit      float64
	}{
		{"video list", "/applet/video/list?pageNo=1", listLimit},
		{"commentList, 20 rows", "/applet/video/commentList?vid=3", commentLimit},
	} {
		if pid == 0 {
			l.limit = 0
		}
		sides := []side{
			{name: "bare net/http", process: bare, path: l.path, against: true, beside: pid},
			{name: "serve video, uncached", process: uncached, path: l.path, held: true, limit: l.limit, beside: pid},
			{name: "serve video, uncached and logged", process: logged, path: l.path, beside: pid},
			{name: "serve video, cached", process: cached, path: l.path, beside: pid},
		}
		if err := b.compare(ctx, l.name+", "+database, sides); err != nil {
			return err
		}
	}
	return nil
}
