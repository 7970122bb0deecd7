//go:build !js

package natlab

import (
	"math"
	"time"

	"github.com/tuttiplay/tutti/netcode/weather"
)

// gap is a time in which nothing passes.
type gap struct{ from, until time.Duration }

// hits says whether a packet that was sent then and is here now met the gap.
func (g gap) hits(sent, now time.Duration) bool { return sent < g.until && now >= g.from }

func (g *gap) begin(now time.Duration) { *g = gap{now, math.MaxInt64} }

func (g *gap) end(now time.Duration) {
	if g.until == math.MaxInt64 {
		g.until = now
	}
}

// edge is the line between a node and its network. A nil path is perfect.
type edge struct{ up, down *weather.Path }

func (e *edge) shape(up, down weather.Weather, seed uint64) {
	if e.up == nil {
		dice := weather.NewDice(seed)
		e.up, e.down = weather.NewPath(dice.Uint64(), up), weather.NewPath(dice.Uint64(), down)
		return
	}
	if err := up.Validate(); err != nil {
		panic(err)
	}
	if err := down.Validate(); err != nil {
		panic(err)
	}
	_, _ = e.up.Shape(up), e.down.Shape(down)
}

// Line puts weather on the line of h itself, in addition to that of each path:
// up for all that it sends, down for all that comes. A Rate is shared by
// everybody it talks to. It panics if the weather is not valid.
func (h *Host) Line(up, down weather.Weather) {
	l := h.lab
	l.mu.Lock()
	defer l.mu.Unlock()
	h.line.shape(up, down, l.seed(hostEdgeSeed, h.index, 0))
}

// Line puts weather on the line outside of the router: see [Host.Line].
func (s *Site) Line(up, down weather.Weather) {
	l := s.lab
	l.mu.Lock()
	defer l.mu.Unlock()
	s.line.shape(up, down, l.seed(siteEdgeSeed, s.index, 0))
}

// Weather changes both directions between two hosts, for packets to come. It
// panics if w is not valid.
func (l *Lab) Weather(a, b *Host, w weather.Weather) {
	l.WeatherOneWay(a, b, w)
	l.WeatherOneWay(b, a, w)
}

// WeatherOneWay changes what packets meet on their way from one host to another.
// It panics if w is not valid.
func (l *Lab) WeatherOneWay(from, to *Host, w weather.Weather) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.pair(from, to).path.Shape(w); err != nil {
		panic(err)
	}
}

// Cut lets nothing pass between two hosts, whichever addresses they use, until
// [Lab.Heal]. What is under way is lost as well.
func (l *Lab) Cut(a, b *Host) {
	l.CutOneWay(a, b)
	l.CutOneWay(b, a)
}

// CutOneWay lets nothing pass from one host to another; the way back stays.
func (l *Lab) CutOneWay(from, to *Host) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pair(from, to).gap.begin(l.Now())
}

// Heal ends what [Lab.Cut] or [Lab.CutOneWay] began, in both directions.
func (l *Lab) Heal(a, b *Host) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pair(a, b).gap.end(l.Now())
	l.pair(b, a).gap.end(l.Now())
}

// Outage lets nothing pass between any two hosts for d from now on. It returns
// at once; what is under way is lost as well.
func (l *Lab) Outage(d time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.Now()
	l.outage = gap{now, now + d}
}

// Cut takes h off the network until [Host.Heal]; it can talk to itself alone.
// What is under way to and from it is lost.
func (h *Host) Cut() {
	h.lab.mu.Lock()
	defer h.lab.mu.Unlock()
	h.gap.begin(h.lab.Now())
}

// Heal ends what [Host.Cut] began.
func (h *Host) Heal() {
	h.lab.mu.Lock()
	defer h.lab.mu.Unlock()
	h.gap.end(h.lab.Now())
}
