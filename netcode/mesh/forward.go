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
	if !m.carrier.take(m.now(), from, target.relay.conn.tag, len(b), on != bulkLane) {
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

// maxUnsealed is how many messages a second that do not open a third member may
// bring; more are dropped unread.
const maxUnsealed = 64

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
	k, age := from.relay.conn.key(b[9:relayHead])
	from.mu.Unlock()
	if k == nil {
		m.counts.unsealed.Add(1)
		return
	}
	if now-time.Duration(w.unsealedAt.Load()) < time.Second && w.unsealed.Load() >= maxUnsealed {
		m.counts.unsealed.Add(1)
		return
	}
	text, err := k.pair.Open(byte(on), b[relayHead:])
	if err != nil {
		m.counts.unsealed.Add(1)
		if now-time.Duration(w.unsealedAt.Load()) >= time.Second {
			w.unsealedAt.Store(int64(now))
			w.unsealed.Store(0)
		}
		w.unsealed.Add(1)
		return
	}
	if from.relayHeard(k, age) {
		m.learn(now, w.link.id, from.id)
		from.relay.way.receiveRelayed(w, on, text)
	}
}

// learn: via has just brought something from a member, so it is linked with it,
// whatever its last report says.
func (m *Mesh) learn(now time.Duration, via, from peer.ID) {
	m.routing.mu.Lock()
	m.routing.table.Brought(now, via, from)
	m.routing.mu.Unlock()
}
