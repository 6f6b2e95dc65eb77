package mongostore

import (
	"fmt"
	"net"
	"net/url"
	"strings"

	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

// Options say where MongoDB is, in the words of the Node.js server's
// configuration.
type Options struct {
	Username, Password string
	// Host is one host, or several with commas between them, each with a port of
	// its own or not.
	Host string
	Port int
	// Query holds further options of a connection string, such as
	// "?authSource=admin&replicaSet=rs0".
	Query    string
	Database string
}

// OptionsError says that a connection string would not do. It holds no password.
type OptionsError struct{ Problem string }

func (e *OptionsError) Error() string { return "mongoConfig: " + e.Problem }

// Hint says what to do about it.
func (e *OptionsError) Hint() string {
	return `host is a name or an address, query looks like "authSource=admin&replicaSet=rs0"`
}

// DefaultDatabase is that of a configuration that names none.
const DefaultDatabase = "applet"

// Warnings are what an operator should know of opt.
func (o Options) Warnings() []string {
	query, err := o.query()
	if err == nil && isOldMechanism(query.Get("authMechanism")) {
		return []string{"MongoDB removed authMechanism MONGODB-CR; the server is asked for SCRAM instead"}
	}
	return nil
}

func isOldMechanism(name string) bool { return strings.EqualFold(name, "MONGODB-CR") }

func (o Options) query() (url.Values, error) {
	query, err := url.ParseQuery(strings.TrimLeft(strings.TrimSpace(o.Query), "/?"))
	if err != nil {
		return nil, &OptionsError{"query is no list of options"}
	}
	return query, nil
}

// uri is the connection string.
func (o Options) uri() (string, error) {
	query, err := o.query()
	if err != nil {
		return "", err
	}
	if isOldMechanism(query.Get("authMechanism")) {
		// Without a mechanism client and server agree on the best SCRAM that both
		// know.
		query.Del("authMechanism")
	}
	var hosts []string
	for host := range strings.SplitSeq(o.Host, ",") {
		host = strings.TrimSpace(host)
		if host == "" || strings.ContainsAny(host, "/@?# ") {
			return "", &OptionsError{"host is none"}
		}
		if _, _, err := net.SplitHostPort(host); err != nil && o.Port > 0 {
			host = net.JoinHostPort(strings.Trim(host, "[]"), fmt.Sprint(o.Port))
		}
		hosts = append(hosts, host)
	}
	u := url.URL{Scheme: "mongodb", Host: strings.Join(hosts, ","), Path: "/", RawQuery: query.Encode()}
	if o.Username != "" {
		u.User = url.UserPassword(o.Username, o.Password)
	}
	return u.String(), nil
}

// client are the driver's options.
func (o Options) client() (*options.ClientOptions, error) {
	uri, err := o.uri()
	if err != nil {
		return nil, err
	}
	c := options.Client().ApplyURI(uri)
	if err := c.Validate(); err != nil {
		// Its text may quote the string, and with it the password.
		return nil, &OptionsError{"the driver does not understand host, port or query"}
	}
	// The budget of a request is shorter than the driver's own times.
	return c.SetServerSelectionTimeout(selection).SetConnectTimeout(selection).SetAppName("appletctl"), nil
}
