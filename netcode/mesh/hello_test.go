//go:build !js

package mesh

import (
	"fmt"
	"net/netip"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode/mesh/internal/letter"
	"github.com/tuttiplay/tutti/netcode/peer"
)

// TestForgedHellos: a member writes hellos in another one's name to a third, whose
// connection with that one is well. It stays, next to nothing is tried, and nobody
// is called a forger because of it.
func TestForgedHellos(t *testing.T) {
	for name, change := range map[string]func(l *letter.Letter, i int){
		"want":              func(l *letter.Letter, _ int) { l.Want = true },
		"want, signed":      func(l *letter.Letter, _ int) { l.Want, l.Signed = true, true },
		"another process":   func(l *letter.Letter, i int) { l.From = uint64(1000 + i) },
		"restart":           func(l *letter.Letter, _ int) { l.Again = true },
		"a restart, signed": func(l *letter.Letter, _ int) { l.Again, l.Signed = true, true },
	} {
		t.Run(name, func(t *testing.T) {
			inLab(t, 3, 1, func(t *testing.T, x *field) {
				x.enterAll(3)
				a, b, m := x.ms[0], x.ms[1], x.ms[2]
				time.Sleep(1500 * time.Millisecond)
				way := a.link(b.Self()).active
				var offers, restarts atomic.Int32
				x.hub.setTap(func(from, to peer.ID, text []byte) [][]byte {
					if l, err := letter.Parse(text); err == nil && from == a.Self() && to == b.Self() {
						switch l.Kind {
						case letter.Offer:
							offers.Add(1)
						case letter.Restart:
							restarts.Add(1)
						}
					}
					return [][]byte{text}
				})
				id, sent := b.Self(), 0
				for i := range 300 { // 6 s
					l := letter.Letter{Kind: letter.Hello, From: b.incarnation, To: a.incarnation, Nonce: letter.NewNonce(), Session: way.session}
					change(&l, i)
					if m.link(a.Self()).hand(append(append([]byte{forwardedMark}, id[:]...), l.Append(nil)...)) {
						sent++
					}
					_ = a.Send(b.Self(), peer.Moves, []byte("m"))
					time.Sleep(20 * time.Millisecond)
				}
				t.Logf("%d forged hellos: %d offers, %d restarts", sent, offers.Load(), restarts.Load())
				if sent < 250 {
					t.Errorf("premise: %d hellos were delivered", sent)
				}
				// One each rumourEvery for a process that may be there.
				if most := map[string]int32{"another process": 2}[name]; offers.Load() > most || restarts.Load() > 0 {
					t.Errorf("%d offers and %d restarts", offers.Load(), restarts.Load())
				}
				if a.link(b.Self()).active != way || b.Stats().Forged != 0 || a.State(b.Self()) != peer.Linked {
					t.Errorf("the connection is another one, or B called A a forger: %d", b.Stats().Forged)
				}
				if f := a.Stats().Forged; f > 30 {
					t.Errorf("%d signatures were verified", f)
				}
			})
		})
	}
}

// TestRestartWithoutLetters: the only carrier of letters asks for a restart in a
// player's name and then carries nothing, or only that far. The connection, which
// is well, goes on.
func TestRestartWithoutLetters(t *testing.T) {
	for _, asked := range []string{"by the carrier", "by the program", "by the other program"} {
		t.Run(asked, func(t *testing.T) {
			inPair(t, func(t *testing.T, x *field, a, b *Mesh) {
				var dropped atomic.Int32
				x.hub.setTap(func(_, _ peer.ID, _ []byte) [][]byte {
					dropped.Add(1)
					return nil
				})
				in := newCurrent(a, b)
				switch asked {
				case "by the carrier":
					l := letter.Letter{Kind: letter.Hello, From: b.incarnation, To: a.incarnation, Nonce: letter.NewNonce(), Again: true}
					x.hub.inject(b.Self(), a.Self(), l.Append(nil))
				case "by the program":
					if err := a.Restart(b.Self()); err != nil {
						t.Error(err)
					}
				default:
					if err := b.Restart(a.Self()); err != nil {
						t.Error(err)
					}
				}
				stalls := 0
				for range 500 { // 5 s
					time.Sleep(10 * time.Millisecond)
					if !in.fresh(time.Now().Add(-150 * time.Millisecond)) {
						stalls++
					}
				}
				in.end()
				time.Sleep(100 * time.Millisecond)
				if dropped.Load() == 0 {
					t.Error("premise: no letter was dropped")
				}
				if stalls > 15 || a.State(b.Self()) != peer.Linked || !a.Path(b.Self()).Direct {
					t.Errorf("%d of 500 samples in a stall; %v", stalls, a.State(b.Self()))
				}
			})
		})
	}
}

