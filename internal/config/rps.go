package config

import "strings"

// RPS is the configuration of the server of rock, paper, scissors.
type RPS struct {
	Server
	// RootPath is where Socket.IO is served: it begins with a slash and does not
	// end with one.
	RootPath string
	RoomSize int
	// GameSeconds is how long a game lasts, ResumeSeconds how long a seat is kept
	// whose player's connection is gone.
	GameSeconds, ResumeSeconds int
	// Robots play at "random", or against "habits", RobotStrength times of 100.
	Robots        string
	RobotStrength int
	// PingInterval and PingTimeout are in milliseconds, as clients are told.
	PingInterval, PingTimeout int
	// EventsPerSecond and EventBurst bound what a client may send; 0 is no
	// limit. MessageBytes is the largest message.
	EventsPerSecond, EventBurst, MessageBytes int
	// Redis is what several nodes share.
	Redis Redis
}

// NewRPS returns the defaults.
func NewRPS() *RPS {
	r := &RPS{
		Server: newServer("rps", 9595), RootPath: "/applet/websocket/socket.io",
		RoomSize: 2, GameSeconds: 3, ResumeSeconds: 30, Robots: "random", RobotStrength: 100,
		PingInterval: 25_000, PingTimeout: 60_000, EventsPerSecond: 20, EventBurst: 60, MessageBytes: 16 << 10,
	}
	r.Redis = Redis{Port: 6379, Prefix: "rps:"}
	r.noBasePath = true
	// Connections stay open, and a whole class may share an address.
	r.Limits.Connections, r.Limits.ConnectionsPerClient = 20_000, 512
	return r
}

func (r *RPS) keys() []*serverKey {
	return append([]*serverKey{
		textKey("rootPath", &r.RootPath, "path of Socket.IO").explain("/applet/ws/socket.io works as well."),
		numberKey("roomSize", &r.RoomSize, 2, 8, "players of a game"),
		numberKey("gameSeconds", &r.GameSeconds, 1, 600, "time to choose"),
		numberKey("resumeSeconds", &r.ResumeSeconds, 1, 3600, "time for which the seat is kept of a player whose connection is gone"),
		choiceKey("robots", &r.Robots, []string{"random", "habits"}, "how robots choose: at random, or against the habits of their opponent"),
		numberKey("robotStrength", &r.RobotStrength, 0, 100, "how often of 100 times robots make use of habits"),
		numberKey("pingInterval", &r.PingInterval, 1000, 3_600_000, "milliseconds between two heartbeats"),
		numberKey("pingTimeout", &r.PingTimeout, 1000, 3_600_000, "milliseconds for the answer to a heartbeat"),
		numberKey("eventsPerSecond", &r.EventsPerSecond, 0, 1<<20, "events of a client in a second; 0 is no limit"),
		numberKey("eventBurst", &r.EventBurst, 1, 1<<20, "events that a client may send at once"),
		numberKey("messageBytes", &r.MessageBytes, 1<<10, 1<<24, "size of the largest message"),
	}, r.Redis.keys("host of the Redis that several nodes share; without one there is one node")...)
}

func (r *RPS) finish() error {
	root := "/" + strings.Trim(r.RootPath, "/")
	if root == "/" || strings.Contains(root, "//") || strings.ContainsAny(root, "?#% \\") || hasControl(root) {
		return r.fail("rootPath", `it looks like "/applet/websocket/socket.io"`, "must be a plain path")
	}
	r.RootPath = root
	return r.Redis.check(&r.Server, "rps:")
}

// Strength is how often, of 1, robots play against habits.
func (r *RPS) Strength() float64 {
	if r.Robots != "habits" {
		return 0
	}
	return float64(r.RobotStrength) / 100
}
