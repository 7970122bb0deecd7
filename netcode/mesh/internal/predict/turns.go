package predict

import (
	"maps"
	"net/netip"
	"slices"
	"time"

	"github.com/tuttiplay/tutti/netcode/weather"
)

const (
	// boutFor is how long a try at a pair of NATs that give each destination
	// another port keeps other tries waiting, if it does not succeed before.
	boutFor = 300 * time.Millisecond
	// longer is by how much a round waits longer than the one before.
	longer = 100 * time.Millisecond
	// sentFor is how long the others wait who share the other NAT once we have
	// sent: the other end sends when it has heard that, and they hear later.
	sentFor = 100 * time.Millisecond
	// usedFor is how long what is told may be on its way.
	usedFor = 150 * time.Millisecond
	// maxSpare is of how many NATs it is remembered what was sent there for nothing:
	// a peer may say that it is anywhere.
	maxSpare = 64
)

// NAT is the one before us, as far as it is known. All connections of a mesh go
// through it with one socket.
type NAT interface {
	// Next returns what to tell of it in a round; false while it is not known, and
	// where it cannot be guessed. to is where we send to the peer if that is one
	// address for everybody, else not valid.
	Next(round int, to netip.AddrPort) (Told, bool)
	// Burnt counts the destinations that our socket was sent to.
	Burnt() uint64
	// Site is its public IPv4 address; not valid while that is not known.
	Site() netip.Addr
	// Look says whether what Next returns was seen a moment ago. If not it begins to
	// look, and [Meeting.Known] is called when it has.
	Look() bool
}

// Turns is who uses up ports of the NAT before us. Each try at a pair of NATs that
// give each destination another port does, and what was told to others is wrong
// then: so a mesh makes one try at a time, and lets those wait who ask meanwhile.
// It belongs to one goroutine, with all its meetings.
type Turns struct {
	nat      NAT
	salt     uint64
	meetings []*Meeting
	with     *Meeting
	until    time.Duration
	sent     bool // our ports are used up: only who shares the other NAT has to wait
	// spare is where the next packet to a NAT goes that only uses up a port of ours:
	// half way round from the ports that it gives.
	spare map[netip.Addr]uint16
	// used is when we last tried each NAT, and with which peer, as far as it
	// matters: what others behind it told before is wrong.
	used map[netip.Addr]use
}

type use struct {
	at time.Duration
	by *Meeting
}

// NewTurns returns those of a mesh behind that NAT. salt should be another number
// for each mesh: two that begin anew in the same moment would do so for ever.
func NewTurns(n NAT, salt uint64) *Turns {
	return &Turns{nat: n, salt: salt, spare: map[netip.Addr]uint16{}, used: map[netip.Addr]use{}}
}

// Enter begins a meeting; lower says whether our ID is the lower one, which begins.
func (t *Turns) Enter(p Peer, lower bool) *Meeting {
	m := &Meeting{turns: t, peer: p, lower: lower}
	t.meetings = append(slices.DeleteFunc(t.meetings, (*Meeting).gone), m)
	return m
}

// pause is how long a mesh waits before it begins a round anew, if it shares its
// NAT or the peer does: the longer the more often others came in between.
func (t *Turns) pause(round int) time.Duration {
	dice := weather.NewDice(t.salt + uint64(round))
	return boutFor + time.Duration(dice.Below(uint64(boutFor)*uint64(round+2)/4))
}

// mayTry says whether a meeting's turn has come to use up ports, and if so makes
// the others wait.
func (t *Turns) mayTry(now time.Duration, m *Meeting) bool {
	if m.theirs.Next.IsValid() && m.theirs.Step == 0 {
		return true // one packet uses up one port
	}
	w := t.with
	if w == m && now < t.until {
		return true
	}
	if w != nil && now < t.until && !w.gone() && !w.peer.Reached() && !t.home(w) && (!t.sent || w.site == m.site) {
		return false
	}
	t.with, t.until, t.sent = m, now+boutFor, false
	return true
}

// told makes the others wait for what was told now: for the peer's answer. The
// farther it is away the more rounds begin too soon, and so each waits longer.
func (t *Turns) told(now time.Duration, m *Meeting) {
	if t.with == m && !t.sent {
		t.until = now + boutFor + time.Duration(m.ours.Round)*longer
	}
}

// spend uses up so many ports of ours, by sending to so many of the peer's that
// nobody was sent to yet, and returns how many there were.
func (t *Turns) spend(m *Meeting, n int) int {
	if n == 0 {
		return 0
	}
	before := t.nat.Burnt()
	at, known := t.spare[m.site]
	if !known {
		if len(t.spare) == maxSpare {
			clear(t.spare)
		}
		at = add(m.theirs.Next.Port(), 1<<15)
	}
	for range n {
		m.peer.Check(netip.AddrPortFrom(m.site, at))
		at = add(at, 1)
	}
	t.spare[m.site] = at
	return int(t.nat.Burnt() - before)
}

// tried notes that a meeting used up ports, and lets those go on who waited.
func (t *Turns) tried(now time.Duration, m *Meeting) {
	maps.DeleteFunc(t.used, func(_ netip.Addr, u use) bool { return now-u.at > boutFor })
	t.used[m.site] = use{now, m}
	if t.with != m {
		return
	}
	t.sent, t.until = true, now+sentFor
	for _, other := range t.meetings {
		if other != m && other.met && !other.gone() {
			other.serve(now)
		}
	}
}

// shared says whether somebody else uses up ports of our NAT: another member is
// behind it, or what we counted for this meeting was wrong already.
func (t *Turns) shared(m *Meeting) bool {
	if m.ours.Round > 0 {
		return true
	}
	return slices.ContainsFunc(t.meetings, func(other *Meeting) bool { return t.home(other) && !other.gone() })
}

// home says whether a peer is behind our NAT.
func (t *Turns) home(m *Meeting) bool { return m.site.IsValid() && m.site == t.nat.Site() }
