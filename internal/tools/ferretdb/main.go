// Command ferretdb is a MongoDB-compatible server for tests: FerretDB over
// SQLite in a folder. It is a module of its own, so that the programs of this
// repository do not depend on a database server, and it is never run outside of
// tests.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/FerretDB/FerretDB/ferretdb"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "ferretdb:", err)
		os.Exit(1)
	}
}

func run() error {
	addr := flag.String("addr", "127.0.0.1:0", "listen here")
	dir := flag.String("dir", "", "keep the databases in this folder, which must exist")
	flag.Parse()
	folder, err := filepath.Abs(*dir)
	if err != nil || *dir == "" {
		return fmt.Errorf("--dir names no folder: %w", err)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	db, err := ferretdb.New(&ferretdb.Config{
		Listener:  ferretdb.ListenerConfig{TCP: *addr},
		Handler:   "sqlite",
		SQLiteURL: "file:" + filepath.ToSlash(folder) + "/", // FerretDB wants the slash
	})
	if err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- db.Run(ctx) }()
	// MongoDBURI waits until the listener is there.
	fmt.Println(db.MongoDBURI())
	return <-ended
}
