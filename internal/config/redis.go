package config

import (
	"net"
	"strconv"
)

// Redis is the group redisConfig. Without a host and addresses there is none.
type Redis struct {
	Host             string
	Port             int
	Username         string
	Password         Secret
	DB               int
	Prefix           string
	TTL              int // of sessions, in seconds
	Addresses        []string
	Cluster          bool
	Master           string // as sentinels know it
	SentinelPassword Secret
	TLS              bool
}

// Addrs are host:port of the server, of nodes of a cluster or of sentinels.
func (r *Redis) Addrs() []string {
	if len(r.Addresses) > 0 {
		return r.Addresses
	}
	if r.Host == "" {
		return nil
	}
	return []string{net.JoinHostPort(r.Host, strconv.Itoa(r.Port))}
}

// keys are those that every server with a Redis has; host says what it is for.
func (r *Redis) keys(host string) []*serverKey {
	return []*serverKey{
		textKey("redisConfig.host", &r.Host, host),
		numberKey("redisConfig.port", &r.Port, 1, 65535, "port of Redis"),
		textKey("redisConfig.username", &r.Username, "account at Redis, where it has any"),
		secretKey("redisConfig.password", &r.Password, "password of Redis").alias("REDIS_PASSWORD"),
		numberKey("redisConfig.db", &r.DB, 0, 1<<20, "number of the database in Redis"),
		textKey("redisConfig.prefix", &r.Prefix, "beginning of the keys in Redis"),
		listKey("redisConfig.addresses", &r.Addresses, "host:port of nodes of a cluster, or of sentinels, in place of host"),
		boolKey("redisConfig.cluster", &r.Cluster, "whether Redis is a cluster"),
		textKey("redisConfig.master", &r.Master, "name by which sentinels know the server"),
		secretKey("redisConfig.sentinelPassword", &r.SentinelPassword, "password of the sentinels").alias("REDIS_SENTINEL_PASSWORD"),
		boolKey("redisConfig.tls", &r.TLS, "whether Redis is spoken to in TLS"),
	}
}

// check looks at the group of a server, whose usual prefix is given.
func (r *Redis) check(s *Server, prefix string) error {
	for _, address := range r.Addresses {
		if host, port, err := net.SplitHostPort(address); err != nil || host == "" || port == "" {
			return s.fail("redisConfig.addresses", "it looks like 10.0.0.1:6379", "has %q, which is not host:port", shorten(address))
		}
	}
	switch {
	case r.Cluster && r.Master != "":
		return s.fail("redisConfig.master", "leave out one of the two", "is for sentinels, and cluster is on")
	case r.Cluster && r.DB != 0:
		return s.fail("redisConfig.db", "set it to 0", "must be 0 in a cluster, which has one database")
	case r.Prefix == "":
		return s.fail("redisConfig.prefix", "the usual one is "+strconv.Quote(prefix), "must not be empty")
	}
	return nil
}
