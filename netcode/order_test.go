package netcode_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode"
	"github.com/tuttiplay/tutti/netcode/seeds"
)

// TestOrders: every order arrives exactly once, in the order given, whole, and
// on the same frame everywhere, whether a Tick steps no frame, one or two.
func TestOrders(t *testing.T) {
	for _, pace := range []struct {
		name  string
		every time.Duration // between Ticks; a frame takes 1/60 s
	}{
		{"one frame per tick", time.Second / 60},
		{"two frames per tick", time.Second / 30},
		{"mostly no frame per tick", time.Second / 240},
	} {
		for _, rollback := range []int{netcode.NoRollback, 8} {
			t.Run(fmt.Sprintf("%s, rollback %d", pace.name, rollback), func(t *testing.T) {
				seeds.Each(t, 4, func(t *testing.T, seed uint64) {
					testOrders(t, seed, pace.every, rollback)
				})
			})
		}
	}
}

func testOrders(t *testing.T, seed uint64, every time.Duration, rollback int) {
	const frames = 1200
	m := newMatch(t, seed, 3, rough, netcode.Config{MaxRollback: rollback})
	given := make([][]string, len(m.players))
	steps := map[int]bool{} // how many frames a Tick stepped
	for seat, p := range m.players {
		p.every = every
		before := netcode.Frame(0)
		p.onTick = func(p *player) {
			st := p.sess.Stats()
			steps[int(st.Frame-before)] = true
			before = st.Frame
			if st.Phase != netcode.Running || st.Frame > frames-200 || p.dice.Below(8) != 0 {
				return
			}
			size := 1 + int(p.dice.Below(20))
			if p.dice.Below(20) == 0 {
				size = 1 + int(p.dice.Below(4096))
			}
			text := fmt.Sprintf("%d/%d ", seat, len(given[seat]))
			text += strings.Repeat("x", max(0, size-len(text)))
			switch err := p.sess.Order(seat, []byte(text)); {
			case err == nil:
				given[seat] = append(given[seat], text)
			case !errors.Is(err, netcode.ErrBacklog):
				t.Errorf("Order: %v", err)
			}
		}
	}
	m.runTo(t, frames, time.Minute)
	m.mustAgree(t, frames)
	for i, p := range m.players {
		got := make([][]string, len(given))
		for f, list := range p.game.got[:frames] {
			if !slices.Equal(list, m.players[0].game.got[f]) {
				t.Fatalf("frame %d: player %d got %v, player 0 %v", f, i, list, m.players[0].game.got[f])
			}
			for _, d := range list {
				got[d.seat] = append(got[d.seat], d.text)
			}
		}
		for seat := range given {
			if len(given[seat]) < 20 {
				t.Fatalf("seat %d gave only %d orders", seat, len(given[seat]))
			}
			if !slices.Equal(got[seat], given[seat]) {
				t.Errorf("player %d: %d orders of seat %d came, %d were given", i, len(got[seat]), seat, len(given[seat]))
			}
		}
	}
	want := map[time.Duration]int{time.Second / 60: 1, time.Second / 30: 2, time.Second / 240: 0}[every]
	if !steps[want] {
		t.Errorf("no Tick stepped %d frames, only %v", want, steps)
	}
}

func TestOrderRefusals(t *testing.T) {
	s := netcode.Local(&yard{}, 2, netcode.Config{})
	defer s.Close()
	if err := s.Order(0, []byte("early")); !errors.Is(err, netcode.ErrNotStarted) {
		t.Errorf("before the match: %v", err)
	}
	if err := s.Tick(); err != nil {
		t.Fatal(err)
	}
	for name, err := range map[string]error{
		"seat -1":   s.Order(-1, []byte("x")),
		"seat 2":    s.Order(2, []byte("x")),
		"empty":     s.Order(0, nil),
		"too large": s.Order(0, make([]byte, 4097)),
	} {
		if err == nil || errors.Is(err, netcode.ErrBacklog) {
			t.Errorf("%s: %v", name, err)
		}
	}
	var full error
	taken := 0
	for ; full == nil && taken < 100; taken++ {
		full = s.Order(1, make([]byte, 4096))
	}
	if !errors.Is(full, netcode.ErrBacklog) || taken < 4 {
		t.Errorf("after %d orders of 4 KiB: %v", taken, full)
	}
	s.Leave()
	if err := s.Order(0, []byte("x")); !errors.Is(err, netcode.ErrClosed) {
		t.Errorf("after Leave: %v", err)
	}
}