// TestLostRestartLetters: the first letter of a restart, or its answer, is lost.
// It is sent again, and nobody becomes Unlinked.
func TestLostRestartLetters(t *testing.T) {
	for _, kind := range []letter.Kind{letter.Restart, letter.Restarted} {
		inPair(t, func(t *testing.T, x *field, a, b *Mesh) {
			var lost atomic.Int32
			x.hub.setTap(func(_, _ peer.ID, text []byte) [][]byte {
				if l, err := letter.Parse(text); err == nil && l.Kind == kind && lost.CompareAndSwap(0, 1) {
					return nil
				}
				return [][]byte{text}
			})
			way, flow := a.link(b.Self()).active, flowOf(a, a.link(b.Self()).active)
			if err := a.Restart(b.Self()); err != nil {
				t.Fatal(err)
			}
			out, in := newCurrent(a, b), newCurrent(b, a)
			time.Sleep(3 * time.Second)
			out.end()
			in.end()
			time.Sleep(time.Second)
			if lost.Load() == 0 {
				t.Errorf("premise: no letter %d was lost", kind)
			}
			if a.link(b.Self()).active != way || flowOf(a, way) == flow {
				t.Error("the connection is another one, or its flow is not")
			}
			for _, m := range x.ms {
				for e := range m.Events() {
					if _, ok := e.(Unlinked); ok {
						t.Errorf("letter %d lost: %v", kind, e)
					}
				}
			}
			for _, s := range []*current{out, in} {
				if err := s.whole(); err != nil || s.sent < 50 {
					t.Errorf("letter %d lost, %d sent: %v", kind, s.sent, err)
				}
			}
		})
	}
}

// TestHeldRestartLetter: a restart that its carrier held back is worth nothing when
// it comes later, though all of it is signed and about the connection there is;
// at once it is worth a restart.
func TestHeldRestartLetter(t *testing.T) {
	for _, late := range []time.Duration{0, offerLifetime + time.Second} {
		inPair(t, func(t *testing.T, x *field, a, b *Mesh) {
			held := make(chan letter.Nonce, 64)
			x.hub.setTap(func(_, _ peer.ID, text []byte) [][]byte {
				if l, err := letter.Parse(text); err == nil && l.Kind == letter.Hello && l.Again && l.Signed && !l.Ask {
					held <- l.Nonce
					return nil
				}
				return [][]byte{text}
			})
			if err := a.Restart(b.Self()); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Second)
			if len(held) != 1 {
				t.Fatalf("premise: %d promises, want 1", len(held))
			}
			w, sdp := b.link(a.Self()).active, a.link(b.Self()).active.conn.(*pionConn).pc.LocalDescription().SDP
			l := letter.Letter{Kind: letter.Restart, From: a.incarnation, To: b.incarnation, Nonce: letter.Nonce{1}, Echo: w.session, Challenge: <-held, Lifetime: offerLifetime, SDP: sdp}
			var err error
			if l.Fingerprint, l.Ufrag, err = letter.ReadSDP(sdp); err != nil {
				t.Fatal(err)
			}
			copy(l.Sig[:], x.keys[0].Sign(l.Canonical("room-1", a.Self(), b.Self())))
			time.Sleep(late)
			forged := b.Stats().Forged
			x.hub.inject(a.Self(), b.Self(), l.Append(nil))
			time.Sleep(100 * time.Millisecond)
			if got, want := b.Stats().Forged-forged, int64(min(late, 1)); int64(got) != want {
				t.Errorf("after %v: %d refused, want %d", late, got, want)
			}
			var seen []Event
			if late > 0 && !has(b, &seen, func(e *ForgedError) bool { return e.Field == "expiry" }) {
				t.Errorf("not refused for its age: %v", seen)
			}
		})
	}
}

