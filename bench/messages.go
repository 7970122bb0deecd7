//go:build !js

package main

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"strings"
	"time"

	"github.com/tuttiplay/tutti/netcode/mesh"
)

// pace is a way to send.
type pace struct {
	name   string
	gap    time.Duration // 0 is to send when the message before is back
	rounds int
	each   int // messages per round
}

// messagePlan is how much is measured.
type messagePlan struct {
	paces  []pace
	warm   int // messages before anything counts
	owned  int // messages whose allocations are told apart
	stacks []namedStack
	// patience is how long a message may be away until it counts as lost.
	patience time.Duration
}

type namedStack struct {
	name string
	open opener
}

// The stacks, yardstick first; the mesh is compared with the one before.
const (
	yardstick = iota
	_
	below
	ours
)

var stacks = []namedStack{
	yardstick: {"raw UDP", openUDP},
	1:         {"quic-go datagrams", openQUIC},
	below:     {"bare pion", openPion},
	ours:      {"tutti mesh", openMesh},
}

func (e effort) messagePlan() messagePlan {
	p := messagePlan{
		paces: []pace{{"60 Hz", tickTime, 15, 60}, {"back to back", 0, 60, 100}},
		warm:  200, owned: 2000, stacks: stacks, patience: 5 * time.Second,
	}
	if e.quick {
		p.paces[0].rounds, p.paces[0].each = 2, 20
		p.paces[1].rounds, p.paces[1].each = 4, 50
		p.warm, p.owned = 50, 500
	}
	return p
}

// most returns how many messages a stack carries in all, at most.
func (p messagePlan) most() int {
	n := p.warm + p.owned
	for _, a := range p.paces {
		n += a.rounds * a.each
	}
	return n
}

func messagesTable(e effort) (Table, error) { return e.messagePlan().table(e) }

func (p messagePlan) table(e effort) (Table, error) {
	t := Table{
		Title: fmt.Sprintf("how long %d bytes take to a program on this machine and back", messageSize),
		Columns: []Column{
			{Key: "pace", Name: "pace", Label: true},
			{Key: "stack", Name: "stack", Label: true},
			{Key: "messages", Name: "round trips"},
			{Key: "p50", Name: "p50", Unit: "µs"},
			{Key: "p95", Name: "p95", Unit: "µs"},
			{Key: "p99", Name: "p99", Unit: "µs"},
			{Key: "ratio50", Name: "p50 to UDP", Unit: "×", Digits: 2},
			{Key: "ratio95", Name: "p95 to UDP", Unit: "×", Digits: 2},
			{Key: "allocs", Name: "allocs", Unit: "per message", Digits: 1},
			{Key: "above", Name: "above pion", Unit: "µs", Digits: 1},
			{Key: "more", Name: "above pion", Unit: "allocs", Digits: 2},
			{Key: "own", Name: "mesh's own", Unit: "allocs", Digits: 3},
		},
		Charts: []Chart{
			{Title: "Round trip, the middle one", Value: "p50", Group: "pace", Series: "stack"},
		},
		Notes: []string{
			fmt.Sprintf("Both ends are in this process, and what comes to the far end it sends back at once. A round trip is from before the send to the near end's receiver: two messages. The stacks take turns, one second or %d messages at a time, so that other programs disturb all alike.", p.paces[len(p.paces)-1].each),
			"At 60 Hz a message leaves every 1/60 s, whether the one before is back or not; most of the time then goes into waking what sleeps. Back to back each leaves when the one before is back.",
			"raw UDP is two sockets: nothing is encrypted, nothing sent again. quic-go datagrams are encrypted and never sent again. bare pion is one data channel with the settings of the mesh's Moves (unordered, one retransmission, detached, the same SCTP timers and window), encrypted; the mesh is Mesh.Send and a receiver bound to Moves, which go in sealed datagrams on the socket of a connection like pion's, with its channels, ticks and pings beside.",
			"above pion, in µs, is by how much a round trip of the mesh is longer than pion's, less than 0 if it is shorter: of each turn the middle round trip less that of pion's turn beside it, and of these differences the middle one. It is not more exact than the machine is quiet.",
			"allocs are all of the process, per message, two of which make a round trip; only back to back, where the idle stacks' upkeep has no time to count. mesh's own are counted apart, by the memory profile: those whose innermost function outside the standard library is one of netcode/mesh or its rooms.",
			fmt.Sprintf("A row is refused unless every message came back, once, unchanged and in the order sent, each within %v.", p.patience),
		},
	}
	all, err := p.measure(e)
	if err != nil {
		return t, err
	}
	for k, a := range p.paces {
		p.rows(&t, k, a, all)
	}
	return t, nil
}

// measured is what was found of one stack.
type measured struct {
	probe  *probe
	took   [][]time.Duration // by pace
	allocs []uint64          // by pace
	own    float64           // allocations of the mesh per message
	err    error             // the premise that did not hold
}

