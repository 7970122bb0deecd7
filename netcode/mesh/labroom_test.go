//go:build !js

package mesh

import (
	"fmt"
	"net"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tuttiplay/tutti/nat/stunturn"
	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/simnet/natlab"
	"github.com/tuttiplay/tutti/netcode/weather"
)

// labRoom is a room of players in a laboratory: letters take their time, there
// is a STUN server with two ports, and everything happens in virtual time.
type labRoom struct {
	t   *testing.T
	lab *natlab.Lab
	hub *hub
	// delay is how long a letter takes.
	delay   time.Duration
	server  *natlab.Host
	stun    *stunturn.Server
	urls    []string
	servers func() []string // in the place of urls, if not nil
}

// inLabRoom runs f in a bubble with a laboratory. Everything is closed when it ends.
func inLabRoom(t *testing.T, seed uint64, w weather.Weather, delay time.Duration, f func(r *labRoom)) {
	synctest.Test(t, func(t *testing.T) {
		lab := natlab.New(natlab.Config{Seed: seed, Weather: w})
		defer lab.Close()
		r := &labRoom{t: t, lab: lab, hub: newHub(), delay: delay, server: lab.Host()}
		var conns []net.PacketConn
		for _, port := range []int{3478, 3479} {
			c, err := r.server.Net().ListenPacket("udp4", fmt.Sprintf("%s:%d", r.server.Addr(), port))
			if err != nil {
				t.Fatal(err)
			}
			conns = append(conns, c)
			r.urls = append(r.urls, fmt.Sprintf("stun:%s:%d", r.server.Addr(), port))
		}
		var err error
		if r.stun, err = stunturn.Serve(stunturn.Config{PerSource: stunturn.NoLimit}, conns...); err != nil {
			t.Fatal(err)
		}
		defer r.stun.Close()
		f(r)
	})
}

// labSeat is a player's Signaler: letters go by the room, after its delay.
type labSeat struct {
	*seat
	room    *labRoom
	order   sync.Mutex
	mu      sync.Mutex
	letters []labLetter // under way
}

func (s *labSeat) ICEServers() []string {
	if s.room.servers != nil {
		return s.room.servers()
	}
	return s.room.urls
}

func (s *labSeat) Send(to peer.ID, ch peer.Channel, b []byte) error {
	if ch != peer.Signal {
		return peer.ErrNotLinked
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.letters = append(s.letters, labLetter{to, slices.Clone(b)})
	time.AfterFunc(s.room.delay, func() {
		s.order.Lock() // letters of one sender stay in order
		defer s.order.Unlock()
		s.mu.Lock()
		l := s.letters[0]
		s.letters = s.letters[1:]
		s.mu.Unlock()
		_ = s.seat.Send(l.to, ch, l.b)
	})
	return nil
}

type labLetter struct {
	to peer.ID
	b  []byte
}

// enter puts a player on a host into the room. The mesh is closed by the caller.
func (r *labRoom) enter(h *natlab.Host, k peer.Key, cfg Config) *Mesh {
	r.t.Helper()
	return r.enterAs(platform{net: h.Net()}, k, cfg)
}

// enterAs is enter with a platform of the test's own.
func (r *labRoom) enterAs(on platform, k peer.Key, cfg Config) *Mesh {
	r.t.Helper()
	m := start(on, &labSeat{seat: r.hub.enter(k), room: r}, cfg)
	if err := m.Err(); err != nil {
		r.t.Fatal(err)
	}
	return m
}

// join makes members of all keys first, as when a room starts.
func (r *labRoom) join(hosts []*natlab.Host, keys []peer.Key, cfg Config) (ms []*Mesh) {
	for _, k := range keys {
		r.hub.members = append(r.hub.members, k.ID())
	}
	for i, h := range hosts {
		ms = append(ms, r.enter(h, keys[i], cfg))
	}
	return ms
}

// shut closes meshes and waits for all of it.
func (r *labRoom) shut(ms ...*Mesh) {
	for _, m := range ms {
		m.Close()
		<-m.done
	}
}

// until waits in steps of a millisecond of virtual time until cond holds, and
// returns how long that took; false after the limit.
func (r *labRoom) until(limit time.Duration, cond func() bool) (time.Duration, bool) {
	start := time.Now()
	for !cond() {
		if time.Since(start) >= limit {
			return limit, false
		}
		time.Sleep(time.Millisecond)
	}
	return time.Since(start), true
}

// linked waits until all meshes are linked with each other.
func (r *labRoom) linked(limit time.Duration, ms ...*Mesh) (time.Duration, bool) {
	return r.until(limit, func() bool {
		for _, a := range ms {
			for _, b := range ms {
				if a != b && a.State(b.Self()) != peer.Linked {
					return false
				}
			}
		}
		return true
	})
}