// TestRestartNeverAnswered: no letter of a restart comes through. A new connection
// takes its place before the peer is given up, and nothing reliable is lost.
func TestRestartNeverAnswered(t *testing.T) {
	inPair(t, func(t *testing.T, x *field, a, b *Mesh) {
		var lost atomic.Int32
		x.hub.setTap(func(_, _ peer.ID, text []byte) [][]byte {
			if l, err := letter.Parse(text); err == nil && l.Kind == letter.Restart {
				lost.Add(1)
				return nil
			}
			return [][]byte{text}
		})
		first := a.link(b.Self()).active
		if err := a.Restart(b.Self()); err != nil {
			t.Fatal(err)
		}
		out := newCurrent(a, b)
		took := x.within(overdue+500*time.Millisecond, "a new connection", func() bool {
			l := a.link(b.Self())
			l.mu.Lock()
			defer l.mu.Unlock()
			return l.active != nil && l.active != first
		})
		time.Sleep(time.Second)
		out.end()
		time.Sleep(500 * time.Millisecond)
		t.Logf("%d letters of restarts lost; another connection after %v", lost.Load(), took)
		if lost.Load() < 2 || !a.Path(b.Self()).Direct {
			t.Errorf("%d letters lost", lost.Load())
		}
		for _, m := range x.ms {
			for e := range m.Events() {
				if _, ok := e.(Unlinked); ok {
					t.Error(e)
				}
			}
		}
		if err := out.whole(); err != nil || out.sent < 40 {
			t.Errorf("%d sent: %v", out.sent, err)
		}
	})
}

// TestAddressBeforeItsRestart: addresses that overtake the restart which they are
// for, as those of a page may that finds them later, are used all the same.
func TestAddressBeforeItsRestart(t *testing.T) {
	inLab(t, 3, 1, func(t *testing.T, x *field) {
		other := x.hosts[2] // where nobody plays
		conn, err := other.Net().ListenPacket("udp4", fmt.Sprintf("%s:4000", other.Addr()))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		a, b := x.enter(Config{noCouriers: true}), x.enter(Config{noCouriers: true})
		x.within(3*time.Second, "direct", x.allDirect)
		time.Sleep(2 * time.Second)
		w := b.link(a.Self()).active
		var overtook atomic.Int32
		x.hub.setTap(func(from, to peer.ID, text []byte) [][]byte {
			l, err := letter.Parse(text)
			if err != nil || l.Kind != letter.Restart {
				return [][]byte{text}
			}
			c := letter.Letter{Kind: letter.Address, From: l.From, To: l.To, Nonce: w.session, Ufrag: l.Ufrag}
			c.Candidate = letter.Candidate{Text: candidateText(netip.AddrPortFrom(other.Addr(), 4000), false), Mid: "0"}
			copy(c.Sig[:], x.keys[0].Sign(c.Canonical("room-1", from, to)))
			overtook.Add(1)
			return [][]byte{c.Append(nil), text}
		})
		stale := b.Stats().StaleLetters
		if err := a.Restart(b.Self()); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		if overtook.Load() != 1 {
			t.Errorf("premise: %d addresses overtook", overtook.Load())
		}
		if b.Stats().StaleLetters != stale || b.Stats().Forged != 0 {
			t.Errorf("the address was dropped: %+v", b.Stats())
		}
		if n := other.Counters().Received; n == 0 {
			t.Error("nobody tried the address")
		}
	})
}
