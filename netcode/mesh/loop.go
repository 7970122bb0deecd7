package mesh

import (
	"slices"
	"time"

	"github.com/tuttiplay/tutti/netcode/mesh/internal/route"
	"github.com/tuttiplay/tutti/netcode/peer"
)

const (
	tickEvery = 50 * time.Millisecond
	// maxPartners is how many members a mesh links with: eight seats and as
	// many that look on, twice.
	maxPartners = 32
	// sleepGap is a pause of our own, as of a hidden page or a suspended
	// machine, after which nobody can be blamed for silence.
	sleepGap = 1500 * time.Millisecond
)

// run is the mesh's goroutine.
func (m *Mesh) run() {
	defer close(m.done)
	tick := time.NewTicker(tickEvery)
	defer tick.Stop()
	bulk := time.NewTimer(time.Hour)
	defer bulk.Stop()
	m.tick()
	for {
		select {
		case <-m.notes.wake:
			m.read()
		case <-tick.C:
			m.read()
			m.tick()
		case <-m.quit:
			m.shut()
			return
		case <-m.bulkWake:
			m.paceBulk(bulk)
		case <-bulk.C:
			m.paceBulk(bulk)
		}
	}
}

// paceBulk sends the bulk that may go, and sets the timer for the next.
func (m *Mesh) paceBulk(timer *time.Timer) {
	if wait := m.pumpBulks(); wait >= 0 {
		timer.Reset(max(wait, time.Millisecond))
	}
}

// shut ends everything and waits for it.
func (m *Mesh) shut() {
	m.sig.Bind(peer.Signal, nil)
	m.platform.stop()
	for _, p := range m.order {
		p.drop(0)
	}
	clear(m.partners)
	m.setLinks()
	m.notes.close()
	m.closers.Wait()
	m.platform.close()
	close(m.gone)
	m.rest.Wait()
}

// read works off all notes.
func (m *Mesh) read() {
	list := m.notes.take()
	for i := range list {
		m.note(&list[i])
	}
	m.notes.done(list)
	if m.rerouted {
		m.rerouted = false
		m.routes(m.now())
	}
}

func (m *Mesh) note(n *note) {
	if n.kind == signalNote {
		m.letter(n.from, n.courier, n.byMember, n.data)
		return
	}
	if n.kind == mappedNote {
		m.platform.announce(m)
		return
	}
	w := n.way
	p := m.partners[w.link.id]
	if p == nil || p.link != w.link {
		return // left in the meantime
	}
	switch n.kind {
	case arrivedNote:
		w.pending.Add(-int64(len(n.data)) - noteCost)
		w.receive(n.lane, n.isText, n.data)
	case openedNote:
		w.opened()
	case describedNote:
		p.described(w, n.text)
	case settledNote:
		p.settle(w)
	case gatheredNote:
		p.gathered(w, n.candidate)
	case restartNote:
		p.askRestart(m.now(), w)
	case upNote:
		p.up(w)
		m.rerouted = true
		if w == p.old {
			m.welcome(p)
		}
	case routesNote:
		m.rerouted = true
	case admittedNote:
		if n.data[0] == admitMark {
			m.hearAdmission(w.link, n.data[1:])
		} else {
			m.hearRoster(w.link, n.data[1:])
		}
	case failedNote:
		p.failed(w, n.reason, n.err)
	}
}

// tick looks at the room and at the clock.
func (m *Mesh) tick() {
	now := m.now()
	slept := now-m.lastTick > sleepGap
	m.lastTick = now
	m.enter()
	for _, p := range m.order {
		if slept {
			p.excuse(now)
		}
		p.tick(now)
		m.introduce(p)
		p.link.watchPath(now)
	}
	m.platform.tick(m)
	m.routes(now)
}

// enter makes the partners those that are in the room.
func (m *Mesh) enter() {
	room, members := m.sig.RoomID(), m.proper()
	if room == "" || !slices.Contains(members, m.self) {
		return // not entered; or the server is away, and the links stay
	}
	if room != m.room {
		m.door.enter(room)
		clear(m.vouched)
	}
	members = m.present(m.now(), members)
	changed := false
	if room != m.room {
		changed = len(m.order) > 0
		for _, p := range m.order {
			p.drop(LeftRoom)
			m.forget(p.link.id)
		}
		clear(m.partners)
		m.room, m.order = room, nil
	}
	for _, p := range m.order {
		if !slices.Contains(members, p.link.id) {
			p.drop(LeftRoom)
			delete(m.partners, p.link.id)
			m.forget(p.link.id)
			changed = true
		}
	}
	for _, id := range members {
		if id == m.self || m.partners[id] != nil {
			continue
		}
		if len(m.partners) == maxPartners {
			if !m.crowded {
				m.cfg.Log.Warn("mesh: too many members, the last ones stay unlinked", "most", maxPartners)
			}
			m.crowded = true
			break
		}
		m.partners[id] = newPartner(m, id)
		changed = true
	}
	if !changed {
		return
	}
	m.setLinks()
	m.order = m.order[:0]
	for _, id := range members {
		if p := m.partners[id]; p != nil && !slices.Contains(m.order, p) {
			m.order = append(m.order, p)
		}
	}
}

// setLinks shows the links to all goroutines.
func (m *Mesh) setLinks() {
	links, tags := map[peer.ID]*link{}, map[route.Tag]*link{}
	for id, p := range m.partners {
		links[id] = p.link
		tags[p.link.relay.conn.tag] = p.link
	}
	m.impairs.mu.Lock()
	var old map[peer.ID]*link
	if was := m.links.Load(); was != nil {
		old = *was
	}
	for id, l := range links {
		if old[id] != l && m.impairs.line != nil {
			l.impair(m.impairs.all, m.impairs.line)
		}
	}
	m.links.Store(&links)
	m.impairs.mu.Unlock()
	m.tags.Store(&tags)
}

// onSignal runs on the signaler's goroutine.
func (m *Mesh) onSignal(from peer.ID, b []byte) {
	if from == m.self || len(b) > peer.MaxMessage {
		m.counts.badLetters.Add(1)
		return
	}
	if !m.notes.letter(from, from, false, b) {
		m.counts.floodedLetters.Add(1)
	}
}
