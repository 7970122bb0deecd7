package simnet_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/seeds"
	"github.com/tuttiplay/tutti/netcode/simnet"
	"github.com/tuttiplay/tutti/netcode/weather"
)

// has tells whether the actions occur in s in this order.
func has(s simnet.Scenario, actions ...string) bool {
	for _, e := range s.Events {
		if len(actions) > 0 && e.Action.String() == actions[0] {
			actions = actions[1:]
		}
	}
	return len(actions) == 0
}

// Whichever events a failure needs, they alone are left, at no time and in fine
// weather.
func TestShrinkFindsTheEventsThatMatter(t *testing.T) {
	seeds.Each(t, 100, func(t *testing.T, seed uint64) {
		s := simnet.Generate(seed, simnet.Limits{Troubles: 40, Crashes: 1, Do: fight})
		dice := weather.NewDice(seed)
		var need []string
		for _, e := range s.Events {
			switch e.Action.(type) {
			case simnet.Do, simnet.Crash, simnet.Heal, simnet.HealAll, simnet.Thaw:
				if len(need) < 4 && dice.Chance(weather.Percent(25)) {
					need = append(need, e.Action.String())
				}
			}
		}
		before, tries := s.String(), 0
		got := simnet.Shrink(s, func(s simnet.Scenario) bool {
			tries++
			must(t, s.Validate())
			return has(s, need...)
		})
		if s.String() != before {
			t.Error("Shrink changes what it is given")
		}
		if len(got.Events) != len(need) || !has(got, need...) || len(got.Paths) != 0 || got.Weather != weather.Clear() {
			t.Errorf("for %q it left\n%v", need, got)
		}
		for _, e := range got.Events {
			if e.At != 0 {
				t.Errorf("%v at %v", e.Action, e.At)
			}
		}
		if tries > simnet.ShrinkTries || got.Seed != s.Seed || got.Note != s.Note || got.Players != s.Players {
			t.Errorf("%d tries", tries)
		}
		calm := s.Length
		if n := len(s.Events); n > 0 {
			calm -= s.Events[n-1].At
		}
		if got.Length < calm || got.Length == s.Length && len(need) > 0 {
			t.Errorf("the length %v with %v of calm became %v", s.Length, calm, got.Length)
		}
	})
}

func TestShrinkHalvesNumbers(t *testing.T) {
	s, err := simnet.Parse(`players 3
length 60s
weather storm
weather 1>2 3g
weather 2>1 4g
at 10s cut 1 2
at 20s shape 1>3 storm
at 30s drift 1 -1000
at 40s crash 2
at 50s heal all
`)
	must(t, err)
	got := simnet.Shrink(s, func(s simnet.Scenario) bool {
		var cut, drift time.Duration
		for _, e := range s.Events {
			switch a := e.Action.(type) {
			case simnet.Cut:
				cut = e.At
			case simnet.Shape:
				if a.Weather.Duplicate < weather.Percent(2) || a.Weather.Rate == 0 {
					return false
				}
			case simnet.Drift:
				drift = e.At
				if a.PPM > -100 {
					return false
				}
			}
		}
		kinds := make([]string, len(s.Events))
		for i, e := range s.Events {
			kinds[i], _, _ = strings.Cut(e.Action.String(), " ")
		}
		return drift-cut >= 3*time.Second && strings.Contains(strings.Join(kinds, " "), "cut shape drift") &&
			has(s, "cut 1 2", "heal all") && s.Weather.BurstShare > weather.Percent(3) &&
			len(s.Paths) > 0 && s.Paths[0].To == 2 && s.Paths[0].Weather.Latency > 10*ms
	})
	// The path 2>1 stays, because all others are worse than it was.
	const want = `seed 0
players 3
length 15s
weather burst=5% burstlength=1
weather 1>2 latency=15ms
weather 2>1 clear
at 0s cut 1 2
at 0s shape 1>3 duplicate=2.5% rate=100000
at 5s drift 1 -125
at 5s heal all
`
	if got.String() != want {
		t.Errorf("it left\n%v", got)
	}
}

