//go:build !js

package mesh

import (
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/seeds"
)

// stallSeat is the Signaler of a member whose program stops for a while, as a page
// does on a busy machine: its mesh's goroutine waits, and letters wait for it.
type stallSeat struct {
	*seat
	mu   sync.Mutex
	over chan struct{} // nil is none
	held [][]byte
	from []peer.ID
	f    func(peer.ID, []byte)
}

func (s *stallSeat) Members() []peer.ID {
	s.mu.Lock()
	over := s.over
	s.mu.Unlock()
	if over != nil {
		<-over
	}
	return s.seat.Members()
}

func (s *stallSeat) Bind(ch peer.Channel, f func(peer.ID, []byte)) {
	if f == nil {
		s.seat.Bind(ch, nil)
		return
	}
	s.f = f
	s.seat.Bind(ch, func(from peer.ID, b []byte) {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.over != nil {
			s.held, s.from = append(s.held, slices.Clone(b)), append(s.from, from)
			return
		}
		f(from, b)
	})
}

// stall stops the program, resume lets it go on and returns how many letters waited.
func (s *stallSeat) stall() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.over = make(chan struct{})
}

func (s *stallSeat) resume() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, b := range s.held {
		s.f(s.from[i], b)
	}
	n := len(s.held)
	s.held, s.from = nil, nil
	close(s.over)
	s.over = nil
	return n
}

// TestStalls: a member stops for one to four seconds again and again; nothing is
// read or sent by it meanwhile. Each time it is directly linked with the others
// again soon after, and nobody calls what was late forged.
func TestStalls(t *testing.T) {
	for _, who := range []int{0, 2} { // the one that makes the offers, or who answers them
		for name, plain := range map[string]bool{"native": false, "as a page": true} {
			t.Run([]string{"lowest", "", "highest"}[who]+", "+name, func(t *testing.T) {
				seeds.Each(t, 2, func(t *testing.T, seed uint64) { testStalls(t, seed, who, plain) })
			})
		}
	}
}

func testStalls(t *testing.T, seed uint64, who int, plain bool) {
	inLab(t, 3, seed, func(t *testing.T, x *field) {
		dice := rand.New(rand.NewPCG(seed, 1))
		var s *stallSeat
		for i := range 3 {
			if i != who {
				x.enter(Config{})
				continue
			}
			s = &stallSeat{seat: x.hub.enter(x.keys[i])}
			m := start(platform{net: x.hosts[i].Net(), plain: plain}, s, Config{})
			if err := m.Err(); err != nil {
				t.Fatal(err)
			}
			x.ms = append(x.ms, m)
		}
		x.within(3*time.Second, "direct", x.allDirect)
		waited, worst := 0, time.Duration(0)
		for i := range 8 {
			x.play(time.Second)
			time.Sleep(time.Duration(dice.IntN(1000)) * time.Millisecond)
			d := time.Second + time.Duration(dice.IntN(3000))*time.Millisecond
			s.stall()
			x.hosts[who].Cut()
			time.Sleep(d)
			x.hosts[who].Heal()
			n := s.resume()
			waited += n
			took := x.within(20*time.Second, "direct again", func() bool { return x.allDirect() && x.allFresh() })
			t.Logf("stall %d of %v: %d letters waited, direct again after %v", i, d, n, took)
			worst = max(worst, took)
			// For good: what the stall began must not take it away again.
			again := x.play(2*time.Second - min(took, 2*time.Second))
			if gone := x.play(2500 * time.Millisecond); gone > 0 {
				t.Errorf("stall %d: gone again for %v, and for %v later", i, again, gone)
			}
		}
		if waited == 0 {
			t.Error("premise: no letter waited")
		}
		if worst > 2*time.Second {
			t.Errorf("direct again after %v, want within 2 s", worst)
		}
		for _, m := range x.ms {
			for e := range m.Events() {
				if e, ok := e.(*ForgedError); ok {
					t.Error(e)
				}
				t.Logf("%d: %v", slices.Index(x.ms, m), e)
			}
		}
	})
}

// play lets all members send moves for so long, and returns how long somebody was
// not heard directly meanwhile.
func (x *field) play(d time.Duration) (gone time.Duration) {
	for begin := time.Now(); time.Since(begin) < d; time.Sleep(gap60) {
		for _, a := range x.ms {
			for _, b := range x.ms {
				_ = a.Send(b.Self(), peer.Moves, []byte("move"))
			}
		}
		if !x.allDirect() || !x.allFresh() {
			gone += gap60
		}
	}
	return gone
}

// allFresh says whether every member has heard every other one directly just now.
func (x *field) allFresh() bool {
	for _, a := range x.ms {
		for _, b := range x.ms {
			if a == b {
				continue
			}
			l := a.link(b.Self())
			l.mu.Lock()
			ok := l.active != nil && a.now()-time.Duration(l.active.heard.Load()) < pingEvery+200*time.Millisecond
			l.mu.Unlock()
			if !ok {
				return false
			}
		}
	}
	return true
}
