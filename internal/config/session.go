package config

import (
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// Session is the configuration of the session server.
type Session struct {
	Server
	AppID     string
	AppSecret Secret
	// Code2SessionURL is where login codes are exchanged; "" is WeChat's.
	Code2SessionURL string
	// Dev replaces WeChat's login by a local one.
	Dev   bool
	Redis Redis
	Mongo Mongo
}

// Redis says where sessions are kept. Without a host and addresses it is the
// folder Data.
type Redis struct {
	Host             string
	Port             int
	Username         string
	Password         Secret
	DB               int
	Prefix           string
	TTL              int // seconds
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

// Mongo says where drawings are kept. Without a host it is the folder Data.
type Mongo struct {
	Username, Host, Query, Database string
	Password                        Secret
	Port                            int
}

// NewSession returns the defaults.
func NewSession() *Session {
	return &Session{
		Server: newServer("session", 5757),
		Redis:  Redis{Port: 6379, Prefix: "weapp-session:", TTL: 7200},
		Mongo:  Mongo{Port: 27017, Database: "applet"},
	}
}

func (s *Session) keys() []*serverKey {
	r, m := &s.Redis, &s.Mongo
	return []*serverKey{
		textKey("appId", &s.AppID, "id of the mini-program: its AppID").alias("WX_APP_ID"),
		secretKey("appSecret", &s.AppSecret, "secret of the mini-program: its AppSecret").alias("WX_APP_SECRET"),
		textKey("code2sessionURL", &s.Code2SessionURL, "address that login codes are exchanged at; without one it is WeChat's").
			explain("It is sent the AppSecret, so it is https, or http to this computer."),
		boolKey("dev", &s.Dev, "log in without WeChat, as any user; on this computer only").
			explain("Requests of other computers, of proxies and of other pages are refused then."),
		textKey("redisConfig.host", &r.Host, "host of the Redis that keeps sessions; without one they go to the folder data"),
		numberKey("redisConfig.port", &r.Port, 1, 65535, "port of Redis"),
		textKey("redisConfig.username", &r.Username, "account at Redis, where it has any"),
		secretKey("redisConfig.password", &r.Password, "password of Redis").alias("REDIS_PASSWORD"),
		numberKey("redisConfig.db", &r.DB, 0, 1<<20, "number of the database in Redis"),
		textKey("redisConfig.prefix", &r.Prefix, "beginning of the keys in Redis"),
		numberKey("redisConfig.ttl", &r.TTL, 60, 30*24*3600, "lifetime of a session in seconds, in Redis or not"),
		listKey("redisConfig.addresses", &r.Addresses, "host:port of nodes of a cluster, or of sentinels, in place of host"),
		boolKey("redisConfig.cluster", &r.Cluster, "whether Redis is a cluster"),
		textKey("redisConfig.master", &r.Master, "name by which sentinels know the server"),
		secretKey("redisConfig.sentinelPassword", &r.SentinelPassword, "password of the sentinels").alias("REDIS_SENTINEL_PASSWORD"),
		boolKey("redisConfig.tls", &r.TLS, "whether Redis is spoken to in TLS"),
		textKey("mongoConfig.host", &m.Host, "host of the MongoDB that keeps drawings; without one they go to the folder data").
			explain("Several hosts of a replica set have commas between them."),
		numberKey("mongoConfig.port", &m.Port, 1, 65535, "port of MongoDB"),
		textKey("mongoConfig.username", &m.Username, "account at MongoDB"),
		secretKey("mongoConfig.password", &m.Password, "password of the account at MongoDB").alias("MONGO_PASSWORD"),
		textKey("mongoConfig.query", &m.Query, "further options of a connection string, such as authSource=admin"),
		textKey("mongoConfig.database", &m.Database, "database of the collection paints"),
	}
}

func (s *Session) finish() error {
	r := &s.Redis
	if !goodExchange(s.Code2SessionURL) {
		return s.fail("code2sessionURL", "use https, or http to 127.0.0.1", "would carry the AppSecret through a network in the clear")
	}
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
		return s.fail("redisConfig.prefix", `the usual one is "weapp-session:"`, "must not be empty")
	case s.Mongo.Host != "" && s.Mongo.Database == "":
		return s.fail("mongoConfig.database", "", "must not be empty")
	}
	return nil
}

// goodExchange reports whether an address may be sent the AppSecret.
func goodExchange(address string) bool {
	if address == "" {
		return true
	}
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil || u.Fragment != "" {
		return false
	}
	addr, err := netip.ParseAddr(u.Hostname())
	local := strings.EqualFold(u.Hostname(), "localhost") || err == nil && addr.IsLoopback()
	return u.Scheme == "https" || u.Scheme == "http" && local
}
