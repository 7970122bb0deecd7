package chat

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode/peer"
)

// hall carries messages between real goroutines: one per link, as a real link
// has.
type hall struct {
	mu    sync.Mutex
	links []*seat
}

type seat struct {
	hall *hall
	id   peer.ID
	in   chan parcel
	mu   sync.Mutex
	recv func(from peer.ID, b []byte)
}

type parcel struct {
	from peer.ID
	b    []byte
}

func (h *hall) enter(id peer.ID) *seat {
	s := &seat{hall: h, id: id, in: make(chan parcel, 64)}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.links = append(h.links, s)
	return s
}

func (h *hall) seats() []*seat {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.links)
}

func (s *seat) Self() peer.ID            { return s.id }
func (s *seat) State(peer.ID) peer.State { return peer.Linked }

func (s *seat) Members() (ids []peer.ID) {
	for _, o := range s.hall.seats() {
		ids = append(ids, o.id)
	}
	return ids
}

func (s *seat) Bind(_ peer.Channel, recv func(peer.ID, []byte)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.recv = recv
}

func (s *seat) Send(to peer.ID, _ peer.Channel, b []byte) error {
	for _, o := range s.hall.seats() {
		if o.id == to {
			select {
			case o.in <- parcel{s.id, slices.Clone(b)}:
				return nil
			default:
				return peer.ErrFull
			}
		}
	}
	return peer.ErrNotLinked
}

// deliver is the link's goroutine.
func (s *seat) deliver(stop chan struct{}) {
	for {
		select {
		case p := <-s.in:
			s.mu.Lock()
			recv := s.recv
			s.mu.Unlock()
			recv(p.from, p.b)
			clear(p.b) // dead when recv returns
		case <-stop:
			return
		}
	}
}

// TestManyGoroutines uses every method from several goroutines at once, over
// links with goroutines of their own; in the end everyone has everything.
func TestManyGoroutines(t *testing.T) {
	var h hall
	var links, users sync.WaitGroup
	stop := make(chan struct{})
	clock := newFastClock()
	const players, lines = 3, 20
	var chats []*Chat
	var missing atomic.Int32
	missing.Store(players)
	for n := range players {
		s := h.enter(peer.KeyFromSeed([32]byte{byte(n + 1)}).ID())
		chats = append(chats, New(s, Config{Clock: clock.now}))
		links.Go(func() { s.deliver(stop) })
	}
	for n, c := range chats {
		users.Go(func() {
			for i := 0; i < lines; {
				switch err := c.Say(Room, fmt.Sprint(n, " ", i)); {
				case err == nil:
					i++
				case !errors.Is(err, ErrTooFast):
					t.Error(err)
					return
				}
				clock.tick()
			}
		})
		users.Go(func() {
			// All poll until the last one has everything: what a full link refused
			// goes out again when its author polls.
			deadline := time.Now().Add(30 * time.Second)
			complete := false
			for missing.Load() > 0 && time.Now().Before(deadline) {
				clock.tick()
				if n := len(slices.Collect(c.Lines())); n == players*lines && !complete {
					complete = true
					missing.Add(-1)
				}
				c.Stats()
				c.Mute(peer.ID{1}, c.Muted(peer.ID{1}))
			}
		})
	}
	users.Wait()
	close(stop)
	links.Wait()
	for _, c := range chats {
		got := slices.Collect(c.Lines())
		next := make(map[peer.ID]uint64)
		for _, l := range got {
			if next[l.From]++; l.Seq != next[l.From] {
				t.Errorf("line %d of %s comes as its %d.", l.Seq, l.From.Short(), next[l.From])
			}
		}
		if len(got) != players*lines {
			t.Errorf("%d lines, want %d; %+v", len(got), players*lines, c.Stats())
		}
	}
}

// fastClock runs with the work that is done, not with the wall.
type fastClock struct {
	mu sync.Mutex
	at time.Time
}

func newFastClock() *fastClock { return &fastClock{at: epoch} }

func (c *fastClock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *fastClock) tick() {
	runtime.Gosched() // a page has one thread and interrupts nobody
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(5 * time.Millisecond)
}
