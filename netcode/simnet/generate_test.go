package simnet_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode/seeds"
	"github.com/tuttiplay/tutti/netcode/simnet"
	"github.com/tuttiplay/tutti/netcode/weather"
)

func TestLimitsValidate(t *testing.T) {
	for _, l := range []simnet.Limits{
		{MinPlayers: 1},
		{MaxPlayers: 1},
		{MinPlayers: 3, MaxPlayers: 2},
		{MinPlayers: -1},
		{MaxPlayers: simnet.MaxPlayers + 1},
		{Length: 1},
		{Length: time.Hour + 1},
		{Calm: -1},
		{Calm: simnet.DefaultLength},
		{Troubles: -2},
		{Troubles: 1001},
		{Longest: 1},
		{Crashes: -1},
		{MaxPPM: -2},
		{MaxPPM: simnet.MaxDrift + 1},
		{Weathers: []weather.Weather{{Rate: -1}}},
	} {
		if err := l.Validate(); err == nil || !strings.HasPrefix(err.Error(), "simnet: Limits.") {
			t.Errorf("of %+v the error is %v", l, err)
		}
		mustPanic(t, "Generate", func() { simnet.Generate(1, l) })
	}
	for _, l := range []simnet.Limits{
		{},
		{MinPlayers: 6},
		{MaxPlayers: 2},
		{MinPlayers: 64, MaxPlayers: 64},
		{Length: time.Second, Calm: 999 * ms},
		{Troubles: simnet.None, MaxPPM: simnet.None, Longest: ms, Crashes: 100},
	} {
		must(t, l.Validate())
		must(t, simnet.Generate(1, l).Validate())
	}
}

// fight is an action of somebody's game.
func fight(dice *weather.Dice, players int) simnet.Do {
	return simnet.Do{Name: "fight", Args: []string{string(rune('1' + dice.Below(uint64(players))))}}
}

func TestGenerateKeepsItsLimits(t *testing.T) {
	l := simnet.Limits{
		MinPlayers: 3, MaxPlayers: 5, Length: 10 * time.Second, Calm: 3 * time.Second, Troubles: 12, Longest: 2 * time.Second,
		Crashes: 2, MaxPPM: 70, Weathers: []weather.Weather{weather.LAN(), weather.Storm()}, Do: fight,
	}
	kinds, players, most := map[reflect.Type]int{}, map[int]int{}, 0
	seeds.Each(t, 200, func(t *testing.T, seed uint64) {
		s := simnet.Generate(seed, l)
		must(t, s.Validate())
		if !reflect.DeepEqual(s, simnet.Generate(seed, l)) {
			t.Error("one seed, two scenarios")
		}
		if s.Seed != seed || s.Length != l.Length || s.Players < 3 || s.Players > 5 {
			t.Errorf("%+v", s)
		}
		players[s.Players]++
		weathers := []weather.Weather{s.Weather}
		for _, p := range s.Paths {
			weathers = append(weathers, p.Weather)
		}
		crashed, starts := map[int]bool{}, 0
		// What is open must be closed again: by pair, by player, and split.
		type trouble struct{ a, b int }
		open := map[trouble]time.Duration{}
		begin := func(at time.Duration, x trouble) { open[x] = at; starts++ }
		for _, e := range s.Events {
			kinds[reflect.TypeOf(e.Action)]++
			if e.At > l.Length-l.Calm || e.At != e.At.Truncate(ms) {
				t.Errorf("something at %v", e.At)
			}
			switch a := e.Action.(type) {
			case simnet.Cut:
				begin(e.At, trouble{min(a.A, a.B), max(a.A, a.B)})
			case simnet.CutOneWay:
				begin(e.At, trouble{min(a.From, a.To), max(a.From, a.To)})
			case simnet.Heal:
				delete(open, trouble{min(a.A, a.B), max(a.A, a.B)})
			case simnet.Split:
				if len(a.Groups) != 2 || len(a.Groups[0])+len(a.Groups[1]) != s.Players {
					t.Errorf("%v of %d", a, s.Players)
				}
				begin(e.At, trouble{})
			case simnet.HealAll:
				if at, ok := open[trouble{}]; ok && e.At-at > l.Longest {
					t.Errorf("a split lasts from %v to %v", at, e.At)
				}
				delete(open, trouble{})
			case simnet.Freeze:
				begin(e.At, trouble{a.Player, a.Player})
			case simnet.Suspend:
				begin(e.At, trouble{a.Player, a.Player})
			case simnet.Thaw:
				delete(open, trouble{a.Player, a.Player})
			case simnet.Crash:
				crashed[a.Player] = true
				starts++
			case simnet.Drift:
				if a.PPM < -70 || a.PPM > 70 {
					t.Errorf("%v", a)
				}
				starts++
			case simnet.Shape:
				weathers = append(weathers, a.Weather)
				starts++
			case simnet.Do:
				starts++
			}
		}
		if len(open) != 0 || len(crashed) > 2 || starts > l.Troubles {
			t.Errorf("%d open, %d crashed, %d troubles in\n%v", len(open), len(crashed), starts, s)
		}
		most = max(most, starts)
		for _, w := range weathers {
			if w != weather.LAN() && w != weather.Storm() {
				t.Errorf("a weather of %+v", w)
			}
		}
	})
	// 200 seeds draw about 1,200 troubles; one seed need not draw every kind.
	total := 0
	for _, k := range kinds {
		total += k
	}
	if total > 1000 && (len(kinds) != 12 || len(players) != 3 || most != l.Troubles) {
		t.Errorf("of all kinds only %v, players %v, at most %d troubles", kinds, players, most)
	}
}

func TestGenerateLeavesOut(t *testing.T) {
	seeds.Each(t, 50, func(t *testing.T, seed uint64) {
		if s := simnet.Generate(seed, simnet.Limits{Troubles: simnet.None}); len(s.Events) != 0 {
			t.Errorf("%v", s)
		}
		text := simnet.Generate(seed, simnet.Limits{MaxPPM: simnet.None, Troubles: 50}).String()
		for _, word := range []string{" drift ", " crash ", " do "} {
			if strings.Contains(text, word) {
				t.Errorf("%q in\n%s", word, text)
			}
		}
		s := simnet.Generate(seed, simnet.Limits{MaxPlayers: 2, Crashes: 9, Troubles: 200})
		crashed := map[simnet.Action]bool{}
		for _, e := range s.Events {
			if c, ok := e.Action.(simnet.Crash); ok {
				crashed[c] = true
			}
		}
		if len(crashed) > 1 {
			t.Error("nobody lives")
		}
	})
}

// A seed that somebody wrote down draws the same scenario for good, everywhere.
func TestGenerateIsTheSameEverywhere(t *testing.T) {
	const want = `# Drawn by lot from seed 4.
seed 4
players 2
length 20s
weather 4g
at 2.036s suspend 1
at 2.285s thaw 1
at 7.638s do fight 2
at 9.956s freeze 2
at 10.154s do fight 1
at 13.179s cut 2 1
at 13.383s heal 2 1
at 13.403s split 1 2
at 14.06s heal all
at 14.156s thaw 2
`
	if got := simnet.Generate(4, simnet.Limits{Crashes: 1, Do: fight}).String(); got != want {
		t.Errorf("seed 4 draws\n%s", got)
	}
}
