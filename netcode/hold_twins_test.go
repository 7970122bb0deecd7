package netcode_test

import (
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode"
	"github.com/tuttiplay/tutti/netcode/evidence"
	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/seeds"
	"github.com/tuttiplay/tutti/netcode/simnet"
	"github.com/tuttiplay/tutti/netcode/weather"
)

// twins are two sessions of one player behind one link. Until they part they are
// the same to the last bit: both get all that arrives, the second one's words
// are thrown away. From then on each talks with one half of the others.
type twins struct {
	link   *simnet.Link
	parted bool
	group  map[peer.ID]int // which twin that peer talks with
	sess   [2]*netcode.Session[keys]
	ends   [2]*twinLink
}

// twinLink is one twin's end of the link.
type twinLink struct {
	*twins
	which int
	recv  [peer.Channels]func(from peer.ID, b []byte)
}

func (l *twinLink) Self() peer.ID               { return l.link.Self() }
func (l *twinLink) State(to peer.ID) peer.State { return l.link.State(to) }

func (l *twinLink) Send(to peer.ID, ch peer.Channel, b []byte) error {
	if !l.parted && l.which == 0 || l.parted && l.which == l.group[to] {
		return l.link.Send(to, ch, b)
	}
	return nil
}

func (l *twinLink) Bind(ch peer.Channel, recv func(from peer.ID, b []byte)) {
	l.recv[ch] = recv
	l.link.Bind(ch, func(from peer.ID, b []byte) {
		for _, end := range l.ends {
			if r := end.recv[ch]; r != nil && (!l.parted || end.which == l.group[from]) {
				r(from, append([]byte(nil), b...))
			}
		}
	})
}

// twinScene is a match in which the last player is two.
func twinScene(seed uint64, n int) (*scene, *twins) {
	s := newScene(n, simnet.Config{Seed: seed, Weather: ordinary}, netcode.Config{}, asIs)
	x := s.players[n-1]
	x.dead = true // the scene's own one: the twins take its place
	tw := &twins{link: s.links[n-1], group: map[peer.ID]int{}}
	for i, p := range s.players[:n-1] {
		tw.group[p.id] = i * 2 / (n - 1)
	}
	for w := range tw.sess {
		tw.ends[w] = &twinLink{twins: tw, which: w}
	}
	for w := range tw.sess {
		c := s.cfg
		c.Key, c.Clock = peer.KeyFromSeed([32]byte{byte(n)}), tw.link.Now
		tw.sess[w] = netcode.New(&yard{quiet: true}, tw.ends[w], netcode.Ready(s.match), c)
	}
	dice := weather.NewDice(seed)
	held := keys{}
	var beat func()
	beat = func() {
		tw.link.After(p60, beat)
		if dice.Below(6) == 0 {
			held = keys{Left: dice.Below(2) == 0, Aim: int16(dice.Below(7))}
		}
		for w, sess := range tw.sess {
			move := held
			if tw.parted && w == 1 {
				move.Aim = -held.Aim - 1
			}
			_ = sess.Tick(move) // it ends when the player is barred
		}
	}
	tw.link.After(10*time.Millisecond, beat)
	return s, tw
}

// TestTwins: a player signs one history for some and another for the others.
// Each honest player holds a proof soon, which convinces a stranger. They go on
// without the cheat, with one history, and do not let it in again.
func TestTwins(t *testing.T) {
	for _, n := range []int{5, 3} {
		t.Run(map[int]string{5: "four honest", 3: "two honest"}[n], func(t *testing.T) {
			var caught, gone series
			seeds.Each(t, 30, func(t *testing.T, seed uint64) {
				s, tw := twinScene(seed, n)
				cheat := s.players[n-1].id
				s.runTo(t, 100, 10*time.Second)
				dice := weather.NewDice(seed)
				s.net.RunFor(time.Duration(dice.Below(uint64(time.Second))))
				if a, b := tw.sess[0].Debug(), tw.sess[1].Debug(); a != b {
					t.Fatalf("the twins are not the same:\n%s\n%s", a, b)
				}
				tw.parted = true
				parted, before := s.net.Now(), s.players[0].sess.Stats().Frame
				s.net.RunFor(6 * time.Second)
				last := netcode.Frame(0)
				for i, p := range s.players[:n-1] {
					at, ok := s.firstAfter(i, parted, func(e netcode.Event) bool { _, is := e.(netcode.Caught); return is })
					if !ok || at-parted > 1500*time.Millisecond {
						s.dump(t)
						t.Fatalf("player %d caught nobody within 1.5 s: %v", i, at-parted)
					}
					caught.add(at - parted)
					proofs, drops := find[netcode.Caught](p), find[netcode.Dropped](p)
					if len(proofs) != 1 || proofs[0].Peer != cheat {
						t.Fatalf("player %d was told %v", i, p.events)
					}
					mustConvince(t, &proofs[0].Proof, cheat, s.match.ID)
					if len(drops) != 1 || drops[0].Peer != cheat || i > 0 && drops[0].Frame != last {
						s.dump(t)
						t.Fatalf("player %d was told %v", i, p.events)
					}
					last = drops[0].Frame
					at, _ = s.firstAfter(i, parted, func(e netcode.Event) bool { _, is := e.(netcode.Dropped); return is })
					gone.add(at - parted)
				}
				if last < before || last > before+30 {
					t.Errorf("they parted at frame %d, and the cheat is gone from frame %d on", before, last)
				}
				if common := s.mustAct(t, 5*time.Second); common < before+300 {
					t.Errorf("the honest ones came from frame %d to %d only", before, common)
				}
				for i, p := range s.players[:n-1] {
					if st := p.sess.Stats(); st.Seat[n-1].Status != netcode.Gone {
						t.Errorf("player %d: the cheat is %v", i, st.Seat[n-1].Status)
					}
				}
			})
			t.Logf("caught after %v; dropped after %v", &caught, &gone)
		})
	}
}

// mustConvince asserts that the text of a proof convinces who knows nothing.
func mustConvince(t testing.TB, p *evidence.Proof, guilty peer.ID, match [16]byte) {
	t.Helper()
	text, err := p.MarshalText()
	if err != nil {
		t.Fatal(err)
	}
	f, err := evidence.Check(text)
	if err != nil || f.Guilty != guilty || f.Match != match {
		t.Fatalf("a stranger finds %v, %v", f, err)
	}
}
