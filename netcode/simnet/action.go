package simnet

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/weather"
)

// Action is what an [Event] does. There are these, with their text:
//
//	cut 1 2             Cut
//	cut 1>2             CutOneWay
//	heal 1 2            Heal
//	heal all            HealAll
//	split 1,2 3,4       Split
//	shape 1>2 3g        Shape
//	freeze 1            Freeze
//	suspend 1           Suspend
//	thaw 1              Thaw
//	crash 1             Crash
//	drift 1 -200        Drift
//	do NAME ARGS...     Do
//
// Nobody else can add one, because a Do can be anything.
type Action interface {
	// String returns the text of the action.
	String() string
	// check reports what is wrong with it among so many players.
	check(players int) error
	run(p *play)
}

type (
	// Cut is [Net.Cut].
	Cut struct{ A, B int }
	// CutOneWay is [Net.CutOneWay].
	CutOneWay struct{ From, To int }
	// Heal is [Net.Heal].
	Heal struct{ A, B int }
	// HealAll is [Net.HealAll].
	HealAll struct{}
	// Split is [Net.Split]. It has at least one group and none is empty.
	Split struct{ Groups [][]int }
	// Shape is [Net.Shape].
	Shape struct {
		From, To int
		Weather  weather.Weather
	}
	// Freeze is [Net.Freeze].
	Freeze struct{ Player int }
	// Suspend is [Net.Suspend].
	Suspend struct{ Player int }
	// Thaw is [Net.Thaw].
	Thaw struct{ Player int }
	// Crash is [Net.Crash].
	Crash struct{ Player int }
	// Drift is [Net.Drift].
	Drift struct{ Player, PPM int }
	// Do is an action of the test's own: one word and any number of others, of
	// which none is empty, holds a blank or starts with #.
	Do struct {
		Name string
		Args []string
	}
)

func (a Cut) String() string       { return fmt.Sprintf("cut %d %d", a.A, a.B) }
func (a CutOneWay) String() string { return fmt.Sprintf("cut %d>%d", a.From, a.To) }
func (a Heal) String() string      { return fmt.Sprintf("heal %d %d", a.A, a.B) }
func (HealAll) String() string     { return "heal all" }
func (a Shape) String() string {
	return fmt.Sprintf("shape %d>%d %s", a.From, a.To, weatherText(a.Weather))
}
func (a Freeze) String() string  { return fmt.Sprintf("freeze %d", a.Player) }
func (a Suspend) String() string { return fmt.Sprintf("suspend %d", a.Player) }
func (a Thaw) String() string    { return fmt.Sprintf("thaw %d", a.Player) }
func (a Crash) String() string   { return fmt.Sprintf("crash %d", a.Player) }
func (a Drift) String() string   { return fmt.Sprintf("drift %d %d", a.Player, a.PPM) }
func (a Do) String() string      { return strings.Join(append([]string{"do", a.Name}, a.Args...), " ") }

func (a Split) String() string {
	text := []byte("split")
	for _, g := range a.Groups {
		for i, player := range g {
			text = append(text, " ,"[min(i, 1)])
			text = strconv.AppendInt(text, int64(player), 10)
		}
	}
	return string(text)
}

// one checks the number of a player, pair those of two.
func one(players, player int) error {
	if player < 1 || player > players {
		return fmt.Errorf("there is no player %d", player)
	}
	return nil
}

func pair(players, a, b int) error {
	if a == b {
		return fmt.Errorf("player %d twice", a)
	}
	return errors.Join(one(players, a), one(players, b))
}

func (a Cut) check(players int) error       { return pair(players, a.A, a.B) }
func (a CutOneWay) check(players int) error { return pair(players, a.From, a.To) }
func (a Heal) check(players int) error      { return pair(players, a.A, a.B) }
func (HealAll) check(int) error             { return nil }
func (a Freeze) check(players int) error    { return one(players, a.Player) }
func (a Suspend) check(players int) error   { return one(players, a.Player) }
func (a Thaw) check(players int) error      { return one(players, a.Player) }
func (a Crash) check(players int) error     { return one(players, a.Player) }

func (a Shape) check(players int) error {
	if err := pair(players, a.From, a.To); err != nil {
		return err
	}
	return a.Weather.Validate()
}

func (a Drift) check(players int) error {
	if a.PPM < -MaxDrift || a.PPM > MaxDrift {
		return fmt.Errorf("a drift of %d ppm; want %d to %d", a.PPM, -MaxDrift, MaxDrift)
	}
	return one(players, a.Player)
}

func (a Split) check(players int) error {
	if len(a.Groups) == 0 {
		return errors.New("a split without a group")
	}
	for _, g := range a.Groups {
		if len(g) == 0 {
			return errors.New("a split with an empty group")
		}
		for _, player := range g {
			if err := one(players, player); err != nil {
				return err
			}
		}
	}
	return nil
}

func (a Do) check(int) error {
	for _, word := range append([]string{a.Name}, a.Args...) {
		if f := strings.Fields(word); len(f) != 1 || f[0] != word || word[0] == '#' {
			return fmt.Errorf("%.40q is not one word that could stand in a line", word)
		}
	}
	return nil
}

func (a Cut) run(p *play)       { p.net.Cut(p.id(a.A), p.id(a.B)) }
func (a CutOneWay) run(p *play) { p.net.CutOneWay(p.id(a.From), p.id(a.To)) }
func (a Heal) run(p *play)      { p.net.Heal(p.id(a.A), p.id(a.B)) }
func (HealAll) run(p *play)     { p.net.HealAll() }
func (a Freeze) run(p *play)    { p.net.Freeze(p.id(a.Player)) }
func (a Suspend) run(p *play)   { p.net.Suspend(p.id(a.Player)) }
func (a Thaw) run(p *play)      { p.net.Thaw(p.id(a.Player)) }
func (a Crash) run(p *play)     { p.net.Crash(p.id(a.Player)) }
func (a Do) run(p *play)        { p.actions[a.Name](a.Args) }

// The errors of these two are those of check, which has passed.
func (a Shape) run(p *play) { _ = p.net.Shape(p.id(a.From), p.id(a.To), a.Weather) }
func (a Drift) run(p *play) { _ = p.net.Drift(p.id(a.Player), a.PPM) }

func (a Split) run(p *play) {
	groups := make([][]peer.ID, len(a.Groups))
	for i, g := range a.Groups {
		for _, player := range g {
			groups[i] = append(groups[i], p.id(player))
		}
	}
	p.net.Split(groups...)
}
