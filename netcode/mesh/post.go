package mesh

import (
	"cmp"
	"slices"

	"github.com/tuttiplay/tutti/netcode/mesh/internal/courier"
	"github.com/tuttiplay/tutti/netcode/mesh/internal/letter"
	"github.com/tuttiplay/tutti/netcode/mesh/internal/route"
	"github.com/tuttiplay/tutti/netcode/peer"
)

const (
	// maxForwards is how many letters a second of one member are passed on or
	// taken; an honest one sends a dozen per new connection.
	maxForwards = 128
	// maxPassed is the longest letter that is passed on, in bytes: an offer with
	// the largest description there may be.
	maxPassed = letter.MaxSDP + 1<<10
)

// post sends a letter to the partner: by the server, and through members that
// are linked with it, so that a server that is gone, slow or hostile does not
// matter. The error is the server's, if nobody else takes it either.
func (p *partner) post(b []byte) error {
	m := p.m
	err := m.sig.Send(p.link.id, peer.Signal, b)
	if !p.well() && m.door.answer(m, p.link.id, b) { // whoever is here needs no door, and anybody can knock in its name
		err = nil
	}
	if m.cfg.noCouriers || len(b) > maxPassed {
		return err
	}
	text := append(append([]byte{forwardMark}, p.link.id[:]...), b...)
	if w := p.old; w != nil && p.link.hand(text) {
		err = nil // it may be dead in one direction alone
	}
	r := &m.routing
	r.mu.Lock()
	through := r.table.Through(m.now(), p.link.id)
	r.mu.Unlock()
	slices.SortFunc(through, func(a, b route.Choice) int { return cmp.Compare(a.RTT, b.RTT) })
	taken := 0
	for _, c := range through {
		if taken == courier.Max {
			break
		}
		if by := m.link(c.Via); by != nil && by.hand(text) {
			taken++
			err = nil
		}
	}
	return err
}

// hand gives a letter to the direct way at once, and says whether that took it.
func (l *link) hand(b []byte) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	w := l.active
	return w != nil && w.conn.buffered(controlLane)+len(b) <= relayControl && w.put(controlLane, b) == nil
}

// forwards counts a letter that a member wants passed on, or passes on to us;
// false is too many.
func (w *way) forwards() bool {
	n := w.letters.Count(w.m.now())
	if n > maxForwards {
		w.m.counts.floodedLetters.Add(1)
	}
	if n > 4*maxForwards {
		w.junked()
	}
	return n <= maxForwards
}

// passOn takes a letter that the member wrote to another one, or to us. It goes
// one hop and no further: what was passed on comes with another mark.
func (w *way) passOn(b []byte) {
	m := w.m
	if len(b) <= peer.IDSize || w.relayed {
		w.junked()
		return
	}
	if !w.forwards() {
		return
	}
	to, text := peer.ID(b[:peer.IDSize]), b[peer.IDSize:]
	if to == m.self {
		m.take(w.link.id, w.link.id, text)
		return
	}
	target := m.link(to)
	if target == nil || target == w.link || len(text) > maxPassed {
		m.counts.undeliverable.Add(1)
		return
	}
	if !m.carrier.charge(m.now(), route.TagOf(w.link.id), len(b)) {
		m.counts.overBudget.Add(1)
		return
	}
	out := append(append(make([]byte, 0, 1+len(b)), forwardedMark), w.link.id[:]...)
	if !target.hand(append(out, text...)) {
		m.counts.undeliverable.Add(1)
	}
}

// passedOn takes a letter of another member that this one carried.
func (w *way) passedOn(b []byte) {
	m := w.m
	if len(b) <= peer.IDSize || w.relayed {
		w.junked()
		return
	}
	if !w.forwards() {
		return
	}
	from := peer.ID(b[:peer.IDSize])
	if from == m.self || from == w.link.id || m.link(from) == nil {
		m.counts.undeliverable.Add(1)
		return
	}
	m.take(w.link.id, from, b[peer.IDSize:])
}

// take queues a letter that came through a member. It counts as one of the
// member's, so that nobody crowds out another one's letters.
func (m *Mesh) take(courier, from peer.ID, b []byte) {
	if !m.notes.letter(courier, from, true, b) {
		m.counts.floodedLetters.Add(1)
	}
}

// purse returns that of a courier, for what it brings of the partner's letters.
func (p *partner) purse(by peer.ID) *courier.Purse {
	return p.purses.Of(by, 2*maxPartners+1, func(id peer.ID) bool { return p.m.partners[id] != nil }) // some leave and others come
}

// flooded drops the letter that is being read because its courier's purse is empty;
// the same letter may come by another one.
func (p *partner) flooded() {
	p.m.counts.floodedLetters.Add(1)
	p.copies.Forget()
}
