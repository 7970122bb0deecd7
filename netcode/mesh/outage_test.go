//go:build !js

package mesh

import (
	"encoding/binary"
	"sync"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/seeds"
)

// stamped sends moves at 60 Hz and reliable messages at 10 Hz from one mesh to
// another, and notes what comes and when.
type stamped struct {
	f        *field
	from, to *Mesh
	accepted uint32 // reliable messages

	mu    sync.Mutex
	moves []arrival
	came  []uint32 // reliable messages, as they came
	at    []time.Duration
}

// arrival is one move: when it was sent and when it came.
type arrival struct{ sent, came time.Duration }

func (a arrival) age() time.Duration { return a.came - a.sent }

func (x *field) stamp(from, to *Mesh) *stamped {
	s := &stamped{f: x, from: from, to: to}
	to.Bind(peer.Moves, func(who peer.ID, b []byte) {
		s.mu.Lock()
		defer s.mu.Unlock()
		if who == from.Self() {
			s.moves = append(s.moves, arrival{time.Duration(binary.LittleEndian.Uint64(b)), x.lab.Now()})
		}
	})
	to.Bind(peer.User, func(who peer.ID, b []byte) {
		s.mu.Lock()
		defer s.mu.Unlock()
		if who == from.Self() {
			s.came = append(s.came, binary.LittleEndian.Uint32(b))
			s.at = append(s.at, x.lab.Now())
		}
	})
	return s
}

// stampFor sends for so long. Both ends of a test call it in turn, so it takes no time.
func stampFor(x *field, d time.Duration, all ...*stamped) {
	x.t.Helper()
	begin := x.lab.Now()
	for i := 0; x.lab.Now()-begin < d; i++ {
		for _, s := range all {
			var move [60]byte
			binary.LittleEndian.PutUint64(move[:], uint64(x.lab.Now()))
			_ = s.from.Send(s.to.Self(), peer.Moves, move[:])
			if i%6 == 0 && s.from.Send(s.to.Self(), peer.User, binary.LittleEndian.AppendUint32(nil, s.accepted)) == nil {
				s.accepted++
			}
		}
		time.Sleep(gap60)
	}
}

// TestOutages: nothing passes for a while. When the network is back moves flow
// at once and none of them is stale, and nothing reliable was lost.
func TestOutages(t *testing.T) {
	for _, c := range []struct{ dark, fresh, page time.Duration }{
		{300 * time.Millisecond, 60 * time.Millisecond, 60 * time.Millisecond},
		{3 * time.Second, 60 * time.Millisecond, 150 * time.Millisecond},
		{8 * time.Second, 100 * time.Millisecond, 250 * time.Millisecond},
		{16 * time.Second, 500 * time.Millisecond, 800 * time.Millisecond},
	} {
		t.Run(c.dark.String(), func(t *testing.T) {
			seeds.Each(t, 3, func(t *testing.T, seed uint64) { testOutage(t, seed, c.dark, c.fresh, false) })
		})
		// Its moves go by SCTP, and it finds its way again by an ICE restart.
		t.Run(c.dark.String()+" of a page", func(t *testing.T) {
			seeds.Each(t, 1, func(t *testing.T, seed uint64) { testOutage(t, seed, c.dark, c.page, true) })
		})
	}
}

func testOutage(t *testing.T, seed uint64, dark, fresh time.Duration, page bool) {
	inLab(t, 2, seed, func(t *testing.T, x *field) {
		a, b := x.enter(Config{}), x.enterOn(platform{plain: page}, Config{})
		x.within(3*time.Second, "linked", x.allLinked)
		ab, ba := x.stamp(a, b), x.stamp(b, a)
		// Not always at the same point of timers.
		stampFor(x, 2*time.Second+time.Duration(seed%8)*37*time.Millisecond, ab, ba)
		time.Sleep(time.Duration(seed%16) * time.Millisecond)
		cut := x.lab.Counters().Cut
		x.lab.Outage(dark)
		stampFor(x, dark, ab, ba)
		back, dueAB, dueBA := x.lab.Now(), ab.accepted, ba.accepted
		if n := x.lab.Counters().Cut - cut; n < int64(dark/time.Second*4+15) {
			t.Fatalf("the outage took only %d packets", n)
		}
		stampFor(x, 5*time.Second, ab, ba)
		time.Sleep(5 * time.Second)
		for name, s := range map[string]*stamped{"up": ab, "down": ba} {
			s.mu.Lock()
			due := dueAB
			if s == ba {
				due = dueBA
			}
			first, oldest, stale := time.Hour, time.Duration(0), 0
			for _, m := range s.moves {
				if m.age() <= 250*time.Millisecond && m.came >= back {
					first = min(first, m.came-back)
				}
				if oldest = max(oldest, m.age()); m.age() > 250*time.Millisecond {
					stale++
				}
			}
			drained, waited := time.Duration(0), 0
			for i, number := range s.came {
				if number != uint32(i) {
					t.Fatalf("%s: reliable message %d came as number %d", name, number, i)
				}
				if i < int(due) && s.at[i] >= back {
					drained, waited = s.at[i]-back, waited+1
				}
			}
			t.Logf("%s: first fresh move after %v, %d of %d stale, oldest %v, %d of %d reliable messages; %d that waited were there after %v", name, first, stale, len(s.moves), oldest, len(s.came), s.accepted, waited, drained)
			if waited < 2 || drained > time.Second {
				t.Errorf("%s: %d reliable messages waited, the last one came %v after the return; want some, within a second", name, waited, drained)
			}
			if first > fresh {
				t.Errorf("%s: the first fresh move came %v after the return, want %v", name, first, fresh)
			}
			if stale > 0 {
				t.Errorf("%s: %d moves were stale", name, stale)
			}
			if len(s.came) != int(s.accepted) {
				t.Errorf("%s: %d of %d reliable messages came", name, len(s.came), s.accepted)
			}
			s.mu.Unlock()
		}
	})
}
