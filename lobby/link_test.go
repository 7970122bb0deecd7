//go:build !js

package lobby_test

import (
	"bytes"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/lobby"
	"github.com/tuttiplay/tutti/lobby/rendezvous"
	"github.com/tuttiplay/tutti/netcode/peer"
)

// fakeMesh links rooms of one process.
type fakeMesh struct {
	self  peer.ID
	mu    sync.Mutex
	peers map[peer.ID]*fakeMesh
	recv  [peer.Channels]func(from peer.ID, b []byte)
	sent  int
}

func meshes(rooms ...*lobby.Room) []*fakeMesh {
	list := make([]*fakeMesh, len(rooms))
	for i, r := range rooms {
		list[i] = &fakeMesh{self: r.Self(), peers: map[peer.ID]*fakeMesh{}}
	}
	return list
}

func (m *fakeMesh) link(o *fakeMesh) {
	for _, p := range [][2]*fakeMesh{{m, o}, {o, m}} {
		p[0].mu.Lock()
		p[0].peers[p[1].self] = p[1]
		p[0].mu.Unlock()
	}
}

func (m *fakeMesh) unlink(id peer.ID) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.peers, id)
}

func (m *fakeMesh) Self() peer.ID { return m.self }

func (m *fakeMesh) Send(to peer.ID, ch peer.Channel, b []byte) error {
	m.mu.Lock()
	o := m.peers[to]
	if o != nil {
		m.sent++
	}
	m.mu.Unlock()
	if o == nil {
		return peer.ErrNotLinked
	}
	o.mu.Lock()
	recv := o.recv[ch]
	o.mu.Unlock()
	if recv != nil {
		recv(m.self, bytes.Clone(b))
	}
	return nil
}

func (m *fakeMesh) Bind(ch peer.Channel, recv func(from peer.ID, b []byte)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.recv[ch] = recv
}

func (m *fakeMesh) State(to peer.ID) peer.State {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.peers[to] != nil {
		return peer.Linked
	}
	return peer.Unlinked
}

func TestMessagesGoByServerAndByMesh(t *testing.T) {
	s := serve(t, rendezvous.Config{})
	a := s.player(0, "")
	b := s.player(1, in(t, a))
	in(t, b)
	to := key(1).ID()
	until(t, "a sees b", func() bool { return a.State(to) == peer.Linked })
	type message struct {
		from peer.ID
		ch   peer.Channel
		text string
	}
	got := make(chan message, 100)
	for ch := peer.Control; ch < peer.Channels; ch++ {
		b.Bind(ch, func(from peer.ID, m []byte) { got <- message{from, ch, string(m)} })
	}
	for ch := peer.Control; ch < peer.Channels; ch++ {
		for n := range 3 {
			text := fmt.Sprint(ch, n)
			if err := a.Send(to, ch, []byte(text)); err != nil {
				t.Fatalf("%v: %v", ch, err)
			}
			if m := <-got; m != (message{key(0).ID(), ch, text}) {
				t.Errorf("%v: %+v", ch, m)
			}
		}
	}
	stranger := key(9).ID()
	for name, tc := range map[string]struct {
		err  error
		want error
	}{
		"moves by the server":  {a.Send(to, peer.Moves, []byte{1}), peer.ErrNotLinked},
		"bulk by the server":   {a.Send(to, peer.Bulk, []byte{1}), peer.ErrNotLinked},
		"stranger":             {a.Send(stranger, peer.Chat, []byte{1}), peer.ErrNotLinked},
		"oneself":              {a.Send(a.Self(), peer.Chat, []byte{1}), peer.ErrNotLinked},
		"large":                {a.Send(to, peer.Chat, make([]byte, peer.MaxMessage+1)), peer.ErrTooLarge},
		"large moves":          {a.Send(to, peer.Moves, make([]byte, peer.MaxDatagram+1)), peer.ErrTooLarge},
		"as large as may be":   {a.Send(to, peer.Chat, make([]byte, peer.MaxMessage)), nil},
		"nothing but a header": {a.Send(to, peer.Chat, nil), nil},
	} {
		if !errors.Is(tc.err, tc.want) {
			t.Errorf("%s: %v, want %v", name, tc.err, tc.want)
		}
	}
	for range 2 {
		<-got
	}
	if a.Send(to, peer.Channels, nil) == nil {
		t.Error("a channel that does not exist is accepted")
	}
	if a.State(stranger) != peer.Unlinked || a.State(a.Self()) != peer.Unlinked {
		t.Error("strangers are linked")
	}
	m := meshes(a, b)
	a.Attach(m[0])
	b.Attach(m[1])
	m[0].link(m[1])
	if err := a.Send(to, peer.Chat, []byte("direct")); err != nil || m[0].sent != 1 {
		t.Errorf("by the mesh: %v, %d sent", err, m[0].sent)
	}
	if g := <-got; g.text != "direct" || g.from != key(0).ID() {
		t.Errorf("got %+v", g)
	}
	if !member(a, to).Linked {
		t.Error("the snapshot does not show the link")
	}
	m[0].unlink(to)
	if err := a.Send(to, peer.Signal, []byte("repair")); err != nil {
		t.Error(err)
	}
	if g := <-got; g.text != "repair" {
		t.Errorf("got %+v", g)
	}
	b.Close()
	if m[1].recv[peer.Chat] != nil {
		t.Error("a closed room still holds the mesh's channels")
	}
	until(t, "b is gone", func() bool { return a.State(to) == peer.Unlinked })
}

