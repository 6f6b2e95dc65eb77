package command

import (
	"github.com/wecos-go/wecos/internal/config"
	"github.com/wecos-go/wecos/internal/servers/kit/redisclient"
)

// redisOptions say where the Redis of a configuration is.
func redisOptions(r *config.Redis) redisclient.Options {
	return redisclient.Options{
		Addrs: r.Addrs(), Cluster: r.Cluster, Master: r.Master, DB: r.DB,
		Username: r.Username, Password: r.Password.Reveal(), SentinelPassword: r.SentinelPassword.Reveal(), TLS: r.TLS,
	}
}
