package slim

import (
	"errors"

	"github.com/wecos-go/wecos/internal/rewrite"
)

// preparation is what a commit needs before its journal and that no network has
// a part in: the new texts of the sources, and the old ones saved. It is made
// while images are on their way.
type preparation struct {
	of   *rewrite.Decision // of the plan that it is for
	id   string            // of the commit
	done chan struct{}     // closed when the rest is there

	texts editedTexts
	err   error

	journaled bool // a journal may need the old texts from now on
}

// editedTexts are the contents of the sources that a plan edits, by path.
type editedTexts struct{ originals, edited map[string][]byte }

// prepare begins to prepare the commit of the present plan, unless that has
// begun already.
func (r *run) prepare() {
	if r.prep != nil && r.prep.of == r.p.dec || r.copies() {
		return
	}
	err := r.unprepare()
	prep := &preparation{of: r.p.dec, done: make(chan struct{})}
	r.prep = prep
	st, p := r.st, r.p
	go func() {
		defer close(prep.done)
		if prep.err = err; err != nil {
			return
		}
		if prep.id, prep.err = st.newID(r.start); prep.err != nil {
			return
		}
		if prep.texts, prep.err = p.texts(); prep.err == nil {
			prep.err = st.saveTexts(prep.id, prep.texts.originals)
		}
	}()
}

// prepared returns what is prepared for the commit of the present plan.
func (r *run) prepared() (*preparation, error) {
	r.prepare()
	<-r.prep.done
	return r.prep, r.prep.err
}

// unprepare takes back what was prepared for a commit that does not begin.
func (r *run) unprepare() error {
	prep := r.prep
	if r.prep = nil; prep == nil {
		return nil
	}
	<-prep.done
	if prep.journaled || len(prep.texts.originals) == 0 {
		return nil
	}
	return r.st.root.Remove(textsName(prep.id))
}

// forget is unprepare at the end of a round whose error is err.
func (r *run) forget(err *error) { *err = errors.Join(*err, r.unprepare()) }
