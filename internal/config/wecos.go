// Package config loads and checks configurations: JSON with comments, where
// defaults give way to the file, the file to the environment and the
// environment to flags. It also writes the files that init makes.
//
// It never evaluates anything, never shows a secret, and never imports a server
// or the engine.
package config

import "path/filepath"

// Wecos is the effective configuration of wecos. All folders are absolute and
// clean, all strings trimmed.
type Wecos struct {
	File string // absolute path of the configuration; "" when there is none
	Dir  string // what relative paths were resolved against: the file's folder, else the working directory

	AppDir    string
	BackupDir string // "": image backups are not kept
	OutDir    string // "": the app is slimmed in place

	Suffixes    []string // lower case, with dot
	Blacklist   []string
	ReplaceHost []string // without slashes at the end
	TargetHost  string   // without a slash at the end; the scheme is optional
	Compress    *Compress
	Watch       bool
	Concurrency int // 1 to 256
	FileName    string
	// CacheControl is sent with every object; "" sends none.
	CacheControl string
	// KeepUnreferenced: images that nothing names stay ("unreferenced": "keep").
	KeepUnreferenced bool

	COS COS

	Local     bool   // use the embedded store
	LocalAddr string // host:port on loopback; port 0 is any

	origins map[string]Origin
	display string // File as a person would name it
}

// COS is where images go. With Wecos.Local anything may be missing here.
type COS struct {
	SecretID  Secret
	SecretKey Secret
	Token     Secret
	Bucket    string // name-appid; may be empty with Endpoint
	Region    string // today's name; may be empty with Endpoint
	Folder    string // without slashes at the ends; "" is the bucket's top
	Endpoint  string // URL without a slash at the end; "" is the service
}

// Compress asks for smaller images.
type Compress struct {
	Engine   string `json:"engine"`   // EngineLocal or EngineCI
	Quality  int    `json:"quality"`  // 1 to 100
	MaxWidth int    `json:"maxWidth"` // pixels; 0 is any
}

// The values of Compress.Engine.
const (
	EngineLocal = "local" // by this program
	EngineCI    = "ci"    // by the service, while uploading
)

// Warning is a finding about a configuration that stops nothing.
type Warning struct {
	File string // as a person would name it
	Text string
	Hint string // what to do
}

// Flags are the command-line flags that override the file; nil is not given.
// Relative paths in them are resolved against LoadOptions.Dir.
type Flags struct {
	AppDir      *string // --app-dir
	BackupDir   *string // --backup-dir
	OutDir      *string // --out
	Concurrency *int    // --concurrency
	Watch       *bool   // --watch
	Local       *bool   // --local
	LocalAddr   *string // --local-addr
}

// LoadOptions say where a configuration comes from.
type LoadOptions struct {
	// Path is the file to read, relative to Dir; "" looks for
	// wecos.config.json in Dir and its parents.
	Path string
	// Dir is the working directory, absolute.
	Dir string
	// Env looks up an environment variable, as os.Getenv does; nil is an empty
	// environment.
	Env   func(name string) string
	Flags Flags
	// NoAccount lets bucket, region and credentials be missing, for commands
	// that never talk to the store.
	NoAccount bool
	// NoKeys lets the credentials be missing, for commands that need no more
	// than the addresses.
	NoKeys bool
}

// StateDir is the folder of journal, manifest and text backups: BackupDir's
// .wecos, or .wecos beside the configuration when there is no BackupDir.
func (w *Wecos) StateDir() string {
	if w.BackupDir == "" {
		return filepath.Join(w.Dir, ".wecos")
	}
	return filepath.Join(w.BackupDir, ".wecos")
}

// Exclude are the folders that a scan must leave alone.
func (w *Wecos) Exclude() []string {
	dirs := []string{filepath.Join(w.Dir, ".wecos")}
	for _, dir := range []string{w.BackupDir, w.OutDir} {
		if dir != "" {
			dirs = append(dirs, dir)
		}
	}
	return dirs
}