// What ends in a scenario ends in what is left of it.
func TestShrinkLeavesNoTroubleBehind(t *testing.T) {
	for _, c := range []struct{ text, need, want string }{
		{"at 1s cut 1 2\nat 2s heal 1 2\nat 3s heal 1 3", "cut 1 2", "cut 1 2, heal 1 2"},
		{"at 1s cut 1>2\nat 2s heal 1 2\nat 3s heal all", "cut 1>2", "cut 1>2, heal all"},
		{"at 1s cut 1>2\nat 2s cut 1 2", "cut 1>2", "cut 1>2"},
		{"at 1s split 1\nat 2s heal all\nat 3s cut 2 1\nat 4s cut 2 3", "split 1", "split 1, heal all"},
		{"at 1s split 1\nat 2s heal 1 2", "split 1", "split 1, heal 1 2"},
		{"at 1s freeze 3\nat 1s freeze 2\nat 2s thaw 2\nat 3s thaw 3", "freeze 3", "freeze 3, thaw 3"},
		{"at 1s suspend 3\nat 1s thaw 3\nat 3s thaw 3", "suspend 3", "suspend 3, thaw 3"},
		{"at 1s shape 1>2 storm\nat 2s shape 1>2 rate=100000", "shape 1>2 storm", "shape 1>2 storm, shape 1>2 clear"},
		{"at 1s shape 1>2 rate=5\nat 2s shape 1>2 rate=6", "shape 1>2 rate=5", "shape 1>2 rate=5, shape 1>2 clear"},
		{"at 1s shape 1>2 hold=9ms\nat 2s shape 1>2 hold=8ms", "shape 1>2 hold=9ms", "shape 1>2 hold=9ms, shape 1>2 clear"},
		{"at 1s shape 1>2 loss=9%\nat 2s shape 1>2 loss=8%", "shape 1>2 loss=9%", "shape 1>2 loss=9%, shape 1>2 clear"},
		{"at 1s shape 1>2 rate=5\nat 2s shape 1>2 clear", "shape 1>2 rate=5", "shape 1>2 rate=5, shape 1>2 clear"},
		{"at 1s shape 1>2 rate=6\nat 2s shape 1>2 rate=5", "shape 1>2 rate=6", "shape 1>2 rate=6"},
		{"at 1s shape 1>2 burst=1% burstlength=2\nat 2s shape 1>2 burst=1% burstlength=1", "shape 1>2 burst=1% burstlength=2", "shape 1>2 burst=1% burstlength=2, shape 1>2 clear"},
	} {
		s, err := simnet.Parse("players 3\nlength 10s\n" + c.text)
		must(t, err)
		var left []string
		for _, e := range simnet.Shrink(s, func(s simnet.Scenario) bool { return has(s, c.need) }).Events {
			left = append(left, e.Action.String())
		}
		if got := strings.Join(left, ", "); got != c.want {
			t.Errorf("of %q it left %q, want %q", c.text, got, c.want)
		}
	}
}

// Nothing to do where nothing fails, or where nothing is left; and not for ever.
func TestShrinkEnds(t *testing.T) {
	s := simnet.Generate(3, simnet.Limits{MinPlayers: 8, MaxPlayers: 8, Troubles: 1000, Length: time.Hour})
	if len(s.Events) < 100 {
		t.Fatalf("%d events", len(s.Events))
	}
	tries := 0
	got := simnet.Shrink(s, func(simnet.Scenario) bool { tries++; return false })
	if tries != 1 || got.String() != s.String() {
		t.Errorf("%d tries of what does not fail, and it became\n%v", tries, got)
	}
	// Only all of it together fails: each part is tried in vain.
	tries = 0
	whole := s.String()
	got = simnet.Shrink(s, func(s simnet.Scenario) bool { tries++; return s.String() == whole })
	if tries != simnet.ShrinkTries || got.String() != whole {
		t.Errorf("%d tries", tries)
	}
	short, err := simnet.Parse("players 2\nlength 5s\nat 5s do nothing")
	must(t, err)
	if got := simnet.Shrink(short, func(s simnet.Scenario) bool { return len(s.Events) > 0 }); got.Length != ms || got.Events[0].At != 0 {
		t.Errorf("of a length without calm it left\n%v", got)
	}
	invalid := simnet.Scenario{Seed: 3, Players: 1, Paths: []simnet.Shape{{From: 1, To: 2}}}
	if got := simnet.Shrink(invalid, func(simnet.Scenario) bool { t.Error("it plays what is not valid"); return true }); got.Seed != 3 {
		t.Errorf("what is not valid became\n%v", got)
	}
	got = simnet.Shrink(s, func(simnet.Scenario) bool { return true })
	if len(got.Events) != 0 || len(got.Paths) != 0 {
		t.Errorf("of nothing that matters it left\n%v", got)
	}
}

// The whole way: a bug in a little protocol is found by lot, cut down, written
// down and played again. The bug is a real one: a peer that hears nothing for
// two seconds of its own clock takes the other for dead, though it slept itself.
func TestShrinkARealFailure(t *testing.T) {
	fails := func(s simnet.Scenario) bool {
		n := simnet.New(s.Config())
		ids := names(s.Players)
		wrong := false
		for _, self := range ids {
			l := n.Link(self)
			last := make([]time.Duration, len(ids))
			l.Bind(peer.Moves, func(from peer.ID, _ []byte) { last[slices.Index(ids, from)] = l.Now() })
			var tick func()
			tick = func() {
				for i, to := range ids {
					_ = l.Send(to, peer.Moves, nil)
					wrong = wrong || to != self && l.Now()-last[i] > 2*time.Second
				}
				l.After(100*ms, tick)
			}
			l.After(0, tick)
		}
		if err := s.Play(n, ids, nil); err != nil {
			t.Fatal(err)
		}
		n.RunFor(s.Length)
		return wrong
	}
	found := 0
	for seed := uint64(1); found < 3 && seed < 50; seed++ {
		s := simnet.Generate(seed, simnet.Limits{Weathers: []weather.Weather{weather.WiFi()}})
		if !fails(s) {
			continue
		}
		found++
		small := simnet.Shrink(s, fails)
		again, err := simnet.Parse(small.String())
		must(t, err)
		if !fails(again) || len(again.Events) > 2 || strings.Contains(again.String(), "drift") {
			t.Errorf("seed %d is cut down to\n%v", seed, small)
		}
	}
	if found < 3 {
		t.Errorf("the bug shows %d times", found)
	}
}
