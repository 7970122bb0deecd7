package main

import (
	"fmt"
	"time"

	"github.com/tuttiplay/tutti/netcode"
	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/simnet"
	"github.com/tuttiplay/tutti/netcode/weather"
)

// tickTime is the virtual time between two ticks.
const tickTime = time.Second / netcode.DefaultTickRate

// match is a whole match over the simulated network, ticked by hand.
type match[M any] struct {
	title title[M]
	net   *simnet.Net
	start peer.Match
	ids   []peer.ID
	sess  []*netcode.Session[M]
	tick  int
	// made[f] is the tick in which the moves of frame f were made, the same for
	// all players; recorded by watch.
	made []int
	// stagger spreads the players' ticks over the frame; else all tick at once.
	stagger bool
	err     error
}

func newMatch[M any](t title[M], players int, seed uint64, cfg netcode.Config) *match[M] {
	m := &match[M]{title: t, net: simnet.New(simnet.Config{Seed: seed}), ids: peers(players)}
	cfg.Clock = m.net.Now
	m.start = peer.NewMatch(seed, m.ids, nil)
	for _, id := range m.ids {
		m.sess = append(m.sess, netcode.New[M](t.make(), m.net.Link(id), netcode.Ready(m.start), cfg))
	}
	return m
}

func peers(n int) []peer.ID {
	ids := make([]peer.ID, n)
	for i := range ids {
		ids[i] = peer.KeyFromSeed([peer.SeedSize]byte{byte(i + 1)}).ID()
	}
	return ids
}

// begin ticks until all sessions run. The network is perfect so far, so that all
// begin on one tick; then the weather sets in.
func (m *match[M]) begin(w weather.Weather) error {
	for range 60 {
		m.watch(1)
		running := 0
		for _, s := range m.sess {
			if s.Stats().Phase == netcode.Running {
				running++
			}
		}
		if running == len(m.sess) {
			return m.shape(w)
		}
	}
	if m.err == nil {
		m.err = fmt.Errorf("the match did not begin: %v", m.sess[0].Stats())
	}
	return m.err
}

func (m *match[M]) shape(w weather.Weather) error {
	for _, a := range m.ids {
		for _, b := range m.ids {
			if a == b {
				continue
			}
			if err := m.net.Shape(a, b, w); err != nil {
				return err
			}
		}
	}
	return m.err
}

// step is one tick of every player and the network's time until the next.
func (m *match[M]) step() {
	rest := tickTime
	for i, s := range m.sess {
		if err := s.Tick(m.title.move(m.tick, i)); err != nil && m.err == nil {
			m.err = fmt.Errorf("player %d: %w", i, err)
		}
		if m.stagger {
			part := tickTime / time.Duration(len(m.sess))
			m.net.RunFor(part)
			rest -= part
		}
	}
	m.net.RunFor(rest)
	m.tick++
}

func (m *match[M]) run(ticks int) {
	for range ticks {
		m.step()
	}
}

// watch is run that notes which tick's moves each frame gets.
func (m *match[M]) watch(ticks int) {
	for range ticks {
		m.step()
		for held := int(m.sess[0].Stats().Seat[0].Held); len(m.made) < held; {
			m.made = append(m.made, m.tick-1)
		}
	}
}

// moved returns the tick whose moves a frame gets, if no tick since the last
// watched one stepped none or two.
func (m *match[M]) moved(frame int) int {
	if frame < len(m.made) {
		return m.made[frame]
	}
	last := len(m.made) - 1
	return m.made[last] + frame - last
}

// stats returns the present counters of all players.
func (m *match[M]) stats() []netcode.Stats {
	all := make([]netcode.Stats, len(m.sess))
	for i, s := range m.sess {
		all[i] = s.Stats()
	}
	return all
}

// hollow is the same without the sessions: the players make the same moves,
// send as many datagrams of the mean size through the same weather, and nobody
// reads them. What it costs is the network's and the loop's.
type hollow[M any] struct {
	title    title[M]
	net      *simnet.Net
	ids      []peer.ID
	links    []*simnet.Link
	datagram []byte
	tick     int
	sink     M // keeps the compiler from dropping the moves
}

func newHollow[M any](t title[M], players int, seed uint64, w weather.Weather, size int) *hollow[M] {
	h := &hollow[M]{
		title: t, net: simnet.New(simnet.Config{Seed: seed, Weather: w}), ids: peers(players), datagram: make([]byte, size),
	}
	for _, id := range h.ids {
		l := h.net.Link(id)
		l.Bind(peer.Moves, func(peer.ID, []byte) {})
		h.links = append(h.links, l)
	}
	return h
}

func (h *hollow[M]) run(ticks int) {
	for range ticks {
		for i, l := range h.links {
			h.sink = h.title.move(h.tick, i)
			for k, id := range h.ids {
				if k != i {
					l.Send(id, peer.Moves, h.datagram) // what is lost is counted by the network
				}
			}
		}
		h.net.RunFor(tickTime)
		h.tick++
	}
}
