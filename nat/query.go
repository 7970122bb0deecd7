//go:build !js

package nat

import (
	"net/netip"
	"time"

	"github.com/tuttiplay/tutti/nat/internal/stunmsg"
)

// The two sockets of an exam. What one has sent to opens no door for the other.
const (
	mapper = iota // talks to every address
	filter        // talks to one address alone
	sockets
)

// Patience with an answer that may never come: a few round trips, within
// limits.
const (
	leastPatience = 250 * time.Millisecond
	mostPatience  = 600 * time.Millisecond
	roundTrips    = 4
)

// retries is when a query goes out again that has no answer; a hairpin packet
// is small luck and tried thrice.
var (
	filterTries  = []time.Duration{0, 150 * time.Millisecond, 450 * time.Millisecond}
	hairpinTries = []time.Duration{0, 60 * time.Millisecond, 180 * time.Millisecond}
	once         = []time.Duration{0}
)

// query is one request and what came of it.
type query struct {
	sock     int
	to       netip.AddrPort
	wish     stunmsg.Wish
	expect   netip.AddrPort // where an answer may also come from; zero: only to
	id       stunmsg.ID
	tries    []time.Duration
	due      time.Duration // when the first try is
	sent     int
	order    int // of the first sending among all queries, from 1
	first    time.Duration
	last     time.Duration
	refused  int            // the code of an error response
	public   netip.AddrPort // the answer
	by       netip.AddrPort // who answered
	other    netip.AddrPort // what the server calls its other address
	rtt      time.Duration
	returned bool // the request itself came back, by hairpin
	cut      bool // it is not sent any more, so silence means nothing
}

func (q *query) done() bool { return q.refused != 0 || q.public.IsValid() || q.returned }

// silent reports whether q was tried as often as it should be and has no
// answer.
func (q *query) silent(now, patience time.Duration) bool {
	return !q.done() && !q.cut && q.sent == len(q.tries) && now >= q.last+patience
}

// settled reports whether nothing more is to be expected of q.
func (q *query) settled(now, patience time.Duration) bool {
	return q.done() || q.cut || q.silent(now, patience)
}

// next returns when q is to be sent, false when not any more.
func (q *query) next() (time.Duration, bool) {
	if q.done() || q.cut || q.sent == len(q.tries) {
		return 0, false
	}
	return q.due + q.tries[q.sent], true
}

// answeredAs reports whether the answer came from where the request wanted it.
func (q *query) answeredAs(from netip.AddrPort) bool { return q.public.IsValid() && q.by == from }

// take reads an answer to q.
func (q *query) take(now time.Duration, from netip.AddrPort, m stunmsg.Message) bool {
	switch {
	case q.done():
		// The answer to a request that was sent twice.
	case m.Kind == stunmsg.Failure:
		q.refused = m.Code
	case m.Kind == stunmsg.Success && m.Mapped.Addr().Is4() == q.to.Addr().Is4():
		q.public, q.by, q.rtt = m.Mapped, from, max(now-q.first, 0)
		if m.Other.IsValid() && m.Other.Addr().IsUnspecified() {
			m.Other = netip.AddrPortFrom(q.to.Addr(), m.Other.Port())
		}
		if m.Other.IsValid() && alike(m.Other.Addr(), q.to.Addr()) {
			q.other = m.Other
		}
	default:
		return false
	}
	return true
}

// alike reports whether a server at b may name a as its other address: one out
// there must not make us send into our own network.
func alike(a, b netip.Addr) bool {
	return a.Is4() == b.Is4() && a.IsPrivate() == b.IsPrivate() && a.IsLoopback() == b.IsLoopback() &&
		a.IsLinkLocalUnicast() == b.IsLinkLocalUnicast()
}
