package slim

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"
	"testing"

	"github.com/wecos-go/wecos/internal/safefs"
	"github.com/wecos-go/wecos/internal/upload"
)

func TestExplainDisk(t *testing.T) {
	temp := "/backup/" + safefs.TempName("a.png")
	for _, tt := range []struct {
		err  error
		want string // the message, and the hint's beginning after a bar
	}{
		{&fs.PathError{Op: "write", Path: temp, Err: syscall.ENOSPC}, "cannot write to /backup: no space left on device | make room"},
		{&fs.PathError{Op: "mkdir", Path: "/backup", Err: syscall.EROFS}, "cannot make /backup: read-only file system | name a folder"},
		{fmt.Errorf("scan: %w", &fs.PathError{Op: "open", Path: "/app", Err: syscall.EACCES}), "cannot open /app: permission denied | mend its rights"},
		{&fs.PathError{Op: "mkdir", Path: "/file/b", Err: syscall.ENOTDIR}, "cannot make /file/b: not a directory | a file is in its place"},
		{&fs.PathError{Op: "open", Path: "/app", Err: syscall.EIO}, "cannot open /app: input/output error | the disk fails"},
		{&fs.PathError{Op: "open", Path: "/app", Err: syscall.EMFILE}, "open /app: too many open files | "},
		{&Error{Text: "told", Fix: "do this", Err: &fs.PathError{Op: "write", Path: "/a", Err: syscall.ENOSPC}}, "told: write /a: no space left on device | do this"},
	} {
		got := explainDisk(tt.err)
		hint := ""
		var hinted interface{ Hint() string }
		if errors.As(got, &hinted) {
			hint = hinted.Hint()
		}
		if text := got.Error() + " | " + hint; !strings.HasPrefix(text, tt.want) {
			t.Errorf("%v is explained as %q, want %q", tt.err, text, tt.want)
		}
		var cause syscall.Errno
		if !errors.As(got, &cause) || !errors.Is(tt.err, cause) {
			t.Errorf("%v lost its cause", got)
		}
	}
	if explainDisk(nil) != nil {
		t.Error("no error is explained")
	}
}

func TestUnnamed(t *testing.T) {
	err := error(&unnamed{&upload.Error{Op: "put", Key: "a.png", Status: 500, Code: "InternalError"}})
	if err.Error() != "status 500 InternalError" {
		t.Errorf("it says %q", err)
	}
	if _, ok := errors.AsType[*upload.Error](err); !ok {
		t.Error("the cause is lost")
	}
}
