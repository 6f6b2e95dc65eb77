// Package redisclient connects to Redis: a single server, a cluster, or
// whichever server some sentinels say is the master. It knows no key, and never
// writes to the process's standard error.
package redisclient

import (
	"crypto/tls"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/logging"
)

// Options say where Redis is.
type Options struct {
	// Addrs are HOST:PORT: of the server, of some nodes of the cluster, or of the
	// sentinels when Master is given.
	Addrs []string
	// Cluster is for the nodes of a cluster, even for one.
	Cluster bool
	// Master is the name by which sentinels know the server.
	Master string

	Username, Password                 string
	SentinelUsername, SentinelPassword string
	DB                                 int // not in a cluster
	TLS                                bool
	// Retries is how often a command is tried again that may have been carried
	// out; by default never.
	Retries int
}

// stepTime bounds each step of a command: dialling, writing, reading, and the
// wait for a connection.
const stepTime = time.Second

// New returns a client. It connects when it is first used, and again whenever
// it has to; commands end with their context.
func New(opt Options) redis.UniversalClient {
	// What fails is returned, and logged by who asked.
	logging.Disable()
	var secure *tls.Config
	if opt.TLS {
		secure = &tls.Config{MinVersion: tls.VersionTLS12} // the name is that of the address
	}
	retries := -1 // none
	if opt.Retries > 0 {
		retries = opt.Retries
	}
	return redis.NewUniversalClient(&redis.UniversalOptions{
		Addrs: opt.Addrs, MasterName: opt.Master, IsClusterMode: opt.Cluster,
		Username: opt.Username, Password: opt.Password, DB: opt.DB, TLSConfig: secure,
		SentinelUsername: opt.SentinelUsername, SentinelPassword: opt.SentinelPassword,
		ContextTimeoutEnabled: true,
		DialTimeout:           stepTime,
		DialerRetries:         1, // commands are tried again as a whole
		ReadTimeout:           stepTime,
		WriteTimeout:          stepTime,
		PoolTimeout:           stepTime,
		MaxRetries:            retries,
		MinRetryBackoff:       10 * time.Millisecond,
		MaxRetryBackoff:       200 * time.Millisecond,
		MaxRedirects:          4,
		DisableIdentity:       true, // not every managed Redis knows CLIENT SETINFO
	})
}
