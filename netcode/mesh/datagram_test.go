//go:build !js

package mesh

import (
	"bytes"
	"errors"
	"net"
	"net/netip"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pion/transport/v4/stdnet"

	"github.com/tuttiplay/tutti/netcode/mesh/internal/datagram"
	"github.com/tuttiplay/tutti/netcode/mesh/internal/seal"
	"github.com/tuttiplay/tutti/netcode/mesh/internal/socket"
	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/simnet/natlab"
	"github.com/tuttiplay/tutti/netcode/weather"
)

// box is something on the way that may let WebRTC through and nothing else.
type box struct {
	from   atomic.Pointer[natlab.Host] // only what comes from there; nil is everybody
	shut   atomic.Bool
	passed atomic.Int64 // datagrams of our own
	taken  atomic.Int64
}

func (x *box) look(h *natlab.Host, _, _ netip.AddrPort, b []byte) bool {
	if len(b) == 0 || b[0] != datagram.Kind {
		return true
	}
	if from := x.from.Load(); x.shut.Load() && (from == nil || from == h) {
		x.taken.Add(1)
		return false
	}
	x.passed.Add(1)
	return true
}

// behindBox is a match of two whose packets pass a box.
func behindBox(t *testing.T, f func(t *testing.T, m *match, x *box)) {
	synctest.Test(t, func(t *testing.T) {
		x := &box{}
		lab := natlab.New(natlab.Config{Seed: 1, Weather: weather.Weather{Latency: 25 * time.Millisecond}, Tap: x.look})
		defer lab.Close()
		r := &field{t: t, lab: lab, hub: newHub(), keys: keysInOrder(2), hosts: []*natlab.Host{lab.Host(), lab.Host()}}
		defer r.close()
		x.shut.Store(t.Name() == "TestNoDatagramsFromTheBeginning")
		r.enter(Config{})
		r.enter(Config{})
		r.within(3*time.Second, "linked", r.allLinked)
		m := r.match()
		defer m.close()
		m.play(3 * time.Second)
		f(t, m, x)
	})
}

// TestNoDatagramsFromTheBeginning: where our datagrams do not get through moves go
// by SCTP, as they do with a page; and when they do get through, they are used.
func TestNoDatagramsFromTheBeginning(t *testing.T) {
	behindBox(t, func(t *testing.T, m *match, x *box) {
		r := m.measure(10 * time.Second)
		if x.passed.Load() != 0 || x.taken.Load() == 0 || x.taken.Load() > 60 {
			t.Errorf("%d datagrams passed, %d were tried", x.passed.Load(), x.taken.Load())
		}
		if r.moves < 1000 || r.late > 0 {
			t.Errorf("%d of %d moves late", r.late, r.moves)
		}
		x.shut.Store(false)
		m.play(6 * time.Second)
		before := x.passed.Load()
		if r = m.measure(5 * time.Second); r.late > 0 || x.passed.Load()-before < 550 {
			t.Errorf("%d of %d moves late, %d datagrams in 6 s", r.late, r.moves, x.passed.Load()-before)
		}
	})
}

// TestDatagramsStopGettingThrough: in one direction or both, while all else does.
// The match goes on over the same connection.
func TestDatagramsStopGettingThrough(t *testing.T) {
	for _, way := range []string{"both", "there", "back"} {
		t.Run(way, func(t *testing.T) {
			behindBox(t, func(t *testing.T, m *match, x *box) {
				was := m.x.ms[0].link(m.x.ms[1].Self()).active
				if x.passed.Load() < 200 {
					t.Fatalf("%d datagrams in the beginning", x.passed.Load())
				}
				if i := map[string]int{"there": 0, "back": 1}; way != "both" {
					x.from.Store(m.x.hosts[i[way]])
				}
				x.shut.Store(true)
				r := m.measure(10 * time.Second)
				if x.taken.Load() < 60 {
					t.Fatalf("the box took %d", x.taken.Load())
				}
				t.Logf("the worst move took %v", r.worst)
				if r.worst > 300*time.Millisecond {
					t.Errorf("the worst move took %v", r.worst)
				}
				if r = m.measure(5 * time.Second); r.late > 0 {
					t.Errorf("%d of %d moves late though SCTP has them", r.late, r.moves)
				}
				if m.x.ms[0].link(m.x.ms[1].Self()).active != was {
					t.Error("it is another connection")
				}
				x.shut.Store(false)
				m.play(8 * time.Second)
				before := x.passed.Load()
				if r = m.measure(5 * time.Second); r.late > 0 || x.passed.Load()-before < 550 {
					t.Errorf("%d of %d moves late, %d datagrams in 6 s", r.late, r.moves, x.passed.Load()-before)
				}
			})
		})
	}
}

// noRoute is a connection whose machine refuses each datagram, though they got
// through before: its network is gone.
type noRoute struct {
	wireConn
	refused int
}

func (c *noRoute) packets() bool { return true }

func (c *noRoute) packet([]byte, []byte, int) bool {
	c.refused++
	return false
}

func (c *noRoute) send(on lane, _ bool, b []byte) error {
	c.queued[on] += len(b)
	return nil
}

