package command

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/wecos-go/wecos/internal/cli"
	"github.com/wecos-go/wecos/internal/config"
)

// initWecosOptions are the flags of init wecos.
type initWecosOptions struct {
	values config.WecosValues
	force  bool

	compress          string
	quality, maxWidth int
}

func newInitWecos() *cobra.Command {
	opt := &initWecosOptions{values: config.DefaultWecosValues("")}
	v := &opt.values
	cmd := &cobra.Command{
		Use:   "wecos [DIR]",
		Short: "Write wecos.config.json",
		Long: `Write wecos.config.json into DIR, or into the current folder, with every key
explained. A value that no flag gives is the default, or empty where only you
know it. An existing file is left alone.`,
		Example: `  appletctl init wecos
  appletctl init wecos --bucket pictures-1250000000 --region ap-guangzhou
  appletctl init wecos ./shop --app-dir ./miniprogram --target-host https://img.example.com`,
		Args: cli.MaxArgs(1, "folder"),
		RunE: func(cmd *cobra.Command, args []string) error {
			work, err := os.Getwd()
			if err != nil {
				return err
			}
			dir := work
			if len(args) == 1 {
				dir = args[0]
			}
			return runInitWecos(cmd, opt, work, dir)
		},
	}
	f := cmd.Flags()
	f.StringVar(&v.AppDir, "app-dir", v.AppDir, "folder that holds app.json, or the project folder above it")
	f.StringVar(&v.BackupDir, "backup-dir", v.BackupDir, `folder for the original images; "" keeps none`)
	f.StringVar(&v.OutDir, "out-dir", v.OutDir, "write the slimmed app there and leave app-dir untouched")
	f.StringSliceVar(&v.UploadFileSuffix, "upload-file-suffix", v.UploadFileSuffix, "suffixes of the images that go online")
	f.StringSliceVar(&v.UploadFileBlackList, "upload-file-black-list", nil, "files, folders or globs of images that stay")
	f.StringSliceVar(&v.ReplaceHost, "replace-host", nil, "addresses in the code that move to target-host")
	f.StringVar(&v.TargetHost, "target-host", "", "address that the images are read from")
	f.StringVar(&opt.compress, "compress", "", `make images smaller: "local" or "ci"`)
	f.IntVar(&opt.quality, "quality", 85, "quality of compressed images, 1 to 100")
	f.IntVar(&opt.maxWidth, "max-width", 0, "width of compressed images in pixels; 0 is any")
	f.BoolVar(&v.Watch, "watch", v.Watch, "let wecos keep running and slim what is added later")
	f.IntVar(&v.Concurrency, "concurrency", v.Concurrency, "uploads at the same time, 1 to 256")
	f.StringVar(&v.FileName, "file-name", v.FileName, "template of object names, with [path], [name], [ext] and [hash:8]")
	f.StringVar(&v.CacheControl, "cache-control", "", "Cache-Control header of every object")
	f.StringVar(&v.Unreferenced, "unreferenced", v.Unreferenced, `images that nothing names: "upload" or "keep"`)
	f.StringVar(&v.SecretID, "secret-id", "", "id of the account's key; better in COS_SECRET_ID")
	f.StringVar(&v.SecretKey, "secret-key", "", "the account's key; better in COS_SECRET_KEY")
	f.StringVar(&v.Token, "token", "", "token of temporary keys; better in COS_TOKEN")
	f.StringVar(&v.Bucket, "bucket", "", "full name of the bucket: name-appid")
	f.StringVar(&v.Region, "region", "", "region of the bucket, such as ap-guangzhou")
	f.StringVar(&v.Folder, "folder", v.Folder, "folder of the bucket that the images go to")
	f.StringVar(&v.Endpoint, "endpoint", "", "address of a service with the same protocol")
	f.BoolVar(&opt.force, "force", false, "replace an existing file")
	return cmd
}

func runInitWecos(cmd *cobra.Command, opt *initWecosOptions, work, dir string) error {
	changed := cmd.Flags().Changed
	v := opt.values
	if !filepath.IsAbs(dir) {
		dir = filepath.Join(work, dir)
	}
	// A project may need other folders than the documented ones.
	fitting := config.DefaultWecosValues(dir)
	if !changed("app-dir") {
		v.AppDir = fitting.AppDir
		if !changed("backup-dir") {
			v.BackupDir = fitting.BackupDir
		}
	}
	if changed("compress") {
		v.Compress = &config.Compress{Engine: opt.compress, Quality: opt.quality, MaxWidth: opt.maxWidth}
	} else if changed("quality") || changed("max-width") {
		return &cli.UsageError{Err: fmt.Errorf("--quality and --max-width need --compress"), Fix: "--compress local"}
	}
	created, err := config.InitWecos(work, dir, v, opt.force)
	if err != nil {
		return err
	}
	printCreated(cmd.OutOrStdout(), cmd.ErrOrStderr(), created)
	return nil
}

func printCreated(out, errs io.Writer, created *config.Created) {
	for _, w := range created.Warnings {
		fmt.Fprintf(errs, "warning: %s: %s\nhint: %s\n", cli.Printable(w.File), w.Text, w.Hint)
	}
	fmt.Fprintf(out, "wrote %s\n", cli.Printable(created.File))
	if len(created.Missing) > 0 {
		fmt.Fprintf(out, "still to be filled in: %s\n", strings.Join(created.Missing, ", "))
	}
}
