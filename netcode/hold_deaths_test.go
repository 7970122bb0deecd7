package netcode_test

import (
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode/epoch"
	"github.com/tuttiplay/tutti/netcode/seeds"
	"github.com/tuttiplay/tutti/netcode/weather"
)

// How the only one who has the first dead one's last moves dies.
const (
	amidst  = iota // while the others agree: some of what it says reaches some
	unheard        // at any time until then, without having been heard
	belated        // so that its last words come when the others agree
	fates
)

// second is the death of the sole holder of another one's last moves.
type second struct {
	victim int
	fate   int
	squall bool // those who agree lose each other for moments
}

// follow arranges that the holder dies within detection and four round trips of
// the first death.
func (v *vigil) follow(d *death, s *second, died func()) {
	const head = 60 * time.Millisecond
	below := func(d time.Duration) time.Duration { return time.Duration(v.dice.Below(uint64(d))) }
	die := func() {
		if !v.heirs[s.victim].dead {
			v.die(s.victim)
			died()
		}
	}
	others := func(f func(o int)) {
		for o := range v.heirs {
			if o != s.victim && o != d.victim {
				f(o)
			}
		}
	}
	v.net.After(head, func() {
		slow := weather.Weather{Latency: 850*time.Millisecond + below(500*time.Millisecond), Jitter: ordinary.Jitter}
		others(func(o int) {
			if s.fate == belated {
				v.shape(s.victim, o, slow)
			} else {
				v.mute(s.victim, o, 0)
			}
		})
	})
	switch s.fate {
	case unheard:
		v.net.After(below(dropAfter+4*roundTrip), die)
	case belated:
		v.net.After(head+below(400*time.Millisecond), die)
	}
	v.onFirst = func() {
		if s.fate == amidst {
			others(func(o int) {
				if v.dice.Below(2) == 0 {
					v.net.After(below(roundTrip), func() { v.shape(s.victim, o, ordinary) })
				}
			})
			v.net.After(below(3*roundTrip), die)
		}
		for from := range v.heirs {
			others(func(to int) {
				if s.squall && from != to && from != d.victim && v.dice.Below(5) < 2 {
					v.mute(from, to, 30*time.Millisecond+below(500*time.Millisecond))
				}
			})
		}
	}
}

// amidAgreement reports whether somebody has promised to end the first epoch and
// nobody knows yet how it ends.
func (v *vigil) amidAgreement() bool {
	under := false
	for _, h := range v.heirs {
		if h.sess.Stats().Epoch > 0 {
			return false
		}
		state := h.sess.Agreement()
		under = under || !h.dead && (state == epoch.Promised || state == epoch.Voted)
	}
	return under
}

// TestDeaths: of five players one dies whose last moves one other has, and this
// one dies while the rest are about to agree on the first. The three that are
// left have one history.
func TestDeaths(t *testing.T) {
	var took series
	matches, amid, squalls, kept, late := 0, 0, 0, 0, 0
	seeds.Each(t, 200, func(t *testing.T, seed uint64) {
		v := newVigil(seed, 5, seed%2 == 0, ordinary)
		v.begin(t, 40)
		first := int(v.dice.Below(5))
		s := &second{victim: (first + 1 + int(v.dice.Below(4))) % 5, squall: v.dice.Below(3) == 0, fate: amidst}
		if v.dice.Below(2) == 0 {
			s.fate = unheard + int(v.dice.Below(fates-unheard))
		}
		d := &death{victim: first, heard: 1 << s.victim, more: 1 + int(v.dice.Below(7))}
		v.strike(d)
		began := v.net.Now()
		v.follow(d, s, func() {
			if v.amidAgreement() {
				amid++
			}
			if v.net.Now() > began+dropAfter+4*roundTrip {
				late++
			}
		})
		last := v.heirs[s.victim].sess
		v.until(t, "the second death", 4*time.Second, func() bool { return v.heirs[s.victim].dead })
		holds := last.Stats().Seat[first].Held
		ends := v.inherit(t, 8*time.Second)
		matches++
		squalls += b2i(s.squall)
		if at, ok := ends[v.heirs[first].id]; ok && at == holds {
			kept++
		}
		from, to := time.Duration(0), time.Duration(0)
		for _, h := range v.heirs {
			if !h.dead {
				from, to = max(from, h.suspected[first], h.suspected[s.victim]), max(to, h.entered[1], h.entered[2])
			}
		}
		if !s.squall {
			took.add(max(to-from, 0))
		}
	})
	t.Logf("%d matches, %d with squalls; the second death came amidst the agreement in %d, later than within detection and four round trips in %d; the holder's moves were kept in %d", matches, squalls, amid, late, kept)
	t.Logf("from the last suspicion of either to the last epoch, without squalls: %v", &took)
	if matches >= 100 {
		if amid*5 < matches {
			t.Errorf("only %d of %d second deaths fell amidst the agreement", amid, matches)
		}
		if kept == 0 || kept == matches {
			t.Errorf("the sole holder's moves were kept in %d of %d", kept, matches)
		}
	}
}