// TestMovesDoNotPileUpWithoutARoute: SCTP would keep each one.
func TestMovesDoNotPileUpWithoutARoute(t *testing.T) {
	a, w := bareMesh(testID(1), testID(2))
	clock := newSteps()
	*clock = steps(time.Minute)
	a.cfg.clock = clock.now
	w.heard.Store(int64(time.Minute))
	c := &noRoute{}
	w.conn = c
	full := 0
	for range 60 * 20 {
		*clock += steps(time.Second / 60)
		if errors.Is(a.Send(w.link.id, peer.Moves, make([]byte, 300)), peer.ErrFull) {
			full++
		}
	}
	if c.refused < 500 || full == 0 {
		t.Fatalf("%d were refused by the machine, %d by us", c.refused, full)
	}
	if n := c.queued[movesLane]; n == 0 || n > movesBound+1000 {
		t.Errorf("%d bytes of moves wait, at most %d may", n, movesBound)
	}
}

// TestRepeatedDatagramsMeasureNothing: whoever captures our datagrams and sends them
// again later writes nothing of our figures.
func TestRepeatedDatagramsMeasureNothing(t *testing.T) {
	lanes := lanePair(t)
	for _, back := range []int{2000, 1<<16 - 60} {
		_, w := bareMesh(testID(2), testID(1))
		clock := newSteps()
		*clock = steps(time.Minute)
		w.m.cfg.clock = clock.now
		c := &pionConn{way: w}
		c.datagrams.lane.Store(lanes[1])
		var all [][]byte
		step := func() {
			*clock += steps(time.Second / 60)
			number, stamp := len(all), w.m.now()/time.Millisecond
			move := []byte{dataFrame, byte(number), byte(number >> 8), 0, byte(stamp), byte(stamp >> 8)}
			d, err := lanes[0].Seal(nil, w.m.now(), nil, move)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, d)
			c.arrived(netip.AddrPort{}, bytes.Clone(d))
		}
		for range 70_000 {
			step()
		}
		for i := range 600 {
			if step(); i%10 == 0 {
				c.arrived(netip.AddrPort{}, bytes.Clone(all[len(all)-back]))
			}
		}
		if w.dead.Load() {
			t.Fatal("the way is dead")
		}
		if r := w.meter.Report(w.m.now()); r.Loss != 0 || r.Duplicate != 0 || r.Judged < 550 {
			t.Errorf("repeated from %d back: %+v", back, r)
		}
		c.arrived(netip.AddrPort{}, bytes.Clone(all[len(all)-1]))
		if r := w.meter.Report(w.m.now()); r.Duplicate == 0 {
			t.Error("a copy that the network made is not counted")
		}
	}
}

// lanePair returns both ends of a lane.
func lanePair(t *testing.T) (lanes [2]*datagram.Lane) {
	t.Helper()
	var secrets [2]*seal.Secret
	for i := range secrets {
		var err error
		if secrets[i], err = seal.NewSecret(); err != nil {
			t.Fatal(err)
		}
	}
	ends := [2]seal.End{{ID: testID(1), Process: 1}, {ID: testID(2), Process: 2}}
	for i := range lanes {
		p, err := secrets[i].Pair(seal.Context{Room: "r"}, ends[i], ends[1-i], secrets[1-i].Public())
		if err != nil {
			t.Fatal(err)
		}
		lanes[i] = datagram.New(p)
	}
	return lanes
}

// TestSparesAreDeliveredOnce: the receiver gets one of a move and its spare.
func TestSparesAreDeliveredOnce(t *testing.T) {
	lanes := lanePair(t)
	m, w := bareMesh(testID(2), testID(1))
	c := &pionConn{way: w}
	c.datagrams.lane.Store(lanes[1])
	var got []byte
	m.Bind(peer.Moves, func(_ peer.ID, b []byte) { got = append(got, b...) })
	for number := range byte(100) {
		for range 3 {
			d, err := lanes[0].Seal(nil, 0, nil, []byte{dataFrame, number, 0, 0, 0, 0, number})
			if err != nil {
				t.Fatal(err)
			}
			c.arrived(netip.AddrPort{}, d)
		}
	}
	if len(got) != 100 || got[0] != 0 || got[99] != 99 {
		t.Errorf("%d moves came of 100 that were sent three times each", len(got))
	}
}

// TestHeldDatagramMovesNothing: whoever holds a datagram back and delivers it from
// elsewhere does not make us look for the peer there; a new one does.
func TestHeldDatagramMovesNothing(t *testing.T) {
	n, err := stdnet.NewNet()
	if err != nil {
		t.Fatal(err)
	}
	var clock atomic.Int64
	set, err := socket.Open(socket.Config{Net: n, Loopback: true, Now: func() time.Duration { return time.Duration(clock.Load()) }})
	if err != nil {
		t.Fatal(err)
	}
	defer set.Close()
	elsewhere, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer elsewhere.Close()
	there := elsewhere.LocalAddr().(*net.UDPAddr).AddrPort()
	asked := func() bool {
		_ = elsewhere.SetReadDeadline(time.Now().Add(100 * time.Millisecond))
		_, _, err := elsewhere.ReadFrom(make([]byte, 1500))
		return err == nil
	}
	lanes := lanePair(t)
	_, w := bareMesh(testID(2), testID(1))
	c := &pionConn{way: w}
	c.datagrams.lane.Store(lanes[1])
	flow := set.Flow("ours")
	flow.Secure("our password")
	flow.Meet("theirs", "their password", true)
	here := netip.MustParseAddrPort("127.0.0.1:9")
	flow.Choose(here)
	c.datagrams.flow.Store(flow)
	var list [][]byte
	for range 3 {
		d, err := lanes[0].Seal(nil, 0, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, d)
	}
	c.arrived(here, list[1])
	clock.Add(int64(time.Minute)) // it is silent where it was
	if c.arrived(there, list[0]); asked() {
		t.Error("what was held back made us look for the peer")
	}
	if c.arrived(there, list[2]); !asked() {
		t.Error("a new datagram from elsewhere did not")
	}
}
