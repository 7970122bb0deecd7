package netcode_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode"
	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/seeds"
	"github.com/tuttiplay/tutti/netcode/simnet"
	"github.com/tuttiplay/tutti/netcode/weather"
)

// TestMismatch: two players with different settings refuse each other before
// frame 0, and each is told what differs.
func TestMismatch(t *testing.T) {
	a, b := peer.KeyFromSeed([32]byte{1}).ID(), peer.KeyFromSeed([32]byte{2}).ID()
	match := peer.NewMatch(1, []peer.ID{a, b}, nil)
	base := netcode.Config{Build: "pong 1"}
	for _, c := range []struct {
		field, value string
		cfg          netcode.Config
		match        peer.Match
	}{
		{"build", "pong 2", netcode.Config{Build: "pong 2"}, match},
		{"tick rate", "30", netcode.Config{Build: "pong 1", TickRate: 30}, match},
		{"check interval", "10", netcode.Config{Build: "pong 1", CheckInterval: 10}, match},
		{"drop after", "2000", netcode.Config{Build: "pong 1", DropAfter: 2 * time.Second}, match},
		{"match", "another", base, peer.NewMatch(2, []peer.ID{a, b}, nil)},
	} {
		t.Run(c.field, func(t *testing.T) {
			net := simnet.New(simnet.Config{Weather: rough})
			base.Clock, c.cfg.Clock = net.Now, net.Now
			ga, gb := &yard{}, &yard{}
			sa := netcode.New(ga, net.Link(a), netcode.Ready(match), base)
			sb := netcode.New(gb, net.Link(b), netcode.Ready(c.match), c.cfg)
			var ea, eb error
			for range 6 * 60 {
				ea, eb = sa.Tick(keys{}), sb.Tick(keys{})
				net.RunFor(time.Second / 60)
			}
			for side, err := range map[peer.ID]error{b: ea, a: eb} {
				var mismatch *netcode.MismatchError
				if !errors.As(err, &mismatch) || mismatch.Peer != side || !strings.HasPrefix(mismatch.Field, c.field) {
					t.Fatalf("got %v", err)
				}
			}
			if !strings.Contains(ea.Error(), c.value) || ga.frame != 0 || gb.frame != 0 {
				t.Errorf("%v; frames %d and %d", ea, ga.frame, gb.frame)
			}
		})
	}
}

// TestMisuse: a mistake in the program is named by Err and by the first Tick.
func TestMisuse(t *testing.T) {
	match := peer.NewMatch(1, []peer.ID{{1}}, nil)
	for want, s := range map[string]*netcode.Session[keys]{
		"InputDelay":    netcode.Local(&yard{}, 1, netcode.Config{InputDelay: 31}),
		"MaxRollback":   netcode.Local(&yard{}, 1, netcode.Config{MaxRollback: 33}),
		"TickRate":      netcode.Local(&yard{}, 1, netcode.Config{TickRate: 1000}),
		"DropAfter":     netcode.Local(&yard{}, 1, netcode.Config{DropAfter: 1}),
		"Build":         netcode.Local(&yard{}, 1, netcode.Config{Build: strings.Repeat("x", 129)}),
		"9 seats":       netcode.Local(&yard{}, 9, netcode.Config{}),
		"0 seats":       netcode.Local(&yard{}, 0, netcode.Config{}),
		"Starter":       netcode.New[keys](&yard{}, nil, nil, netcode.Config{}),
		"holds no seat": netcode.New(&yard{}, simnet.New(simnet.Config{}).Link(peer.ID{2}), netcode.Ready(match), netcode.Config{}),
		"no link":       netcode.New(&yard{}, nil, netcode.Ready(peer.NewMatch(1, []peer.ID{{1}, {2}}, nil)), netcode.Config{}),
	} {
		err := s.Tick(keys{})
		if err == nil || !strings.Contains(err.Error(), want) || !errors.Is(s.Err(), err) {
			t.Errorf("want an error with %q, got %v (Err: %v)", want, err, s.Err())
		}
		if s.Close() == nil {
			t.Errorf("%s: Close forgot the error", want)
		}
	}
	type noSaver struct{ netcode.Game[keys] }
	if err := netcode.Local[keys](noSaver{&yard{}}, 1, netcode.Config{MaxRollback: 4}).Err(); err == nil || !strings.Contains(err.Error(), "Save and Load") {
		t.Errorf("rollback without a Saver: %v", err)
	}
	s := netcode.Local(&yard{}, 2, netcode.Config{})
	s.Tick()
	var count *netcode.MoveCountError
	if err := s.Tick(keys{}); !errors.As(err, &count) || count.Got != 1 || count.Want != 2 {
		t.Errorf("one move for two seats: %v", err)
	}
	if err := s.Tick(keys{}, keys{}); err != nil {
		t.Errorf("the session did not survive: %v", err)
	}
}

// TestGarbage: junk of every kind from members and strangers, on both channels,
// changes nothing but a counter.
func TestGarbage(t *testing.T) {
	seeds.Each(t, 10, func(t *testing.T, seed uint64) {
		m := newMatch(t, seed, 3, rough, netcode.Config{})
		stranger := m.net.Link(peer.ID{9})
		dice := weather.NewDice(seed)
		junk := func() []byte {
			b := make([]byte, dice.Below(200))
			for i := range b {
				b[i] = byte(dice.Uint64())
			}
			return b
		}
		spoil := m.net.Link(m.players[2].id) // a member that sends junk beside its moves
		m.players[2].onTick = func(*player) {
			if m.net.Now() < time.Second {
				return
			}
			to := m.players[dice.Below(2)].id
			for _, ch := range []peer.Channel{peer.Moves, peer.Control} {
				stranger.Send(to, ch, junk())
				if dice.Below(60) == 0 {
					spoil.Send(to, ch, junk())
				}
			}
		}
		m.runTo(t, 900, 30*time.Second)
		m.mustAgree(t, 900)
		bad := int64(0)
		for _, p := range m.players[:2] {
			bad += p.sess.Stats().BadMessages
		}
		if bad < 5 {
			t.Errorf("only %d bad messages were counted", bad)
		}
	})
}
