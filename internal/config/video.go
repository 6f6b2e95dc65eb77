package config

// Video is the configuration of the video server.
type Video struct {
	Server
	// Host is where MySQL is: a name or an address, with or without a port, or
	// the path of a socket; "" is the embedded store in Data.
	Host     string
	User     string
	Password Secret
	Database string
	// PublicURL begins the addresses of the sample films: an address without a
	// slash at the end. "" is the one that a client asked for.
	PublicURL string
	// Connections to MySQL at the same time.
	PoolSize int
	// CommentsPerMinute of one client; 0 is no limit.
	CommentsPerMinute int
	// CacheMilliseconds are how long an answer may be used again; 0 is not at
	// all.
	CacheMilliseconds int
}

// NewVideo returns the defaults.
func NewVideo() *Video {
	return &Video{Server: newServer("video", 9994), PoolSize: 20, CommentsPerMinute: 20, CacheMilliseconds: 1000}
}

func (v *Video) keys() []*serverKey {
	return []*serverKey{
		textKey("host", &v.Host, "host of MySQL, with its port unless that is 3306, or the path of its socket").
			explain("\"\" is the embedded store: SQLite in the folder data, with eight films to begin with."),
		textKey("user", &v.User, "user of MySQL"),
		secretKey("password", &v.Password, "password of that user"),
		textKey("database", &v.Database, "database of the tables video and comment").
			explain("The server makes the tables, and brings older ones up to date without losing rows."),
		textKey("publicURL", &v.PublicURL, "address of the server as phones reach it").
			explain(`The addresses of the sample films begin with it; "" is the one that a phone asked for.`),
		numberKey("poolSize", &v.PoolSize, 1, 1000, "connections to MySQL at the same time"),
		numberKey("commentsPerMinute", &v.CommentsPerMinute, 0, 1<<20, "comments that one client may write in a minute").explain("0 is no limit."),
		numberKey("cacheMilliseconds", &v.CacheMilliseconds, 0, 1<<20, "time for which an answer may be used again").
			explain("What this server stores is seen at once; what another program stores, after this time. 0 asks the database for every request."),
	}
}

func (v *Video) finish() error {
	public, err := v.base("publicURL", v.PublicURL, "https://film.example.com")
	if err != nil {
		return err
	}
	v.PublicURL = public
	switch {
	case v.Host == "" && v.Database != "":
		return v.fail("database", `set host, such as "127.0.0.1"; without both, SQLite is used`, "needs host")
	case v.Host != "" && v.Database == "":
		return v.fail("host", "set database, in which the tables are or will be", "needs database")
	case v.Host != "" && v.User == "":
		return v.fail("host", "set user, and password unless it has none", "needs user")
	}
	return nil
}
