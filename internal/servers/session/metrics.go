package session

import (
	"errors"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/wecos-go/wecos/internal/servers/session/weapp"
)

// metrics are those of the app alone; the kit counts requests.
type metrics struct {
	exchanges *prometheus.CounterVec
	took      prometheus.Histogram
	saved     prometheus.Counter
}

func newMetrics() *metrics {
	return &metrics{
		exchanges: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "session_exchanges_total", Help: "Login codes exchanged with WeChat, by its answer.",
		}, []string{"answer"}),
		took: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "session_exchange_seconds", Help: "How long WeChat took.",
			Buckets: []float64{.05, .1, .2, .5, 1, 2},
		}),
		saved: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "session_drawings_saved_total", Help: "Drawings saved, new ones and changed ones.",
		}),
	}
}

func (m *metrics) all() []prometheus.Collector {
	return []prometheus.Collector{m.exchanges, m.took, m.saved}
}

// exchange notes an exchange. WeChat has a handful of codes.
func (m *metrics) exchange(took time.Duration, err error) {
	answer := "none"
	if refused, ok := errors.AsType[*weapp.ExchangeError](err); ok {
		answer = strconv.Itoa(refused.Code)
	} else if err == nil {
		answer = "ok"
	}
	m.exchanges.WithLabelValues(answer).Inc()
	m.took.Observe(took.Seconds())
}
