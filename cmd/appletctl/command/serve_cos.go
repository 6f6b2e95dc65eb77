package command

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/wecos-go/wecos/internal/cli"
	"github.com/wecos-go/wecos/internal/servers/cos"
	"github.com/wecos-go/wecos/internal/servers/cos/disk"
	"github.com/wecos-go/wecos/internal/servers/kit/conn"
)

// serveCOSOptions are the flags of serve cos.
type serveCOSOptions struct {
	service cos.Service
	keys    cos.KeySources
}

func newServeCOS(env func(string) string) *cobra.Command {
	opt := &serveCOSOptions{keys: cos.KeySources{Env: env}}
	s := &opt.service
	cmd := &cobra.Command{
		Use:   "cos",
		Short: "Serve an object store that COS clients understand",
		Long: `Serve an object store that speaks the COS XML API, from a folder. Clients of COS
work with it unchanged: give them its address as the domain or endpoint of the
bucket. Every object is on the disk before a client hears of it.

Keys come from --secret-id and --secret-key, from --secret-file, or from
COS_SECRET_ID and COS_SECRET_KEY in the environment, the first of these that is
there. Without keys no request needs a signature, which only a loopback address
allows. Reading an object needs none unless the store is --private.`,
		Example: `  appletctl serve cos
  appletctl serve cos --data ./store --addr 127.0.0.1:0
  COS_SECRET_ID=AKIDlocal COS_SECRET_KEY=secret appletctl serve cos --private
  appletctl serve cos --public --addr 0.0.0.0:9000 --secret-file cos.keys`,
		Args: cli.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return runServeCOS(cmd.Context(), opt, cmd.OutOrStdout())
		},
	}
	f := cmd.Flags()
	f.StringVar(&s.Options.Dir, "data", "appletctl-data/cos", "folder of the buckets, made if it is missing")
	f.StringVar(&s.Addr, "addr", "127.0.0.1:9000", "address to listen on; port 0 is any free one")
	f.BoolVar(&s.Public, "public", false, "allow an address that other computers reach; needs keys")
	f.StringVar(&s.Options.Bucket, "bucket", cos.DefaultBucket, "bucket that a bare address means: name-appid")
	f.StringVar(&s.Options.Region, "region", cos.DefaultRegion, "region that the store says it is in")
	f.BoolVar(&s.Options.Private, "private", false, "let objects be read with a signature only; needs keys")
	f.Int64Var(&s.Options.MaxObjectSize, "max-object-size", cos.DefaultMaxObjectSize, "largest object or part in bytes")
	f.StringVar(&opt.keys.File, "secret-file", "", "file with lines COS_SECRET_ID=… and COS_SECRET_KEY=…")
	f.StringVar(&opt.keys.ID, "secret-id", "", "id of the key that clients sign with; better in COS_SECRET_ID")
	f.StringVar(&opt.keys.Key, "secret-key", "", "the key itself; better in COS_SECRET_KEY")
	f.StringVar(&opt.keys.Token, "token", "", "token that clients must send with the key; better in COS_TOKEN")
	return cmd
}

func runServeCOS(ctx context.Context, opt *serveCOSOptions, out io.Writer) error {
	var err error
	s := opt.service
	if s.Options.Credentials, err = opt.keys.Find(); err != nil {
		return storeError(err)
	}
	running, wait, err := s.Start(ctx)
	if err != nil {
		return storeError(err)
	}
	fmt.Fprintf(out, "%s serves bucket %s from %s, %s\n",
		running.URL, s.Options.Bucket, cli.Printable(s.Options.Dir), s.Access())
	return wait()
}

// storeError says what to do about a store that does not start.
func storeError(err error) error {
	var hinted interface{ Hint() string }
	if _, ok := errors.AsType[*conn.AddrInUseError](err); ok {
		return startError(err)
	} else if _, ok := errors.AsType[*disk.LockedError](err); ok {
		return failedWith(err, "choose another folder with --data")
	} else if _, ok := errors.AsType[*conn.ListenError](err); !ok && errors.As(err, &hinted) {
		return &cli.UsageError{Err: err, Fix: hinted.Hint()}
	}
	return err
}
