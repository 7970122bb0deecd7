//go:build !js

package mesh

import (
	"maps"
	"net/netip"
	"strings"
	"time"

	"github.com/tuttiplay/tutti/netcode/mesh/internal/letter"
	"github.com/tuttiplay/tutti/netcode/mesh/internal/predict"
)

const (
	// boutFor is how long a try at a pair of NATs that give each destination
	// another port keeps other tries waiting, if it does not succeed before.
	boutFor = 350 * time.Millisecond
	// stale is how many ports others may have used up since ours was told, and
	// sharedFor how long ago that may be where somebody shares our NAT.
	stale     = predict.Packets / 4
	sharedFor = 250 * time.Millisecond
	// sentFor is how long the others wait who share the other NAT once we have
	// sent: the other end sends when it has heard that, and they hear later.
	sentFor = 100 * time.Millisecond
	// usedFor is how long what is told may be on its way.
	usedFor = 150 * time.Millisecond
)

// bout is the one pair of NATs that is tried now. Each try uses up ports, and
// what was told to others is wrong then: so a mesh tries one at a time, and lets
// those wait who ask meanwhile.
type bout struct {
	with  *pionConn
	until time.Duration
	sent  bool // our ports are used up: only who shares the other NAT has to wait
	// used is when we last tried each NAT, and with which peer, as far as it
	// matters: what others behind it told before is wrong.
	used map[netip.Addr]use
}

type use struct {
	at time.Duration
	by *pionConn
}

// mayTell is mayTry where nothing has to be known of the peer. Who answers tells
// nothing before the other end has.
func (c *pionConn) mayTell() bool {
	return (c.way.offers || c.addresses.theirs.Next.IsValid()) && !c.shared() && c.mayTry()
}

// mayTry says whether this connection's turn has come to use up ports, and if so
// makes the others wait.
func (c *pionConn) mayTry() bool {
	a, b, now := &c.addresses, &c.way.m.platform.outside.bout, c.way.m.now()
	if a.theirs.Next.IsValid() && a.theirs.Step == 0 {
		return true // one packet uses up one port
	}
	w := b.with
	if w == c && now < b.until {
		return true
	}
	if w != nil && now < b.until && !w.way.dead.Load() && !w.reached() && (!b.sent || w.addresses.site == a.site) {
		return false
	}
	b.with, b.until, b.sent = c, now+boutFor, false
	return true
}

// tried notes that our ports are used up, and lets those go on who waited.
func (c *pionConn) tried() {
	b, now := &c.way.m.platform.outside.bout, c.way.m.now()
	if b.used == nil {
		b.used = map[netip.Addr]use{}
	}
	maps.DeleteFunc(b.used, func(_ netip.Addr, u use) bool { return now-u.at > boutFor })
	b.used[c.addresses.site] = use{now, c}
	if b.with != c {
		return
	}
	b.sent, b.until = true, now+sentFor
	for _, other := range c.way.m.conns() {
		if other != c && other.addresses.met {
			other.serve(now)
		}
	}
}

// serve does what the peer's last telling asks for, once it is our turn: it
// comes again with each tick until then. A round begins with what one end tells,
// the other end answers in kind and sends, and the first one sends then. If what
// it told is not so any more at that time, it begins another round instead.
func (c *pionConn) serve(now time.Duration) {
	a, p := &c.addresses, &c.way.m.platform
	t, ours := a.theirs, -1
	if a.ours.Next.IsValid() {
		ours = a.ours.Round
	}
	if t.Round < ours {
		a.asked = 0 // both began, and it has to answer us
	}
	if a.asked == 0 || c.reached() || !c.mayTry() {
		return
	}
	switch {
	case t.Round == ours:
		if p.set.Burnt()-a.burnt > stale || c.shared() && now-a.toldAt > sharedFor {
			c.begin(ours + 1)
			return
		}
	default:
		if u := p.outside.bout.used[a.site]; u.by != nil && u.by != c && u.at > a.asked-usedFor {
			c.begin(t.Round + 1) // its NAT gave ports to another player since
			return
		}
		if c.shared() && !c.way.m.probe() {
			return
		}
		told, known := p.outside.next(t.Round, netip.AddrPort{})
		if !known {
			a.asked = 0
			return
		}
		c.retell(told)
	}
	a.asked = 0
	c.follow()
}

// begin begins a round of two ends whose ports both move. It is our turn.
func (c *pionConn) begin(round int) {
	a := &c.addresses
	if round >= rounds {
		a.asked = 0
		return
	}
	if c.shared() && !c.way.m.probe() {
		return // it comes again
	}
	a.asked, a.plan = 0, nil
	if told, known := c.way.m.platform.outside.next(round, netip.AddrPort{}); known {
		c.retell(told)
	}
}

// conns returns the connections to all members.
func (m *Mesh) conns() (list []*pionConn) {
	for _, partner := range m.order {
		for _, w := range []*way{partner.attempt, partner.old} {
			if w == nil {
				continue
			}
			if c, ok := w.conn.(*pionConn); ok {
				list = append(list, c)
			}
		}
	}
	return list
}

// locate notes where a candidate says that the peer is.
func (a *addresses) locate(text string) {
	if !strings.Contains(text, " typ srflx") {
		return
	}
	if at, ok := addressOf(letter.Candidate{Text: text}); ok && at.Addr().Is4() {
		a.site = at.Addr()
	}
}

// shared says whether somebody else uses up ports of our NAT: another member is
// behind it, or what we counted was wrong already.
func (c *pionConn) shared() bool {
	if c.addresses.ours.Round > 0 {
		return true
	}
	public := c.way.m.platform.outside.site()
	if !public.IsValid() {
		return false
	}
	for _, other := range c.way.m.conns() {
		if other.addresses.site == public {
			return true
		}
	}
	return false
}

// site returns our public IPv4 address; not valid while it is not known.
func (m *mapping) site() netip.Addr {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.views[0].public.Addr()
}

// complete says whether the connection was made: all lanes are open.
func (c *pionConn) complete() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.count == int(lanes)
}

// reached says whether the peer is heard.
func (c *pionConn) reached() bool {
	f := c.addresses.flow
	if f == nil {
		return false
	}
	at, _ := f.Remote()
	return at.IsValid() && f.Silent() < uneasy
}

// tryAgain begins another round, if it is time and our turn.
func (c *pionConn) tryAgain(now time.Duration) {
	a, p := &c.addresses, &c.way.m.platform
	if c.reached() || p.plain || !c.follows {
		return
	}
	if a.asked > 0 {
		c.serve(now)
		return
	}
	if !c.way.offers || now < a.again || a.ours.Round >= rounds-1 {
		return
	}
	if len(a.plan) == 0 && c.complete() {
		return // who moved tells first
	}
	round := 0
	if a.ours.Next.IsValid() {
		round = a.ours.Round + 1
	}
	told, ok := p.outside.next(round, steady(a.theirs))
	if !ok || a.theirs.Next.Addr() == told.Next.Addr() || a.site == told.Next.Addr() {
		return
	}
	if told.Step != 0 && steady(a.theirs) == (netip.AddrPort{}) {
		if c.mayTry() {
			c.begin(round)
		}
		return
	}
	a.plan = nil
	c.retell(told)
}
