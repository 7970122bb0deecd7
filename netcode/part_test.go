package netcode_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode"
	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/seeds"
	"github.com/tuttiplay/tutti/netcode/weather"
)

// TestPartings: who leaves or dies while others leave, die or stall, the rest
// plays on, all with the same history, and who left is done with it.
func TestPartings(t *testing.T) {
	for _, c := range []struct {
		name    string
		leave   []int // at the same tick
		crash   []int // then
		isolate int   // for a second, beginning 300 ms before; -1 is nobody
	}{
		{"two at once", []int{0, 2}, nil, -1},
		{"three of four at once", []int{0, 1, 2}, nil, -1},
		{"while another dies", []int{3}, []int{1}, -1},
		{"while the first dies", []int{3}, []int{0}, -1},
		{"during a stall", []int{1}, nil, 2},
		{"by the one that is stalled", []int{2}, nil, 2},
		{"two during a stall", []int{0, 1}, nil, 3},
	} {
		for _, rollback := range []int{netcode.NoRollback, 8} {
			t.Run(fmt.Sprintf("%s, rollback %d", c.name, rollback), func(t *testing.T) {
				seeds.Each(t, 10, func(t *testing.T, seed uint64) {
					m := newMatch(t, seed, 4, rough, netcode.Config{MaxRollback: rollback, DropAfter: 1500 * time.Millisecond, Grace: netcode.NoGrace})
					m.runTo(t, 200, 20*time.Second)
					m.net.RunFor(time.Duration(seed*7919%40) * time.Millisecond)
					if c.isolate >= 0 {
						m.isolate(m.players[c.isolate], true)
						m.net.RunFor(500 * time.Millisecond)
					}
					for _, i := range c.leave {
						m.players[i].sess.Leave()
					}
					for _, i := range c.crash {
						m.players[i].dead = true
						m.net.Crash(m.players[i].id)
					}
					m.net.RunFor(500 * time.Millisecond)
					if c.isolate >= 0 {
						m.isolate(m.players[c.isolate], false)
					}
					m.net.RunFor(3500 * time.Millisecond)
					for _, i := range c.leave {
						p := m.players[i]
						if !errors.Is(p.err, netcode.ErrClosed) || p.sess.Stats().Phase != netcode.Over {
							t.Errorf("player %d left: %v, %v", i, p.err, p.sess.Stats().Phase)
						}
						p.dead = true
					}
					gone := len(c.leave) + len(c.crash)
					m.runTo(t, 700, 20*time.Second)
					m.mustAgree(t, 700)
					at := map[peer.ID]netcode.Frame{}
					for i, p := range m.players {
						if p.dead {
							continue
						}
						left := find[netcode.Left](p)
						if len(left) != gone {
							t.Errorf("player %d was told %v", i, left)
						}
						for _, l := range left {
							if f, known := at[l.Peer]; known && f != l.Frame {
								t.Errorf("player %d: %v, another one: frame %d", i, l, f)
							}
							at[l.Peer] = l.Frame
						}
					}
				})
			})
		}
	}
}

// TestLastLeaves: the last player of a match leaves it and is done at once.
func TestLastLeaves(t *testing.T) {
	m := newMatch(t, 1, 2, rough, netcode.Config{})
	m.runTo(t, 100, 10*time.Second)
	m.players[0].sess.Leave()
	m.net.RunFor(time.Second)
	m.players[0].dead = true
	m.runTo(t, 300, 10*time.Second)
	last := m.players[1].sess
	last.Leave()
	if st := last.Stats(); st.Phase != netcode.Over && st.Phase != netcode.Parting {
		t.Errorf("right after Leave: %v", st.Phase)
	}
	m.net.RunFor(time.Second / 30)
	if st := last.Stats(); st.Phase != netcode.Over {
		t.Errorf("two ticks after Leave: %v", st.Phase)
	}
	if err := last.Close(); err != nil {
		t.Error(err)
	}
}

// restart puts a new process with the same key in a player's place.
func (m *simMatch) restart(p *player) *player {
	p.dead = true
	n := &player{id: p.id, game: &yard{}, dice: weather.NewDice(77), every: p.every}
	n.sess = netcode.New(n.game, m.net.Link(p.id), netcode.Ready(m.match), netcode.Config{Clock: m.net.Now, DropAfter: time.Second})
	m.start(n, uint64(100*time.Millisecond))
	return n
}

