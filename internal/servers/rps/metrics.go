package rps

import "github.com/prometheus/client_golang/prometheus"

// metrics are a node's.
type metrics struct {
	games       prometheus.Counter
	wrong       prometheus.Counter
	dropped     prometheus.Counter
	lobbyErrors prometheus.Counter
	seconds     prometheus.Histogram
	read        []prometheus.Collector // from elsewhere
}

func newMetrics(s *Server) *metrics {
	counter := func(name, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Name: name, Help: help})
	}
	total := func(name, help string, get func() int64) prometheus.Collector {
		return prometheus.NewCounterFunc(prometheus.CounterOpts{Name: name, Help: help}, func() float64 { return float64(get()) })
	}
	gauge := func(name, help string, get func() int) prometheus.Collector {
		return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, func() float64 { return float64(get()) })
	}
	return &metrics{
		games:       counter("rps_games_total", "Games that were started."),
		wrong:       counter("rps_wrong_events_total", "Events that were refused."),
		dropped:     counter("rps_lobby_dropped_total", "Notes for the lobby that were dropped, since too many waited."),
		lobbyErrors: counter("rps_lobby_errors_total", "Requests to the lobby that failed."),
		seconds: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "rps_event_seconds", Help: "Time from an event to everything that it has others sent being queued.",
			Buckets: []float64{.00001, .000025, .00005, .0001, .00025, .0005, .001, .0025, .005, .01, .1, 1},
		}),
		read: []prometheus.Collector{
			gauge("rps_connections", "Socket.IO connections that are open.", func() int { return int(s.sockets.Stats().Sessions) }),
			gauge("rps_players", "Players, those included whose seat is kept.", func() int {
				s.mu.Lock()
				defer s.mu.Unlock()
				return len(s.players)
			}),
			gauge("rps_rooms", "Rooms of this node.", func() int {
				s.mu.Lock()
				defer s.mu.Unlock()
				return len(s.rooms)
			}),
			total("rps_connections_total", "Socket.IO connections.", func() int64 { return s.sockets.Stats().Opened }),
			total("rps_requests_refused_total", "Requests refused by origin, limits or protocol.", func() int64 { return s.sockets.Stats().Refused }),
			total("rps_messages_in_total", "Messages of clients.", func() int64 { return s.sockets.Stats().MessagesIn }),
			total("rps_messages_out_total", "Messages to clients.", func() int64 { return s.sockets.Stats().MessagesOut }),
			total("rps_queue_overflows_total", "Clients for whom too much waited to be sent.", func() int64 { return s.sockets.Stats().Overflows }),
		},
	}
}

func (m *metrics) all() []prometheus.Collector {
	return append([]prometheus.Collector{m.games, m.wrong, m.dropped, m.lobbyErrors, m.seconds}, m.read...)
}
