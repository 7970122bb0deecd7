//go:build !js

package mesh

import (
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode/peer"
)

// hub is a room in memory: real keys, and a carrier of letters that a test may
// make dishonest.
type hub struct {
	mu      sync.Mutex
	room    string
	members []peer.ID
	seats   map[peer.ID]*seat
	// tap sees each letter and returns what is delivered in its place, in order.
	tap func(from, to peer.ID, b []byte) [][]byte
}

func newHub() *hub { return &hub{room: "room-1", seats: map[peer.ID]*seat{}} }

// seat is one member's Signaler.
type seat struct {
	hub    *hub
	key    peer.Key
	turn   sync.Mutex
	mu     sync.Mutex
	signal func(peer.ID, []byte)
}

func testKey(n byte) peer.Key { return peer.KeyFromSeed([peer.SeedSize]byte{n, 7}) }

// keysInOrder returns n keys, the lowest ID first.
func keysInOrder(n int) []peer.Key {
	var keys []peer.Key
	for i := range n {
		keys = append(keys, testKey(byte(i)))
	}
	slices.SortFunc(keys, func(a, b peer.Key) int { return a.ID().Compare(b.ID()) })
	return keys
}

// enter makes k a member, or gives the present one a new seat.
func (h *hub) enter(k peer.Key) *seat {
	s := &seat{hub: h, key: k}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.seats[k.ID()] = s
	if !slices.Contains(h.members, k.ID()) {
		h.members = append(h.members, k.ID())
	}
	return s
}

func (h *hub) leave(id peer.ID) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.members = slices.DeleteFunc(h.members, func(m peer.ID) bool { return m == id })
	delete(h.seats, id)
}

func (h *hub) setTap(tap func(from, to peer.ID, b []byte) [][]byte) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.tap = tap
}

// inject delivers a letter that nobody sent.
func (h *hub) inject(from, to peer.ID, b []byte) {
	h.mu.Lock()
	s := h.seats[to]
	h.mu.Unlock()
	if s == nil {
		return
	}
	s.turn.Lock()
	defer s.turn.Unlock()
	s.mu.Lock()
	f := s.signal
	s.mu.Unlock()
	if f != nil {
		b = slices.Clone(b)
		f(from, b)
		for i := range b {
			b[i] = 0xdd // b is dead
		}
	}
}

func (s *seat) Self() peer.ID { return s.key.ID() }

func (s *seat) Send(to peer.ID, ch peer.Channel, b []byte) error {
	s.hub.mu.Lock()
	tap, here := s.hub.tap, s.hub.seats[to] != nil
	s.hub.mu.Unlock()
	if ch != peer.Signal || !here {
		return peer.ErrNotLinked
	}
	out := [][]byte{b}
	if tap != nil {
		out = tap(s.Self(), to, slices.Clone(b))
	}
	for _, b := range out {
		s.hub.inject(s.Self(), to, b)
	}
	return nil
}

func (s *seat) Bind(ch peer.Channel, recv func(peer.ID, []byte)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if ch == peer.Signal {
		s.signal = recv
	}
}

func (s *seat) State(peer.ID) peer.State { return peer.Linked }

func (s *seat) RoomID() string {
	s.hub.mu.Lock()
	defer s.hub.mu.Unlock()
	return s.hub.room
}

func (s *seat) Members() []peer.ID {
	s.hub.mu.Lock()
	defer s.hub.mu.Unlock()
	return slices.Clone(s.hub.members)
}

func (s *seat) Sign(msg []byte) []byte { return s.key.Sign(msg) }
func (s *seat) ICEServers() []string   { return nil }
func (s *seat) Attach(peer.Link)       {}

// open makes a mesh in the hub that is closed when the test ends. It bears more
// silence than others do: a busy machine is silent for seconds.
func open(t testing.TB, h *hub, k peer.Key) *Mesh {
	t.Helper()
	return openWith(t, h, k, Config{Loopback: true, Silence: 15 * time.Second})
}

func openWith(t testing.TB, h *hub, k peer.Key, cfg Config) *Mesh {
	t.Helper()
	return openOn(t, platform{}, h, k, cfg)
}

// openOn is openWith with a platform of the test's own.
func openOn(t testing.TB, on platform, h *hub, k peer.Key, cfg Config) *Mesh {
	t.Helper()
	m := start(on, h.enter(k), cfg)
	if err := m.Err(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		m.Close()
		<-m.done // all of it, however long: goleak is next
	})
	return m
}

// patience is how long a test waits for what must come, on the busiest of machines.
const patience = time.Minute

// eventually waits until cond holds.
func eventually(t testing.TB, what string, cond func() bool) {
	t.Helper()
	late := time.NewTimer(patience)
	defer late.Stop()
	again := time.NewTicker(2 * time.Millisecond)
	defer again.Stop()
	for !cond() {
		select {
		case <-again.C:
		case <-late.C:
			t.Fatalf("%s: not within %v", what, patience)
		}
	}
}

// linked waits until all meshes are linked with each other.
func linked(t testing.TB, meshes ...*Mesh) {
	t.Helper()
	eventually(t, "links", func() bool {
		for _, a := range meshes {
			for _, b := range meshes {
				if a != b && a.State(b.Self()) != peer.Linked {
					return false
				}
			}
		}
		return true
	})
}
