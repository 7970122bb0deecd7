package simnet

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/tuttiplay/tutti/netcode/weather"
)

// Generate draws a scenario by lot. One seed and one set of limits give one
// scenario, on every machine. It is valid, its Seed is seed, and all trouble in
// it that can end has ended before the last [Limits.Calm]. It panics if l is not
// valid; limits that come from outside the program go through [Limits.Validate]
// first.
func Generate(seed uint64, l Limits) Scenario {
	if err := l.Validate(); err != nil {
		panic(err)
	}
	l = l.resolve()
	// Not the dice of the Net, which starts from seed itself.
	g := generator{Limits: l, dice: weather.NewDice(^seed)}
	s := Scenario{
		Note: fmt.Sprintf("Drawn by lot from seed %d.", seed), Seed: seed, Length: l.Length,
		Players: l.MinPlayers + g.below(l.MaxPlayers-l.MinPlayers+1), Weather: g.weather(),
	}
	g.players = s.Players
	g.crashes = min(l.Crashes, s.Players-1)
	for from := 1; from <= s.Players; from++ {
		for to := 1; to <= s.Players; to++ {
			if from != to && g.dice.Chance(weather.Percent(20)) {
				s.Paths = append(s.Paths, Shape{from, to, g.weather()})
			}
		}
	}
	for range g.below(l.Troubles + 1) {
		s.Events = append(s.Events, g.trouble()...)
	}
	slices.SortStableFunc(s.Events, func(a, b Event) int { return cmp.Compare(a.At, b.At) })
	return s
}

// generator draws the parts of one scenario.
type generator struct {
	Limits
	dice    weather.Dice
	players int
	crashes int   // how many may still crash
	dead    []int // who has
}

func (g *generator) below(n int) int { return int(g.dice.Below(uint64(n))) }

func (g *generator) weather() weather.Weather { return g.Weathers[g.below(len(g.Weathers))] }

func (g *generator) player() int { return 1 + g.below(g.players) }

// pair draws two players.
func (g *generator) pair() (int, int) {
	a, b := g.player(), 1+g.below(g.players-1)
	if b >= a {
		b++
	}
	return a, b
}

// span draws when a trouble starts and when it ends, in milliseconds, because
// people read them.
func (g *generator) span() (from, to time.Duration) {
	const ms = time.Millisecond
	end := int((g.Length - g.Calm) / ms)
	start := g.below(end)
	last := 1 + g.below(min(end-start, int(g.Longest/ms)))
	return time.Duration(start) * ms, time.Duration(start+last) * ms
}

// trouble draws one trouble: what starts it, and what ends it if it can end.
func (g *generator) trouble() []Event {
	from, to := g.span()
	lasts := func(start, end Action) []Event { return []Event{{from, start}, {to, end}} }
	// The kinds that may be off come last, so that the others do not change.
	switch kind := g.below(10); {
	case kind == 0:
		a, b := g.pair()
		return lasts(Cut{a, b}, Heal{a, b})
	case kind == 1:
		a, b := g.pair()
		return lasts(CutOneWay{a, b}, Heal{a, b})
	case kind == 2:
		return lasts(g.split(), HealAll{})
	case kind == 3:
		p := g.player()
		return lasts(Freeze{p}, Thaw{p})
	case kind == 4:
		p := g.player()
		return lasts(Suspend{p}, Thaw{p})
	case kind == 5 && g.MaxPPM > 0:
		return []Event{{from, Drift{g.player(), g.below(2*g.MaxPPM+1) - g.MaxPPM}}}
	case kind == 6 && g.crashes > 0:
		p := g.player()
		if !slices.Contains(g.dead, p) {
			g.dead = append(g.dead, p)
			g.crashes--
		}
		return []Event{{from, Crash{p}}}
	case kind >= 7 && kind <= 8 && g.Do != nil:
		return []Event{{from, g.Do(&g.dice, g.players)}}
	}
	a, b := g.pair()
	return []Event{{from, Shape{a, b, g.weather()}}}
}

// split deals the players out to two groups, of which none is empty.
func (g *generator) split() Split {
	all := make([]int, g.players)
	for i := range all {
		all[i] = i + 1
	}
	for i := len(all) - 1; i > 0; i-- {
		k := g.below(i + 1)
		all[i], all[k] = all[k], all[i]
	}
	middle := 1 + g.below(g.players-1)
	one, two := all[:middle], all[middle:]
	slices.Sort(one)
	slices.Sort(two)
	return Split{Groups: [][]int{one, two}}
}
