package netcode_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode"
	"github.com/tuttiplay/tutti/netcode/lockstep"
	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/seeds"
)

// blackouts is how often all links go dark, and for how long: longer than the
// detection time, so everybody suspects everybody when the light comes back.
const (
	blackouts    = 20
	blackoutTime = 1500 * time.Millisecond
)

// darken cuts or heals every link.
func (m *holdMatch) darken(cut bool) {
	for i, a := range m.players {
		for _, b := range m.players[:i] {
			if cut {
				m.net.Cut(a.id, b.id)
			} else {
				m.net.Heal(a.id, b.id)
			}
		}
	}
}

// TestHoldBlackouts: twenty times nothing gets through for 1.5 s. All four play
// again within 500 ms of each end, nobody is dropped, every order given arrives
// everywhere once and in order, every frame has the move its player made for
// it, nothing piles up in the dark, and the input delay is what it was.
func TestHoldBlackouts(t *testing.T) {
	seeds.Each(t, 5, func(t *testing.T, seed uint64) {
		given := make([][]string, 4)
		farthest, unsettled := netcode.Frame(0), netcode.Frame(0) // own log and current frame beyond what all hold
		stopped := netcode.Frame(0)                               // no orders from this frame on
		m := newHold(seed, 4, holdWeather, netcode.Config{}, func(i int, p *holder) {
			p.steer = func(p *holder) {
				lively(p)
				p.move.Aim = int16(p.stats.Frame) // so that each frame tells which move it got
				if p.stats.Phase != netcode.Running || stopped > 0 || p.dice.Below(4) != 0 {
					return
				}
				text := fmt.Sprintf("%d/%d", i, len(given[i]))
				switch err := p.sess.Order(i, []byte(text)); {
				case err == nil:
					given[i] = append(given[i], text)
				case !errors.Is(err, netcode.ErrBacklog):
					t.Errorf("Order: %v", err)
				}
			}
			p.after = func(p *holder) {
				farthest = max(farthest, p.stats.Seat[i].Held-p.stats.Settled)
				unsettled = max(unsettled, p.stats.Frame-p.stats.Settled)
			}
		})
		m.runTo(t, 300, 20*time.Second)
		slowest, calm, highest := time.Duration(0), m.delays(), 0
		for n := range blackouts {
			var before [4]netcode.Frame
			m.darken(true)
			m.run(t, blackoutTime)
			for i, p := range m.players {
				before[i] = p.stats.Frame
			}
			m.darken(false)
			lit := m.net.Now()
			var back [4]time.Duration
			for m.net.Now() < lit+4*time.Second {
				m.run(t, 5*time.Millisecond)
				for i, p := range m.players {
					if back[i] == 0 && p.stats.Frame > before[i] {
						back[i] = m.net.Now() - lit
					}
				}
			}
			for i, p := range m.players {
				if back[i] == 0 || back[i] > 500*time.Millisecond {
					t.Errorf("blackout %d: player %d plays again after %v (0 is never): %v, %v", n, i, back[i], p.stats, p.events)
				}
				slowest, highest = max(slowest, back[i]), max(highest, p.stats.InputDelayFrames)
				if ran := p.stats.Frame - before[i]; ran < 200 {
					t.Errorf("blackout %d: player %d stepped only %d frames in the 4 s after it: %v, %v", n, i, ran, p.stats, p.events[max(0, len(p.events)-4):])
				}
			}
			if t.Failed() {
				return
			}
		}
		stopped = m.low()
		m.runTo(t, stopped+300, 10*time.Second)
		last := m.low()
		m.mustAgree(t, last)
		m.mustRollBack(t, 100)
		m.mustLose(t, 10, 60) // the dark takes all of a third of the time
		for i, p := range m.players {
			if w, r := len(told[netcode.Waiting](p)), len(told[netcode.Resumed](p)); w < blackouts || r < blackouts {
				t.Errorf("player %d was told %d times that it waits, %d times that it plays again", i, w, r)
			}
			got := make([][]string, 4)
			for _, list := range p.game.got[:last] {
				for _, d := range list {
					got[d.seat] = append(got[d.seat], d.text)
				}
			}
			for seat := range given {
				if len(given[seat]) < 500 {
					t.Fatalf("seat %d gave only %d orders", seat, len(given[seat]))
				}
				if fmt.Sprint(got[seat]) != fmt.Sprint(given[seat]) {
					t.Errorf("player %d: of seat %d came %d orders, %d were given", i, seat, len(got[seat]), len(given[seat]))
				}
			}
			m.mustHaveMoves(t, p, last)
			if n := p.stats.OrderBytesWaiting; n != 0 {
				t.Errorf("player %d: %d bytes of orders wait at the end", i, n)
			}
		}
		if bound := netcode.Frame(lockstep.MaxInputDelay + lockstep.MaxRollback + 2); farthest > bound || unsettled > bound {
			t.Errorf("a log was %d frames beyond what all hold, a game %d; want at most %d", farthest, unsettled, bound)
		}
		if most := slices.Max(calm) + 3; highest > most {
			t.Errorf("an outage left an input delay of %d frames behind, want at most %d: %d before the first", highest, most, calm)
		}
		if m.largest > peer.MaxDatagram {
			t.Errorf("a datagram of %d bytes", m.largest)
		}
		t.Logf("%d blackouts: all play again after at most %v; %d frames, %d orders per player; logs at most %d frames beyond what all hold, datagrams at most %d bytes; delays %d before, at most %d, %d at the end",
			blackouts, slowest, last, len(given[0]), farthest, m.largest, calm, highest, m.delays())
	})
}

// mustHaveMoves asserts that the aims of each seat, which are the frame numbers
// at which its player made them, go with the frames: never back, never in a
// jump, and never older than the delay and the frames that one Tick may step.
func (m *holdMatch) mustHaveMoves(t *testing.T, p *holder, last netcode.Frame) {
	t.Helper()
	const oldest, jump = lockstep.MaxInputDelay + 2, 4
	for seat := range m.players {
		for f := netcode.Frame(60); f < last; f++ {
			made, before := netcode.Frame(p.game.aims[f][seat]), netcode.Frame(p.game.aims[f-1][seat])
			if made < before || made > before+jump || made > f || made < f-oldest {
				t.Fatalf("player %s: frame %d of seat %d has the move made at frame %d, the frame before it that of %d", p.id.Short(), f, seat, made, before)
			}
		}
	}
}
