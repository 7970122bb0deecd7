//go:build !js

package mesh

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode/mesh/internal/letter"
	"github.com/tuttiplay/tutti/netcode/peer"
)

// resign makes every letter of a kind that one member writes another, and signs
// it with the sender's own key: all that is left to refuse it is what it says.
func (x *field) resign(from peer.Key, to peer.ID, kind letter.Kind, change func(l *letter.Letter)) (changed *atomic.Int64) {
	changed = new(atomic.Int64)
	x.hub.setTap(func(a, b peer.ID, text []byte) [][]byte {
		if l, err := letter.Parse(text); err == nil && a == from.ID() && b == to && l.Kind == kind {
			change(&l)
			copy(l.Sig[:], from.Sign(l.Canonical(x.hub.room, a, b)))
			text = l.Append(nil)
			changed.Add(1)
		}
		return [][]byte{text}
	})
	return changed
}

// onlyForged waits for forgeries in a peer's name and wants all of one field.
func (x *field) onlyForged(m *Mesh, from peer.ID, field string) {
	x.t.Helper()
	var seen []Event
	x.within(patience, "a forgery", func() bool { return has(m, &seen, func(*ForgedError) bool { return true }) })
	for _, e := range seen {
		if e, ok := e.(*ForgedError); ok && (e.From != from || e.Field != field) {
			x.t.Errorf("told %v; want field %s of %s", e, field, from.Short())
		}
	}
	if m.Stats().Forged == 0 {
		x.t.Error("a forgery is not counted")
	}
}

// swapSeat is a seat whose mesh, while on, forgets which certificate was signed:
// it writes down another one between the offer and the answer to it.
type swapSeat struct {
	*seat
	from    peer.ID
	mesh    atomic.Pointer[Mesh]
	on      atomic.Bool
	swapped atomic.Int64
}

// Sign comes on the mesh's goroutine, so what is the goroutine's own is ours.
func (s *swapSeat) Sign(b []byte) []byte {
	if m := s.mesh.Load(); m != nil && s.on.Load() {
		if p := m.partners[s.from]; p != nil && p.attempt != nil && p.attempt.verified && !p.attempt.described {
			p.attempt.fingerprint[0] ^= 1
			s.swapped.Add(1)
		}
	}
	return s.seat.Sign(b)
}

// TestCertificateIsComparedAfterDTLS: pion compares a connection's certificate with
// the description's. We do so again with the one that was signed, and a connection
// of another certificate carries nothing, whatever pion thinks of it.
func TestCertificateIsComparedAfterDTLS(t *testing.T) {
	inLab(t, 2, 1, func(t *testing.T, x *field) {
		low, high := x.keys[0].ID(), x.keys[1].ID()
		s := &swapSeat{seat: x.hub.enter(x.keys[1]), from: low}
		s.on.Store(true)
		b := start(platform{net: x.hosts[1].Net()}, s, Config{noCouriers: true})
		if err := b.Err(); err != nil {
			t.Fatal(err)
		}
		s.mesh.Store(b)
		a := x.enter(Config{noCouriers: true})
		x.ms = append(x.ms, b)
		x.onlyForged(b, low, "certificate")
		time.Sleep(time.Second)
		if a.State(high) == peer.Linked || b.State(low) == peer.Linked || a.Path(high).Direct || b.Path(low).Direct {
			t.Error("a connection of another certificate than was signed made a link")
		}
		if s.swapped.Load() == 0 {
			t.Error("nothing was swapped")
		}
		s.on.Store(false)
		x.within(patience, "a link", x.allDirect)
	})
}

// TestAnswerOfAnotherProcess: an answer is only taken of the process that the offer
// was for, even if the player itself signed it.
func TestAnswerOfAnotherProcess(t *testing.T) {
	inLab(t, 2, 1, func(t *testing.T, x *field) {
		low, high := x.keys[0].ID(), x.keys[1].ID()
		changed := x.resign(x.keys[1], low, letter.Answer, func(l *letter.Letter) { l.From ^= 1 })
		a, b := x.enter(Config{noCouriers: true}), x.enter(Config{noCouriers: true})
		x.onlyForged(a, high, "signature")
		time.Sleep(time.Second)
		if a.State(high) == peer.Linked || b.State(low) == peer.Linked {
			t.Error("the answer of another process made a link")
		}
		if changed.Load() == 0 {
			t.Error("no answer was changed")
		}
		x.hub.setTap(nil)
		x.within(patience, "a link", x.allDirect)
	})
}

// TestRestartKeepsTheCertificate: a restart, and the answer to one, is of the
// connection's certificate, even if the player itself signed another one.
func TestRestartKeepsTheCertificate(t *testing.T) {
	for name, kind := range map[string]letter.Kind{"restart": letter.Restart, "answer": letter.Restarted} {
		t.Run(name, func(t *testing.T) {
			inPair(t, func(t *testing.T, x *field, a, b *Mesh) {
				from, victim := x.keys[0], b
				if kind == letter.Restarted {
					from, victim = x.keys[1], a
				}
				l := victim.link(from.ID())
				l.mu.Lock()
				way := l.active
				l.mu.Unlock()
				remote := func() string { return way.conn.(*pionConn).pc.CurrentRemoteDescription().SDP }
				anew := func() bool {
					l.mu.Lock()
					defer l.mu.Unlock()
					return l.active != nil && l.active != way
				}
				before := remote()
				changed := x.resign(from, victim.Self(), kind, func(l *letter.Letter) {
					l.SDP = otherPrint(l.SDP)
					l.Fingerprint = mustPrint(l.SDP)
				})
				if err := a.Restart(b.Self()); err != nil {
					t.Fatal(err)
				}
				x.onlyForged(victim, from.ID(), "fingerprint")
				if remote() != before {
					t.Error("the connection took another certificate's description")
				}
				if changed.Load() == 0 {
					t.Error("no letter was changed")
				}
				x.hub.setTap(nil)
				x.within(patience, "a restart", func() bool { return x.allDirect() && (remote() != before || anew()) })
			})
		})
	}
}