// measure opens all stacks, sends everything and closes them.
func (p messagePlan) measure(e effort) (all []*measured, err error) {
	for _, s := range p.stacks {
		m := &measured{probe: newProbe(p.most(), p.patience), took: make([][]time.Duration, len(p.paces)), allocs: make([]uint64, len(p.paces))}
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		m.probe.link, err = s.open(ctx, m.probe.got)
		cancel()
		if err != nil {
			err = fmt.Errorf("%s: %w", s.name, err)
			break
		}
		all = append(all, m)
		_, m.err = m.probe.run(0, p.warm, nil)
	}
	if err == nil {
		for k, a := range p.paces {
			fmt.Fprintf(e.log, "messages: %s, %d round trips through each of %d stacks\n", a.name, a.rounds*a.each, len(all))
			for _, m := range all {
				m.took[k] = make([]time.Duration, 0, a.rounds*a.each)
			}
			for i := range a.rounds {
				for j := range all {
					if i%2 == 1 {
						j = len(all) - 1 - j // so that nobody always follows the same one
					}
					all[j].round(k, a)
				}
			}
		}
		if len(all) > ours {
			all[ours].count(p.owned)
		}
	}
	for i, m := range all {
		extra, closing := m.probe.finish()
		if m.err == nil {
			m.err = extra
		}
		if closing != nil {
			fmt.Fprintf(e.log, "messages: closing %s: %v\n", p.stacks[i].name, closing)
		}
	}
	return all, err
}

// round sends the messages of one turn.
func (m *measured) round(k int, a pace) {
	if m.err != nil {
		return
	}
	before := mallocs()
	m.took[k], m.err = m.probe.run(a.gap, a.each, m.took[k])
	m.allocs[k] += mallocs() - before
}

// count tells the mesh's own allocations apart.
func (m *measured) count(n int) {
	if m.err != nil {
		return
	}
	var by map[string]int64
	by, m.err = allocsIn(func() error {
		_, err := m.probe.run(0, n, nil)
		var seen []*[64]byte
		for range n {
			seen = append(seen, new([64]byte))
		}
		runtime.KeepAlive(seen)
		return err
	})
	if m.err == nil && by[herePackage] < int64(n) {
		m.err = errors.New("the memory profile does not see our own allocations, and so would not see the mesh's")
	}
	for pkg, objects := range by {
		if pkg == meshPackage || strings.HasPrefix(pkg, meshPackage+"/") {
			m.own += float64(objects) / float64(2*n)
		}
	}
}

// The packages whose allocations are told apart.
var (
	herePackage = reflect.TypeFor[measured]().PkgPath()
	meshPackage = reflect.TypeFor[mesh.Mesh]().PkgPath()
)

// perMessage returns the allocations of one message.
func (m *measured) perMessage(k int, a pace) float64 {
	return float64(m.allocs[k]) / float64(2*a.rounds*a.each)
}

// rows adds those of one pace.
func (p messagePlan) rows(t *Table, k int, a pace, all []*measured) {
	lists := make([][]time.Duration, len(all))
	for i, m := range all {
		lists[i] = sorted(m.took[k])
	}
	micro := func(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }
	for i, m := range all {
		labels := []Cell{label("%s", a.name), label("%s", p.stacks[i].name)}
		if m.err != nil {
			t.refuse(labels, m.err)
			continue
		}
		at := func(share float64) Cell { return number(micro(quantile(lists[i], share))) }
		ratio := func(share float64) Cell {
			if all[yardstick].err != nil {
				return label("–")
			}
			return number(float64(quantile(lists[i], share)) / float64(quantile(lists[yardstick], share)))
		}
		allocs, above, more, own := label("–"), label("–"), label("–"), label("–")
		if a.gap == 0 {
			allocs = number(m.perMessage(k, a))
		}
		if i == ours && all[below].err == nil {
			above = number(micro(m.above(all[below], k, a)))
			if a.gap == 0 {
				more = number(m.perMessage(k, a) - all[below].perMessage(k, a))
			}
		}
		if i == ours && a.gap == 0 {
			own = number(m.own)
		}
		t.add(append(labels, number(float64(len(lists[i]))), at(0.5), at(0.95), at(0.99),
			ratio(0.5), ratio(0.95), allocs, above, more, own)...)
	}
}

// above returns by how much the middle round trip of m is longer than that of
// another stack, turn by turn.
func (m *measured) above(other *measured, k int, a pace) time.Duration {
	middle := func(m *measured, turn int) time.Duration {
		return quantile(sorted(m.took[k][turn*a.each:][:a.each]), 0.5)
	}
	var more []time.Duration
	for turn := range a.rounds {
		more = append(more, middle(m, turn)-middle(other, turn))
	}
	return quantile(sorted(more), 0.5)
}
