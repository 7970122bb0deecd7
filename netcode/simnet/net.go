package simnet

import (
	"encoding/binary"
	"time"

	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/weather"
)

// Net is one simulated network with its own clock. It starts no goroutine and
// needs no Close. Not for concurrent use; see the package's comment.
type Net struct {
	cfg Config // resolved
	now time.Duration
	// seq numbers the events. Of two in the heap with equal times the one with
	// the lower number was scheduled first and runs first.
	seq     uint64
	running bool
	events  heap
	// byID is for look-ups only: nothing ever ranges over it.
	byID  map[peer.ID]*Link
	links []*Link // in the order in which they were first named
	// pool holds packets to be used again, those for Moves and those for
	// messages apart, so that small ones do not pin large buffers.
	pool [2]*packet
}

// New returns an empty network at time zero. It panics if cfg is not valid; a
// Config that comes from outside the program goes through [Config.Validate]
// first.
func New(cfg Config) *Net {
	if err := cfg.Validate(); err != nil {
		panic(err)
	}
	return &Net{cfg: cfg.resolve(), byID: make(map[peer.ID]*Link)}
}

// Link returns the link of the peer id, the same one at every call. It is
// connected to all other links of the Net, those to come included. It panics on
// the zero ID, which is nobody.
func (n *Net) Link(id peer.ID) *Link {
	l := n.link(id)
	l.open = true
	return l
}

// link returns the link of id and makes a closed one where there is none yet,
// so that Shape, Cut and Crash may come before Link.
func (n *Net) link(id peer.ID) *Link {
	if id.IsZero() {
		panic("simnet: the zero ID is nobody")
	}
	l := n.byID[id]
	if l == nil {
		l = &Link{net: n, id: id, index: len(n.links)}
		n.byID[id] = l
		n.links = append(n.links, l)
	}
	return l
}

// direction returns the path from one link to another and makes it on first
// use.
func (n *Net) direction(from, to *Link) *direction {
	for len(from.out) <= to.index {
		from.out = append(from.out, nil)
	}
	d := from.out[to.index]
	if d == nil {
		d = &direction{net: n, from: from, to: to}
		d.path = *weather.NewPath(n.seed(from.id, to.id), n.cfg.Weather)
		from.out[to.index] = d
	}
	return d
}

// seed derives the seed of one direction from the Net's own and both names, so
// that it does not depend on who else plays or who came first.
func (n *Net) seed(from, to peer.ID) uint64 {
	dice := weather.NewDice(n.cfg.Seed)
	h := dice.Uint64()
	for _, id := range [...]peer.ID{from, to} {
		for i := 0; i < len(id); i += 8 {
			dice = weather.NewDice(h ^ binary.LittleEndian.Uint64(id[i:]))
			h = dice.Uint64()
		}
	}
	return h
}