// TestRestartWhileGreeting: a process that dies and comes back before the match
// began plays from frame 0.
func TestRestartWhileGreeting(t *testing.T) {
	m := newMatch(t, 1, 3, rough, netcode.Config{DropAfter: time.Second})
	late := m.players[2]
	late.dead = true
	m.net.RunFor(500 * time.Millisecond)
	if phase := m.players[1].sess.Stats().Phase; phase != netcode.Greeting {
		t.Fatalf("the others are %v", phase)
	}
	m.players[0] = m.restart(m.players[0])
	m.net.RunFor(500 * time.Millisecond)
	late.dead = false
	m.start(late, 0)
	m.runTo(t, 300, 10*time.Second)
	m.mustAgree(t, 300)
}

// TestRestartWhilePlaying: a process that comes back during the match replays it
// and takes its seat again; the others drop the old one and see the new one
// come.
func TestRestartWhilePlaying(t *testing.T) {
	seeds.Each(t, 10, func(t *testing.T, seed uint64) {
		m := newMatch(t, seed, 3, rough, netcode.Config{DropAfter: time.Second})
		m.runTo(t, 200, 10*time.Second)
		again := m.restart(m.players[0])
		m.players[0] = again
		m.runTo(t, 600, 20*time.Second)
		m.mustAgree(t, 600)
		back := find[netcode.Back](again)
		if len(back) != 1 || !back[0].Own {
			t.Fatalf("the restarted player was told %v", again.events)
		}
		if st := again.sess.Stats(); st.Guest || st.Seat[0].Status != netcode.Playing {
			t.Errorf("the restarted player: %v", st)
		}
		for i, p := range m.players[1:] {
			dropped, returned := find[netcode.Dropped](p), find[netcode.Back](p)
			if len(dropped) != 1 || dropped[0].Peer != again.id || len(returned) != 1 || returned[0].Frame != back[0].Frame {
				t.Errorf("player %d was told %v", i+1, p.events)
			}
		}
	})
}

// TestNeverGreets: one player never comes. The others are told whom they wait
// for, step nothing and can leave.
func TestNeverGreets(t *testing.T) {
	m := newMatch(t, 1, 3, rough, netcode.Config{DropAfter: time.Second})
	m.players[1].dead = true
	m.net.RunFor(time.Minute)
	for i, p := range m.players {
		if p == m.players[1] {
			continue
		}
		if w := find[netcode.Waiting](p); len(w) != 1 || len(w[0].For) != 1 || w[0].For[0] != m.players[1].id || p.err != nil {
			t.Errorf("player %d: %v, %v", i, p.events, p.err)
		}
		if sent := m.net.Count(p.id, m.players[1].id, peer.Control).Sent; sent < 10 || sent > 70 {
			t.Errorf("player %d greeted the missing one %d times in a minute", i, sent)
		}
		if sent := m.net.Count(p.id, m.players[2-i].id, peer.Control).Sent; sent > 5 {
			t.Errorf("player %d greeted one that is there %d times", i, sent)
		}
		p.sess.Leave()
		if phase := p.sess.Stats().Phase; phase != netcode.Over {
			t.Errorf("player %d after Leave: %v", i, phase)
		}
	}
}

// TestLostGreeting: the link lost the greetings of one side; they come again.
func TestLostGreeting(t *testing.T) {
	m := newMatch(t, 1, 2, weather.Clear(), netcode.Config{})
	b := m.net.Link(m.players[1].id)
	var deaf bool
	link := &muffled{Link: b, deaf: &deaf}
	m.players[1].sess = netcode.New(m.players[1].game, link, netcode.Ready(m.match), netcode.Config{Clock: m.net.Now})
	deaf = true
	m.net.RunFor(300 * time.Millisecond)
	if a, b := m.players[0].sess.Stats().Phase, m.players[1].sess.Stats().Phase; a != netcode.Running || b != netcode.Greeting {
		t.Fatalf("phases %v and %v", a, b)
	}
	deaf = false
	m.runTo(t, 200, 10*time.Second)
	m.mustAgree(t, 200)
}

// muffled is a link that hears nothing on Control while it is deaf.
type muffled struct {
	peer.Link
	deaf *bool
}

func (l *muffled) Bind(ch peer.Channel, recv func(peer.ID, []byte)) {
	if ch != peer.Control || recv == nil {
		l.Link.Bind(ch, recv)
		return
	}
	l.Link.Bind(ch, func(from peer.ID, b []byte) {
		if !*l.deaf {
			recv(from, b)
		}
	})
}
