package command

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/wecos-go/wecos/internal/cli"
	"github.com/wecos-go/wecos/internal/servers/video"
	"github.com/wecos-go/wecos/internal/servers/video/filmfile"
)

func newVideoImport(env func(string) string) *cobra.Command {
	opt := &videoOptions{env: env}
	replace := false
	cmd := &cobra.Command{
		Use:   "import FILE.csv|FILE.sql",
		Short: "Take over films and comments from a file",
		Long: `Take over films from a CSV file (title, image, address; a first line may name the
columns), or films and comments from a dump of the tables video and comment, as
mysqldump and phpMyAdmin write it. No statement of a dump is carried out: only the
rows of its INSERT statements are read. All of the file is taken over or nothing.

A film or comment that is there already is left alone, so that a file may be
imported again. An id that another film has is replaced by a new one.`,
		Example: `  appletctl video import films.csv
  appletctl video import dump.sql --replace`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return &cli.UsageError{Err: fmt.Errorf("%s takes one file", cmd.CommandPath()), Fix: cmd.CommandPath() + " films.csv"}
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&replace, "replace", false, "remove all films and comments that are there")
	opt.flags(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		in, err := readFilms(args[0])
		if err != nil {
			return err
		}
		in.Replace = replace
		return opt.with(cmd, func(s video.Store) error {
			done, err := s.Import(cmd.Context(), in)
			if err != nil {
				return err
			}
			printImported(cmd.OutOrStdout(), done)
			return nil
		})
	}
	return cmd
}

func readFilms(name string) (in video.Import, err error) {
	f, err := os.Open(name)
	if err != nil {
		return in, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return filmfile.Read(name, f)
}

func printImported(out io.Writer, done video.Imported) {
	fmt.Fprintf(out, "imported %s and %s\n", count(done.Films, "film"), count(done.Comments, "comment"))
	for _, more := range []struct {
		n          int
		what, text string
	}{
		{done.KnownFilms, "film", "there already"},
		{done.KnownComments, "comment", "there already"},
		{done.RenumberedFilms, "film", "under a new id, since another film has the old one"},
		{done.OrphanComments, "comment", "left out, since the film does not exist"},
	} {
		if more.n > 0 {
			fmt.Fprintf(out, "%s %s\n", count(more.n, more.what), more.text)
		}
	}
}

// count is "1 film" or "2 films".
func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
