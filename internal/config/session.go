package config

import (
	"net/netip"
	"net/url"
	"slices"
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
	m := &s.Mongo
	first := []*serverKey{
		textKey("appId", &s.AppID, "id of the mini-program: its AppID").alias("WX_APP_ID"),
		secretKey("appSecret", &s.AppSecret, "secret of the mini-program: its AppSecret").alias("WX_APP_SECRET"),
		textKey("code2sessionURL", &s.Code2SessionURL, "address that login codes are exchanged at; without one it is WeChat's").
			explain("It is sent the AppSecret, so it is https, or http to this computer."),
		boolKey("dev", &s.Dev, "log in without WeChat, as any user; on this computer only").
			explain("Requests of other computers, of proxies and of other pages are refused then."),
	}
	redis := append(s.Redis.keys("host of the Redis that keeps sessions; without one they go to the folder data"),
		numberKey("redisConfig.ttl", &s.Redis.TTL, 60, 30*24*3600, "lifetime of a session in seconds, in Redis or not"))
	return slices.Concat(first, redis, []*serverKey{
		textKey("mongoConfig.host", &m.Host, "host of the MongoDB that keeps drawings; without one they go to the folder data").
			explain("Several hosts of a replica set have commas between them."),
		numberKey("mongoConfig.port", &m.Port, 1, 65535, "port of MongoDB"),
		textKey("mongoConfig.username", &m.Username, "account at MongoDB"),
		secretKey("mongoConfig.password", &m.Password, "password of the account at MongoDB").alias("MONGO_PASSWORD"),
		textKey("mongoConfig.query", &m.Query, "further options of a connection string, such as authSource=admin"),
		textKey("mongoConfig.database", &m.Database, "database of the collection paints"),
	})
}

func (s *Session) finish() error {
	if !goodExchange(s.Code2SessionURL) {
		return s.fail("code2sessionURL", "use https, or http to 127.0.0.1", "would carry the AppSecret through a network in the clear")
	}
	if err := s.Redis.check(&s.Server, "weapp-session:"); err != nil {
		return err
	}
	if s.Mongo.Host != "" && s.Mongo.Database == "" {
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
