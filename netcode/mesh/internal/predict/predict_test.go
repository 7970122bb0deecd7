package predict

import (
	"net/netip"
	"slices"
	"testing"
)

// nat is a sequential one: each new destination takes the next port, and only
// who was sent to gets in.
type nat struct {
	ip    netip.Addr
	port  uint16
	step  int
	holes map[netip.AddrPort]uint16
	// Where several players are behind it:
	of    map[hole]uint16
	given int
}

func (n *nat) out(to netip.AddrPort) netip.AddrPort {
	if _, was := n.holes[to]; !was {
		n.holes[to] = n.port
		n.port = add(n.port, n.step)
	}
	return netip.AddrPortFrom(n.ip, n.holes[to])
}

func (n *nat) lets(from netip.AddrPort, port uint16) bool { return n.holes[from] == port && port != 0 }

// TestPlanMeets lets two ends send by the plan while others use up ports of both
// between the telling and the sending.
func TestPlanMeets(t *testing.T) {
	for _, step := range []int{1, 2, -1, 5} {
		for x := range 8 {
			for y := range 8 {
				a := &nat{ip: netip.MustParseAddr("192.0.2.1"), port: 65530, step: step, holes: map[netip.AddrPort]uint16{}}
				b := &nat{ip: netip.MustParseAddr("198.51.100.1"), port: 1030, step: 1, holes: map[netip.AddrPort]uint16{}}
				toldA, toldB := Told{Next: netip.AddrPortFrom(a.ip, a.port), Step: step}, Told{Next: netip.AddrPortFrom(b.ip, b.port), Step: 1}
				a.port, b.port = add(a.port, x*step), add(b.port, y)
				planA, planB := Plan(toldA, toldB, true), Plan(toldB, toldA, false)
				met := false
				for range 2 { // the first round opens, the second passes
					for i := range planA {
						if from := a.out(planA[i]); planA[i].Addr() == b.ip && b.lets(from, planA[i].Port()) {
							met = true
						}
						if from := b.out(planB[i]); planB[i].Addr() == a.ip && a.lets(from, planB[i].Port()) {
							met = true
						}
					}
				}
				if want := x+2*y < Packets && x+y < Packets; met != want {
					t.Fatalf("step %d, %d and %d ports used up: met is %v", step, x, y, met)
				}
			}
		}
	}
}

// TestNaivePlanMisses is why there is a plan: with equal strides one port used
// up is enough to miss.
func TestNaivePlanMisses(t *testing.T) {
	a := &nat{ip: netip.MustParseAddr("192.0.2.1"), port: 5000, step: 1, holes: map[netip.AddrPort]uint16{}}
	b := &nat{ip: netip.MustParseAddr("198.51.100.1"), port: 7000, step: 1, holes: map[netip.AddrPort]uint16{}}
	toldA, toldB := Told{Next: netip.AddrPortFrom(a.ip, 4999), Step: 1}, Told{Next: netip.AddrPortFrom(b.ip, 7000), Step: 1}
	planA, planB := Plan(toldA, toldB, true), Plan(toldB, toldA, true)
	for range 2 {
		for i := range planA {
			if b.lets(a.out(planA[i]), planA[i].Port()) || a.lets(b.out(planB[i]), planB[i].Port()) {
				t.Fatal("met: the plan is not needed")
			}
		}
	}
}

// TestRestUsesUpWhatWasTried: two ends that have sent once, in vain, may go on from
// where their NATs are then: no port of that is one that was sent to already.
func TestRestUsesUpWhatWasTried(t *testing.T) {
	for _, step := range []int{1, 3, -2} {
		low := Told{Next: netip.MustParseAddrPort("192.0.2.1:5000"), Step: step}
		high := Told{Next: netip.MustParseAddrPort("198.51.100.1:7000"), Step: 1}
		used := len(Plan(low, high, true)) + rest(low, high, true)
		again := Plan(high, Next(low.Next, step, used, 1), false)
		for _, at := range Plan(high, low, false) {
			if slices.Contains(again, at) {
				t.Errorf("step %d: %v is sent to again, %d ports later", step, at, used)
			}
		}
		again = Plan(low, Next(high.Next, 1, len(Plan(high, low, false))+rest(high, low, false), 1), true)
		for _, at := range Plan(low, high, true) {
			if slices.Contains(again, at) {
				t.Errorf("step %d: the lower one sends to %v again", step, at)
			}
		}
	}
}

func TestPlanOfSteadyPorts(t *testing.T) {
	steady := Told{Next: netip.MustParseAddrPort("192.0.2.1:5000")}
	moving := Told{Next: netip.MustParseAddrPort("198.51.100.1:65534"), Step: 1}
	if got := Plan(moving, steady, true); !slices.Equal(got, []netip.AddrPort{steady.Next}) {
		t.Errorf("to a steady port: %v", got)
	}
	got := Plan(steady, moving, false)
	if len(got) != few || got[early] != moving.Next || got[early+1].Port() != 65535 || got[early+2].Port() != lowest {
		t.Errorf("to a moving port: %v", got)
	}
	if got := Plan(steady, Told{Next: netip.MustParseAddrPort("[2001:db8::1]:5000")}, true); got != nil {
		t.Errorf("to another family: %v", got)
	}
}

func TestNext(t *testing.T) {
	seen := netip.MustParseAddrPort("192.0.2.1:5000")
	for _, tc := range []struct {
		step, steps int
		want        uint16
	}{{0, 9, 5000}, {1, 1, 5001}, {2, 4, 5008}, {-1, 2, 4998}, {1, -3, 4997}} {
		if got := Next(seen, tc.step, tc.steps, 0); got.Next.Port() != tc.want || got.Step != tc.step {
			t.Errorf("step %d, %d steps: %v, want port %d", tc.step, tc.steps, got, tc.want)
		}
	}
}

func TestStep(t *testing.T) {
	at := func(port uint16) netip.AddrPort { return netip.AddrPortFrom(netip.MustParseAddr("192.0.2.1"), port) }
	for _, tc := range []struct {
		a, b   uint16
		at, bt uint64
		want   int
	}{{5000, 5001, 1, 2, 1}, {5001, 5000, 2, 1, 1}, {5000, 5006, 1, 4, 2}, {65535, 0, 1, 2, 1}, {5000, 4999, 1, 2, -1}, {5000, 9000, 1, 2, 0}, {5000, 5001, 3, 3, 0}} {
		if got := Step(at(tc.a), at(tc.b), tc.at, tc.bt); got != tc.want {
			t.Errorf("%+v: %d", tc, got)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(Told{Next: netip.MustParseAddrPort("192.0.2.1:5000"), Step: -3, Round: 2}.String())
	f.Add("tutti-next [::ffff:1.2.3.4]:5 0 0")
	f.Add("candidate:1 1 udp 1 127.0.0.1 1 typ host")
	f.Fuzz(func(t *testing.T, text string) {
		told, ok := Parse(text)
		if !ok {
			return
		}
		again, ok := Parse(told.String())
		if !ok || again != told {
			t.Errorf("%q is %v, and then %v", text, told, again)
		}
		if n := len(Plan(told, told, true)); n == 0 || n > Packets {
			t.Errorf("%d packets", n)
		}
	})
}
