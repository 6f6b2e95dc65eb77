package album

import "github.com/prometheus/client_golang/prometheus"

// counters are what the album counts.
type counters struct {
	uploads    *prometheus.CounterVec // by result
	deletes    prometheus.Counter
	listings   *prometheus.CounterVec // kept or made
	thumbnails prometheus.Counter
}

func newCounters() *counters {
	return &counters{
		uploads: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "album_uploads_total", Help: "Uploads by what came of them.",
		}, []string{"result"}),
		deletes: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "album_deletes_total", Help: "Pictures deleted.",
		}),
		listings: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "album_listings_total", Help: "Listings that were made, and questions answered by one that was kept.",
		}, []string{"from"}),
		thumbnails: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "album_thumbnails_total", Help: "Thumbnails made.",
		}),
	}
}

func (c *counters) upload(result string) { c.uploads.WithLabelValues(result).Inc() }

func (c *counters) all() []prometheus.Collector {
	return []prometheus.Collector{c.uploads, c.deletes, c.listings, c.thumbnails}
}
