package kit

import (
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"github.com/wecos-go/wecos/internal/servers/kit/conn"
)

// metrics are those of one server, in a registry of its own.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	inFlight prometheus.Gauge
	limited  prometheus.Counter
}

func newMetrics(ln *conn.Listener, apps []App) (*metrics, error) {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "http_requests_total", Help: "Requests that came to their end.",
		}, []string{"app", "method", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "http_request_seconds", Help: "Time from the header of a request to the end of its reply.",
			Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10},
		}, []string{"app"}),
		inFlight: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "http_requests_in_flight", Help: "Requests under way.",
		}),
		limited: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "http_requests_limited_total", Help: "Requests refused because their client asked too often.",
		}),
	}
	all := []prometheus.Collector{
		m.requests, m.seconds, m.inFlight, m.limited,
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "http_connections", Help: "Connections that are open.",
		}, func() float64 { return float64(ln.Open()) }),
		prometheus.NewCounterFunc(prometheus.CounterOpts{
			Name: "http_connections_refused_total", Help: "Connections closed because their client had enough.",
		}, func() float64 { return float64(ln.Refused()) }),
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	}
	for _, c := range all {
		if err := m.registry.Register(c); err != nil {
			return nil, err
		}
	}
	for _, app := range apps {
		named := prometheus.WrapRegistererWith(prometheus.Labels{"app": app.Name}, m.registry)
		for _, c := range app.Metrics {
			if err := named.Register(c); err != nil {
				return nil, err
			}
		}
	}
	return m, nil
}

// observe counts a request. A client cannot make up labels.
func (m *metrics) observe(app, method string, status int, took time.Duration) {
	switch method {
	case "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS":
	default:
		method = "other"
	}
	m.requests.WithLabelValues(app, method, strconv.Itoa(status)).Inc()
	m.seconds.WithLabelValues(app).Observe(took.Seconds())
}
