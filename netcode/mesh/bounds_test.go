package mesh

import (
	"fmt"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode/mesh/internal/letter"
	"github.com/tuttiplay/tutti/netcode/peer"
)

// over is by how much the tests go beyond a bound.
const over = 10

// addressConn is a connection that keeps the addresses it is given.
type addressConn struct {
	wireConn
	got []string
}

func (c *addressConn) add(a letter.Candidate) { c.got = append(c.got, a.Text) }

// tellAddresses gives a partner signed addresses of its connection, n from the
// first on.
func tellAddresses(p *partner, key peer.Key, ufrag string, first, n int) {
	for i := range n {
		l := letter.Letter{
			Kind: letter.Address, From: p.theirs, To: p.m.incarnation, Nonce: letter.Nonce{1}, Ufrag: ufrag,
			Candidate: letter.Candidate{Text: fmt.Sprint("candidate:", first+i), Mid: "0"},
		}
		copy(l.Sig[:], key.Sign(l.Canonical(p.m.room, p.link.id, p.m.self)))
		p.brought = p.purse(peer.ID{})
		p.hearCandidate(p.m.now(), &l)
	}
}

// TestAddressesAreBounded tells a connection more addresses than it takes: the
// surplus is counted and not kept, before the answer, after it, and of credentials
// that are not known yet, where the newest stay.
func TestAddressesAreBounded(t *testing.T) {
	key := peer.KeyFromSeed([peer.SeedSize]byte{2})
	m, _ := bareMesh(testID(1), key.ID())
	m.partners = map[peer.ID]*partner{}
	p := newPartner(m, key.ID())
	attempt := func() (*way, *addressConn) {
		c := &addressConn{}
		w := &way{m: m, link: p.link, conn: c, session: letter.Nonce{1}, verified: true, ufrag: "now"}
		p.attempt, p.old = w, nil
		return w, c
	}

	w, c := attempt()
	tellAddresses(p, key, "now", 0, maxCandidates+over)
	if n := m.Stats().StaleLetters; len(w.remote) != maxCandidates || n != over || len(c.got) != 0 {
		t.Errorf("before the answer: %d kept, %d refused, %d handed on", len(w.remote), n, len(c.got))
	}
	p.settle(w)
	if len(c.got) != maxCandidates {
		t.Errorf("after the answer %d are handed on", len(c.got))
	}
	tellAddresses(p, key, "now", 1000, over)
	if n := m.Stats().StaleLetters; len(c.got) != maxCandidates || n != 2*over {
		t.Errorf("after the answer: %d handed on, %d refused", len(c.got), n)
	}

	w, c = attempt()
	w.settled = true
	tellAddresses(p, key, "now", 0, maxCandidates+over)
	if n := m.Stats().StaleLetters; len(c.got) != maxCandidates || n != 3*over {
		t.Errorf("of a connection that takes them at once: %d handed on, %d refused", len(c.got), n)
	}

	p.attempt, p.old = nil, w
	tellAddresses(p, key, "next", 0, maxCandidates+over)
	if n := len(w.overtook); n != maxCandidates || w.overtook[0].candidate.Text != fmt.Sprint("candidate:", over) {
		t.Errorf("of credentials to come: %d kept, the first is %q", n, w.overtook[0].candidate.Text)
	}
	if s := m.Stats(); s.Forged+s.FloodedLetters != 0 {
		t.Errorf("the letters were not good ones: %+v", s)
	}
}

// TestLettersPassedOnAreBounded has a member pass on, and bring, more letters in a
// second than it may: the surplus is dropped and counted, the next second is
// another one, and whoever goes on far beyond is cut off.
func TestLettersPassedOnAreBounded(t *testing.T) {
	for _, kind := range []string{"for another", "of another"} {
		t.Run(kind, func(t *testing.T) {
			clock := newSteps()
			*clock = steps(5 * time.Second)
			m, w := bareMesh(testID(1), testID(2))
			m.cfg.clock = clock.now
			stranger := testID(3)
			text := append(stranger[:], "a letter"...)
			bring := func(n int) {
				for range n {
					if kind == "for another" {
						w.passOn(text)
					} else {
						w.passedOn(text)
					}
				}
			}
			// Nobody is there to take or to have written them, so all that is looked
			// at counts as undeliverable.
			bring(maxForwards + over)
			if s := m.Stats(); s.Undeliverable != maxForwards || s.FloodedLetters != over {
				t.Errorf("%d looked at, %d dropped", s.Undeliverable, s.FloodedLetters)
			}
			*clock += steps(time.Second)
			bring(over)
			if s := m.Stats(); s.Undeliverable != maxForwards+over || s.FloodedLetters != over {
				t.Errorf("in the next second: %d looked at, %d dropped", s.Undeliverable, s.FloodedLetters)
			}
			*clock += steps(time.Second)
			bring(4 * maxForwards)
			if s := m.Stats(); s.Junk != 0 || w.dead.Load() {
				t.Errorf("cut off too early: %+v", s)
			}
			bring(maxJunk + 1)
			if !w.dead.Load() {
				t.Errorf("not cut off: %+v", m.Stats())
			}
		})
	}
}

// TestWaitingLettersAreBounded has more letters wait than one may bring: the rest
// is dropped and counted, whoever signed them, and others' letters still come in.
func TestWaitingLettersAreBounded(t *testing.T) {
	m, _ := bareMesh(testID(1), testID(2))
	loud, quiet := testID(2), testID(3)
	for i := range maxLetters + over {
		m.take(loud, testID(byte(10+i%5)), []byte("a letter"))
	}
	if n, dropped := len(m.notes.list), m.Stats().FloodedLetters; n != maxLetters || dropped != over {
		t.Errorf("%d wait, %d dropped", n, dropped)
	}
	m.take(quiet, loud, []byte("a letter"))
	if n := len(m.notes.list); n != maxLetters+1 {
		t.Errorf("another one's letter does not wait: %d do", n)
	}
	m.notes.done(m.notes.take())
	m.take(loud, loud, []byte("a letter"))
	if n := len(m.notes.list); n != 1 {
		t.Errorf("after the others were read, %d wait", n)
	}
}
