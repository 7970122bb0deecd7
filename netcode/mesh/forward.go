package mesh

import (
	"sync"
	"time"

	"github.com/tuttiplay/tutti/netcode/mesh/internal/route"
	"github.com/tuttiplay/tutti/netcode/peer"
)

// carrier is what this member does for others: it passes on what is sealed for
// another one, without reading it, within its budget.
type carrier struct {
	mu     sync.Mutex
	budget *route.Budget
}

// cost is what a hop through this member counts for others beside its round
// trip: nothing, or tired while it refuses messages because its budget is used up,
// so that whoever knows another way takes that. ok is false if it passes nothing on.
func (c *carrier) cost(now time.Duration) (cost time.Duration, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.budget.None():
		return 0, false
	case c.budget.Spent(now):
		return tired, true
	}
	return 0, true
}

// tired is far more than any hop takes that is of use in a match.
const tired = 2 * time.Second

// charge takes a letter from the budget.
func (c *carrier) charge(now time.Duration, from route.Tag, n int) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.budget.Charge(now, from, n, true)
}

func (c *carrier) take(now time.Duration, from, to route.Tag, n int, urgent bool) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.budget.Take(now, from, to, n, urgent)
}

// tagged finds a member by its tag.
func (m *Mesh) tagged(b []byte) *link { return (*m.tags.Load())[route.Tag(b)] }

// forward passes a sealed message on to the member it is for, at once and in
// the goroutine that received it: a tick more would be a tick of every move. b is
// changed.
func (w *way) forward(on lane, b []byte) {
	m := w.m
	if len(b) < relayHead || w.relayed {
		w.junked()
		return
	}
	target := m.tagged(b[1:9])
	if target == nil || target == w.link {
		m.counts.undeliverable.Add(1) // it may have just left
		return
	}
	from := route.TagOf(w.link.id)
	if !m.carrier.take(m.now(), from, route.Tag(b[1:9]), len(b), on != bulkLane) {
		m.counts.overBudget.Add(1)
		return
	}
	target.mu.Lock()
	to := target.active
	target.mu.Unlock()
	if to == nil {
		m.counts.undeliverable.Add(1)
		return
	}
	b[0] = relayedFrame
	if on == controlLane {
		b[0] = relayedMark
	}
	copy(b[1:9], from[:])
	bound := [lanes]int{movesBound, relayControl, 2 * bulkThird}[on]
	if to.conn.buffered(on)+len(b) > bound || to.put(on, b) != nil {
		m.counts.undeliverable.Add(1)
		return
	}
	m.counts.carried.Add(1)
	m.counts.carriedBytes.Add(int64(len(b)))
}

// unseal takes a message that w's member passed on to us. Whether it or the one
// in whose name it came wrote what does not open nobody can tell, so that costs
// neither its link.
func (w *way) unseal(on lane, b []byte) {
	m := w.m
	if len(b) < relayHead || w.relayed {
		w.junked()
		return
	}
	from := m.tagged(b[1:9])
	if from == nil || from == w.link {
		m.counts.undeliverable.Add(1)
		return
	}
	now := m.now()
	from.mu.Lock()
	k, age := from.relay.conn.keys.Find(b[9:relayHead])
	over := from.relay.bad.Over(now, w.link.id)
	through := from.relay.way // a drop makes a new one
	from.mu.Unlock()
	if k == nil || over {
		m.counts.unsealed.Add(1)
		return
	}
	text, err := k.Pair.Open(byte(on), b[relayHead:])
	if err != nil {
		m.counts.unsealed.Add(1)
		from.mu.Lock()
		from.relay.bad.Add(now, w.link.id)
		from.mu.Unlock()
		return
	}
	if from.relayHeard(k, age) {
		m.learn(now, w.link.id, from.id)
		through.receiveRelayed(w, on, text)
	}
}

// learn: via has just brought something from a member, so it is linked with it,
// whatever its last report says.
func (m *Mesh) learn(now time.Duration, via, from peer.ID) {
	m.routing.mu.Lock()
	m.routing.table.Brought(now, via, from)
	m.routing.mu.Unlock()
}
