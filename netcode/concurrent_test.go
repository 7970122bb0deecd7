package netcode_test

import (
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tuttiplay/tutti/netcode"
	"github.com/tuttiplay/tutti/netcode/peer"
)

// hub joins links that deliver on goroutines of their own, as a mesh does.
type hub struct {
	mu    sync.Mutex
	links map[peer.ID]*hubLink
	wg    sync.WaitGroup
}

type hubLink struct {
	hub  *hub
	id   peer.ID
	mu   sync.Mutex
	recv [peer.Channels]func(peer.ID, []byte)
	in   chan hubPacket
}

type hubPacket struct {
	from peer.ID
	ch   peer.Channel
	b    []byte
}

func (h *hub) link(id peer.ID) *hubLink {
	l := &hubLink{hub: h, id: id, in: make(chan hubPacket, 1000)}
	h.mu.Lock()
	h.links[id] = l
	h.mu.Unlock()
	h.wg.Go(func() {
		for p := range l.in {
			l.mu.Lock()
			recv := l.recv[p.ch]
			l.mu.Unlock()
			if recv != nil {
				recv(p.from, p.b)
			}
			clear(p.b) // dead on return
		}
	})
	return l
}

// close ends the deliveries and waits for their goroutines.
func (h *hub) close() {
	h.mu.Lock()
	for id, l := range h.links {
		close(l.in)
		delete(h.links, id)
	}
	h.mu.Unlock()
	h.wg.Wait()
}

func (l *hubLink) Self() peer.ID { return l.id }

func (l *hubLink) Send(to peer.ID, ch peer.Channel, b []byte) error {
	l.hub.mu.Lock()
	defer l.hub.mu.Unlock()
	other := l.hub.links[to]
	if other == nil {
		return peer.ErrNotLinked
	}
	select {
	case other.in <- hubPacket{l.id, ch, append([]byte(nil), b...)}:
		return nil
	default:
		return peer.ErrFull
	}
}

func (l *hubLink) Bind(ch peer.Channel, recv func(peer.ID, []byte)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.recv[ch] = recv
}

func (l *hubLink) State(to peer.ID) peer.State {
	l.hub.mu.Lock()
	defer l.hub.mu.Unlock()
	if l.hub.links[to] == nil {
		return peer.Unlinked
	}
	return peer.Linked
}

// TestConcurrent: sessions with the machine's own clock, fed by goroutines,
// asked from others, left by one and closed by all.
func TestConcurrent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &hub{links: map[peer.ID]*hubLink{}}
		var ids []peer.ID
		for i := range 3 {
			ids = append(ids, peer.KeyFromSeed([32]byte{byte(i + 1)}).ID())
		}
		match := peer.NewMatch(1, ids, nil)
		var games []*yard
		var sessions []*netcode.Session[keys]
		var ticking sync.WaitGroup
		stop := make(chan struct{})
		for i, id := range ids {
			g := &yard{}
			s := netcode.New(g, h.link(id), netcode.Ready(match), netcode.Config{CheckInterval: 1})
			games, sessions = append(games, g), append(sessions, s)
			ticking.Go(func() {
				every := time.NewTicker(time.Second / 60)
				defer every.Stop()
				for {
					select {
					case <-stop:
						return
					case <-every.C:
					}
					err := s.Tick(keys{Left: i == 0, Aim: int16(i)})
					if errors.Is(err, netcode.ErrClosed) {
						return
					}
					if err != nil {
						t.Errorf("session %d: %v", i, err)
						return
					}
				}
			})
			ticking.Go(func() { // what a drawing goroutine does
				for n := 0; ; n++ {
					select {
					case <-stop:
						return
					case <-time.After(7 * time.Millisecond):
					}
					if st := s.Stats(); st.Phase == netcode.Running && n%5 == 0 {
						s.Order(i, []byte{byte(n)})
					}
					for range s.Events() {
					}
				}
			})
		}
		time.Sleep(5 * time.Second) // virtual
		if st := sessions[0].Stats(); st.Confirmed < 250 || st.Checks < 400 || st.Desynced {
			t.Errorf("after 5 s: %v", st)
		}
		sessions[2].Leave()
		began := time.Now()
		if err := sessions[2].Close(); err != nil || time.Since(began) > 100*time.Millisecond {
			t.Errorf("Close took %v: %v", time.Since(began), err)
		}
		time.Sleep(time.Second)
		for i, s := range sessions[:2] {
			if st := s.Stats(); st.Seat[2].Status != netcode.Gone || st.Confirmed < 300 {
				t.Errorf("session %d plays on: %v", i, st)
			}
		}
		close(stop)
		ticking.Wait()
		// Nobody ticks any more: the first to close waits in vain, but not long.
		began = time.Now()
		sessions[0].Close()
		sessions[1].Close()
		sessions[1].Close()
		if took := time.Since(began); took > 500*time.Millisecond {
			t.Errorf("two Close took %v", took)
		}
		h.close()
		if games[0].bad != nil || games[1].bad != nil {
			t.Error(games[0].bad, games[1].bad)
		}
	})
}
