package safefs

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path"
	"time"
)

// lockPoll is how often a waiting Lock looks again.
const lockPoll = 100 * time.Millisecond

// Lock keeps other processes out of a folder until Release. The operating
// system holds it for the process, so that the lock of a process that died is
// free at once, whatever its file says.
type Lock struct{ file *os.File }

// holder is the content of a lock file: it only serves the message for those
// who find the lock held.
type holder struct {
	PID     int       `json:"pid"`
	Started time.Time `json:"started"`
}

// Lock takes the lock file name. If another process (or another Lock of this
// one) holds it the error is a *HeldError, or with wait Lock returns when it is
// free or ctx ends.
func (r *Root) Lock(ctx context.Context, name string, now time.Time, wait bool) (*Lock, error) {
	if err := r.MkdirAll(path.Dir(name), nil); err != nil {
		return nil, err
	}
	l, err := local(name)
	if err != nil {
		return nil, err
	}
	if err := r.before(OpCreate, name); err != nil {
		return nil, err
	}
	f, err := r.root.OpenFile(l, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, err
	}
	if err := acquire(ctx, f, wait); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	lock := &Lock{f}
	if err := lock.sign(now); err != nil {
		return nil, errors.Join(err, lock.Release())
	}
	return lock, nil
}

func acquire(ctx context.Context, f *os.File, wait bool) error {
	for {
		ok, err := tryLock(f)
		if ok || err != nil {
			return err
		}
		if !wait {
			return heldBy(f)
		}
		timer := time.NewTimer(lockPoll)
		select {
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		case <-timer.C:
		}
	}
}

func heldBy(f *os.File) error {
	var h holder
	// An unreadable holder is just a nameless one.
	data, err := io.ReadAll(io.NewSectionReader(f, 0, 4096))
	if err == nil {
		_ = json.Unmarshal(data, &h)
	}
	return &HeldError{PID: h.PID, Since: h.Started}
}

func (l *Lock) sign(now time.Time) error {
	data, err := json.Marshal(holder{PID: os.Getpid(), Started: now.UTC().Truncate(time.Second)})
	if err != nil {
		return err
	}
	if err := l.file.Truncate(0); err != nil {
		return err
	}
	_, err = l.file.WriteAt(append(data, '\n'), 0)
	return err
}

// Release gives the lock up. Its file stays: removing it would let two
// processes hold locks on two files of the same name.
func (l *Lock) Release() error { return l.file.Close() }
