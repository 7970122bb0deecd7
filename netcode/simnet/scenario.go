package simnet

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/weather"
)

// MaxPlayers is the largest [Scenario.Players].
const MaxPlayers = 64

// Scenario is a story of trouble that can be written down, replayed, drawn by
// lot and cut down: who plays, under which weather, and what happens when. With
// the same players' code one scenario is one exact run. In it players are
// numbers from 1 on, which [Scenario.Play] gives names.
//
// A Scenario is a plain value; its slices are shared by copies. Its text form,
// which [Parse] reads and [Scenario.String] writes, is one thing a line:
//
//	# What a reader should know: Note.
//	seed 7
//	players 4
//	length 30s
//	weather wifi
//	weather 1>2 4g loss=5% latency=80ms
//	at 2s cut 1 2
//	at 2.5s cut 3>1
//	at 4s heal all
//	at 5s do join 4
//
// The actions are those of [Action]'s list. A weather is the name of a preset,
// numbers of one's own, or both: latency, jitter, hold and queue are durations,
// loss, burst, reorder and duplicate are shares in percent, burstlength is
// packets and rate bytes per second. Lines that start with # and what follows a
// # after a blank are comments.
type Scenario struct {
	// Note is the comment at the top, of any number of lines.
	Note string
	// Seed is for [Config.Seed].
	Seed uint64
	// Players is how many there are: 1 to [MaxPlayers].
	Players int
	// Length is how long the run takes, for whoever drives the clock. 0 is no
	// matter; else no event is later.
	Length time.Duration
	// Weather is for [Config.Weather].
	Weather weather.Weather
	// Paths are the directions that have another weather from the start, each
	// at most once.
	Paths []Shape
	// Events are what happens, none earlier than the one before.
	Events []Event
}

// Event is something that happens in a [Scenario].
type Event struct {
	// At is the time since [Scenario.Play], 0 or more.
	At time.Duration
	// Action is what happens; not nil.
	Action Action
}

// Config returns what the Net of this scenario is made with: its seed and its
// weather. The caller adds the rest.
func (s Scenario) Config() Config { return Config{Seed: s.Seed, Weather: s.Weather} }

// Validate reports the first thing that is out of range; nil if nothing is. It
// never changes s.
func (s Scenario) Validate() error {
	switch {
	case s.Players < 1 || s.Players > MaxPlayers:
		return fmt.Errorf("simnet: a scenario of %d players; want 1 to %d", s.Players, MaxPlayers)
	case s.Length < 0:
		return fmt.Errorf("simnet: a scenario of length %v; want 0 (no matter) or more", s.Length)
	}
	if err := s.Weather.Validate(); err != nil {
		return fmt.Errorf("simnet: the scenario's weather: %w", err)
	}
	for i, p := range s.Paths {
		if err := s.checkPath(i); err != nil {
			return fmt.Errorf("simnet: the weather %d>%d: %w", p.From, p.To, err)
		}
	}
	for i, e := range s.Events {
		if err := s.checkEvent(i); err != nil {
			return fmt.Errorf("simnet: event %d at %v: %w", i+1, e.At, err)
		}
	}
	return nil
}

// checkPath checks one of s.Paths against those before it.
func (s Scenario) checkPath(i int) error {
	p := s.Paths[i]
	if slices.ContainsFunc(s.Paths[:i], func(q Shape) bool { return q.From == p.From && q.To == p.To }) {
		return errors.New("it is there twice")
	}
	return p.check(s.Players)
}

// checkEvent checks one of s.Events against the one before it.
func (s Scenario) checkEvent(i int) error {
	e := s.Events[i]
	switch {
	case e.At < 0:
		return errors.New("it is before the start")
	case i > 0 && e.At < s.Events[i-1].At:
		return fmt.Errorf("it stands after an event at %v", s.Events[i-1].At)
	case s.Length > 0 && e.At > s.Length:
		return fmt.Errorf("it is after the end at %v", s.Length)
	case e.Action == nil:
		return errors.New("it has no action")
	}
	return e.Action.check(s.Players)
}

// Play shapes the paths of n and schedules the events, from now on, then
// returns; time passes when the caller drives n. n must be made with
// [Scenario.Config]. players are the names of the players, the first being
// player 1. actions are the test's own, by the name of a [Do]; each is called
// inside [Net.RunUntil] and its kind. Where there is none, nil will do.
//
// The error says what is not valid, what does not fit, or which action is
// missing, and then nothing is scheduled.
func (s Scenario) Play(n *Net, players []peer.ID, actions map[string]func(args []string)) error {
	if err := s.Validate(); err != nil {
		return err
	}
	switch {
	case len(players) != s.Players:
		return fmt.Errorf("simnet: %d names for a scenario of %d players", len(players), s.Players)
	case n.cfg.Seed != s.Seed || n.cfg.Weather != s.Weather:
		return errors.New("simnet: the Net has another seed or weather than the scenario; make it with Scenario.Config")
	}
	for i, id := range players {
		if id.IsZero() || slices.Contains(players[:i], id) {
			return fmt.Errorf("simnet: player %d has no name of its own", i+1)
		}
	}
	for _, e := range s.Events {
		if do, ok := e.Action.(Do); ok && actions[do.Name] == nil {
			return fmt.Errorf("simnet: at %v the scenario wants %q, which the test cannot do", e.At, do.String())
		}
	}
	p := &play{net: n, players: slices.Clone(players), actions: actions}
	for _, path := range s.Paths {
		path.run(p)
	}
	for _, e := range s.Events {
		n.After(e.At, func() { e.Action.run(p) })
	}
	return nil
}

// play is a scenario on a Net.
type play struct {
	net     *Net
	players []peer.ID
	actions map[string]func(args []string)
}

// id is the name of a player that check has seen.
func (p *play) id(player int) peer.ID { return p.players[player-1] }

// String returns the text that [Parse] reads back as the same scenario. Blanks
// at the ends of the lines of Note are lost.
func (s Scenario) String() string {
	var b strings.Builder
	if s.Note != "" {
		for line := range strings.SplitSeq(s.Note, "\n") {
			b.WriteString(strings.TrimSpace("# "+strings.TrimSpace(line)) + "\n")
		}
	}
	fmt.Fprintf(&b, "seed %d\nplayers %d\n", s.Seed, s.Players)
	if s.Length != 0 {
		fmt.Fprintf(&b, "length %v\n", s.Length)
	}
	fmt.Fprintf(&b, "weather %s\n", weatherText(s.Weather))
	for _, p := range s.Paths {
		fmt.Fprintf(&b, "weather %d>%d %s\n", p.From, p.To, weatherText(p.Weather))
	}
	for _, e := range s.Events {
		fmt.Fprintf(&b, "at %v %v\n", e.At, e.Action)
	}
	return b.String()
}
