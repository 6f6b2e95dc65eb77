package album

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
)

// MaxUpload is the size of the largest picture in bytes. Exactly that is taken.
const MaxUpload = 5 << 20

const (
	maxParts = 64
	// maxForm bounds a form with all its fields in bytes.
	maxForm = MaxUpload + 1<<20
	// maxDrain bounds what is read of a request that is refused: a client that is
	// cut off while it sends does not see the answer.
	maxDrain = 16 << 20
)

var (
	errField = errors.New("the form has no such file")
	errSize  = errors.New("the picture is too large")
	errForm  = errors.New("the form is broken")
)

// upload is the file of a form that is being read.
type file struct {
	form  *multipart.Reader
	part  *multipart.Part
	parts int
	n     int64 // read of the file
	err   error
}

// openFile goes to the file called name. The errors are errField and errForm.
func openFile(r *http.Request, name string) (*file, error) {
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if kind != "multipart/form-data" {
		return nil, errField
	}
	if err != nil || params["boundary"] == "" {
		return nil, fmt.Errorf("%w: no boundary", errForm)
	}
	f := &file{form: multipart.NewReader(&cutReader{r.Body, maxForm}, params["boundary"])}
	for {
		if err := f.next(); err == io.EOF {
			return nil, errField
		} else if err != nil {
			return nil, err
		}
		if f.part.FormName() == name && isFile(f.part) {
			return f, nil
		}
	}
}

// isFile reports whether a part has a file name, be it empty.
func isFile(p *multipart.Part) bool {
	_, params, _ := mime.ParseMediaType(p.Header.Get("Content-Disposition"))
	_, ok := params["filename"]
	return ok
}

// next goes to the next part. The error is io.EOF after the last one, which only
// a whole form has.
func (f *file) next() error {
	if f.parts++; f.parts > maxParts {
		return fmt.Errorf("%w: more than %d parts", errForm, maxParts)
	}
	part, err := f.form.NextRawPart() // names its encoding, which no client uses
	if err != nil && err != io.EOF {
		return fmt.Errorf("%w: %w", errForm, err)
	}
	f.part = part
	return err
}

// Read reads the file. Its io.EOF comes only when the rest of the form was
// there too, so that nothing of a broken form is kept. The other errors are
// errSize and errForm, and stay.
func (f *file) Read(p []byte) (n int, err error) {
	if f.err != nil {
		return 0, f.err
	}
	n, err = f.part.Read(p)
	f.n += int64(n)
	switch {
	case f.n > MaxUpload:
		n, err = 0, errSize
	case err == io.EOF:
		for err = nil; err == nil; {
			err = f.next()
		}
	case err != nil:
		err = fmt.Errorf("%w: %w", errForm, err)
	}
	f.err = err
	return n, err
}

// cutReader ends in errForm where a request is too long.
type cutReader struct {
	r    io.Reader
	left int64
}

func (c *cutReader) Read(p []byte) (int, error) {
	if c.left <= 0 {
		return 0, fmt.Errorf("%w: longer than %d bytes", errForm, maxForm)
	}
	n, err := c.r.Read(p[:min(int64(len(p)), c.left)])
	c.left -= int64(n)
	return n, err
}

// drain reads what is left of a request, within reason.
func drain(r *http.Request) {
	_, _ = io.CopyN(io.Discard, r.Body, maxDrain) // whatever happens, the answer stands
}
