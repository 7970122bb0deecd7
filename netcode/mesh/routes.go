package mesh

import (
	"sync"
	"time"

	"github.com/tuttiplay/tutti/netcode/mesh/internal/route"
	"github.com/tuttiplay/tutti/netcode/peer"
)

const (
	// reportEvery is how often members tell whom they are linked with; they also do
	// on change, at most each reportSoon.
	reportEvery = time.Second
	reportSoon  = 40 * time.Millisecond
	// maxReports is how many a second of one member are read.
	maxReports = 64
	// bridge is how long a direct way may be silent to be worth something to others:
	// its own pings come each half second.
	bridge = 1200 * time.Millisecond
)

// routing is what we know of who is linked with whom. The table is written by
// any goroutine under mu; the rest is the mesh goroutine's own.
type routing struct {
	mu    sync.Mutex
	table route.Table

	list []route.Neighbour // scratch
	told []route.Neighbour // in the last report
	at   time.Duration     // of the last report
	text []byte            // scratch
}

// routes looks at all links, tells the others of the direct ones and chooses
// who relays to whom.
func (m *Mesh) routes(now time.Duration) {
	r := &m.routing
	r.mu.Lock()
	for _, p := range m.order {
		if rtt, ok := p.link.bridges(now); ok {
			r.table.Link(p.link.id, rtt)
		} else {
			r.table.Unlink(p.link.id)
		}
	}
	r.list = r.list[:0]
	if cost, ok := m.carrier.cost(now); ok {
		r.list = r.table.Report(r.list)
		for i := range r.list {
			r.list[i].RTT += cost
		}
	} // who passes nothing on attracts nothing
	r.mu.Unlock()
	if now-r.at >= reportEvery || now-r.at >= reportSoon && differ(r.told, r.list) {
		r.at = now
		r.told = append(r.told[:0], r.list...)
		r.text = route.AppendReport(append(r.text[:0], routesMark), r.list)
		for _, p := range m.order {
			if len(m.order) > 1 { // two have no third
				p.link.tell(r.text)
			}
		}
	}
	for _, p := range m.order {
		m.choose(now, p)
	}
}

// choose finds who relays to p now, and lets it work.
func (m *Mesh) choose(now time.Duration, p *partner) {
	r := &m.routing
	l := p.link
	r.mu.Lock()
	best, ok := r.table.Best(now, l.id)
	r.mu.Unlock()
	var via *way
	if ok {
		if other := m.link(best.Via); other != nil {
			other.mu.Lock()
			via = other.active
			other.mu.Unlock()
		}
	}
	l.mu.Lock()
	c := l.relay.conn
	if was := c.via; via != was {
		c.via = via
		l.relay.tried, l.relay.answers, l.relay.token = 0, false, l.relay.way.pinger.token
		l.relay.next = l.kept.Base() // what the old one holds may be lost
	}
	l.relay.barred = now < p.barred
	l.relay.patience = min(2*best.RTT, maxPatience)
	blame, answers := l.relayTick(now), l.relay.answers
	if blame {
		l.relay.tried = 0
	}
	l.relay.answers = false
	l.mu.Unlock()
	if !ok || !blame && !answers {
		return
	}
	r.mu.Lock()
	if blame {
		r.table.Blame(now, l.id, best.Via)
	} else {
		r.table.Trust(l.id, best.Via)
	}
	r.mu.Unlock()
}

// bridges says whether the direct way to a member works in both directions, so
// that others can be sent over it, and at which round trip.
func (l *link) bridges(now time.Duration) (rtt time.Duration, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	w := l.active
	if w == nil || w.dead.Load() || now-time.Duration(w.heard.Load()) >= bridge || l.doubt(now) {
		return 0, false
	}
	return l.rtt.mean, true
}

// differ says whether a report is news: another neighbour, or a round trip that
// changed by an eighth and a millisecond.
func differ(a, b []route.Neighbour) bool {
	if len(a) != len(b) {
		return true
	}
	for i := range a {
		if a[i].Tag != b[i].Tag || (a[i].RTT-b[i].RTT).Abs() > a[i].RTT/8+time.Millisecond {
			return true
		}
	}
	return false
}

// hearRoutes takes a report.
func (w *way) hearRoutes(b []byte) {
	now := w.m.now()
	if w.reports.Count(now) > maxReports {
		w.junked()
		return
	}
	list, err := route.ParseReport(nil, b)
	if err != nil || w.relayed {
		w.junked()
		return
	}
	r := &w.m.routing
	r.mu.Lock()
	r.table.Hear(now, w.link.id, list)
	r.mu.Unlock()
	w.m.notes.put(note{kind: routesNote, way: w})
}

// forget drops what is remembered of a member that left.
func (m *Mesh) forget(id peer.ID) {
	m.routing.mu.Lock()
	m.routing.table.Forget(id)
	m.routing.mu.Unlock()
}