func TestLinkedMembersAreNotRemoved(t *testing.T) {
	const grace = 600 * time.Millisecond
	s := serve(t, rendezvous.Config{Grace: grace})
	p := newProxy(t, s.addr)
	a := s.player(0, "", func(c *lobby.Config) { c.Seats = 4 })
	b := s.player(1, in(t, a), func(c *lobby.Config) { c.Server = p.l.Addr().String() })
	in(t, b)
	m := meshes(a, b)
	a.Attach(m[0])
	m[0].link(m[1])
	// The report goes out within a second; another member tells us when the
	// server would have forgotten b without it.
	c := s.player(2, a.Snapshot().Code)
	in(t, c)
	reported := func() bool { return member(a, key(1).ID()).Linked }
	until(t, "a sees the link", reported)
	during(t, 1500*time.Millisecond, "b stays while it is online", func() bool { return len(a.Members()) == 3 })
	p.l.Close() // b cannot come back
	p.cut()
	until(t, "b is away", func() bool { return !member(a, key(1).ID()).Online })
	during(t, 2*grace, "b stays", func() bool { return len(a.Members()) == 3 })
	m[0].unlink(key(1).ID())
	until(t, "b is removed", func() bool { return len(a.Members()) == 2 })
	if e, ok := find[lobby.Left](&log{room: a}); !ok || e.Reason != lobby.LeftByLoss {
		t.Errorf("left: %+v, %v", e, ok)
	}
}

func TestQueueToTheServerIsBounded(t *testing.T) {
	s := serve(t, rendezvous.Config{MessagesPerSec: 10})
	a := s.player(0, "")
	b := s.player(1, in(t, a))
	in(t, b)
	to := key(1).ID()
	until(t, "a sees b", func() bool { return a.State(to) == peer.Linked })
	var err error
	n := 0
	for ; err == nil && n < 10_000; n++ {
		err = a.Send(to, peer.User, make([]byte, peer.MaxMessage))
	}
	if !errors.Is(err, peer.ErrFull) {
		t.Errorf("after %d messages: %v", n, err)
	}
}

func TestHundredIdlePlayers(t *testing.T) {
	s := serve(t, rendezvous.Config{})
	var rooms []*lobby.Room
	code := ""
	for i := range 100 {
		if i%4 == 0 {
			code = ""
		}
		r := s.player(byte(100+i), code)
		if code == "" {
			code = in(t, r)
		}
		rooms = append(rooms, r)
	}
	for i, r := range rooms {
		until(t, "four in each room", func() bool { return len(r.Members()) == 4 })
		if i%4 > 0 && r.RoomID() != rooms[i-1].RoomID() {
			t.Errorf("player %d is in another room", i)
		}
	}
	if h := s.srv.Health(); h.Rooms != 25 || h.Connections != 100 || h.Dropped != 0 {
		t.Errorf("health %+v", h)
	}
}
