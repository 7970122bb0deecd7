package main

import (
	"cmp"
	"errors"
	"fmt"
	"time"

	"github.com/tuttiplay/tutti/netcode"
	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/weather"
)

// depth is how many frames every tick rolls back.
const depth = 8

// farPath brings a move just in time for a rollback of depth frames: it is sent
// in one tick and read depth ticks later.
var farPath = weather.Weather{Latency: depth*tickTime - tickTime/2}

// modes are what a tick is measured in, on the same path with the same moves.
// Plain lockstep hides the path behind as many frames of input delay, so that
// neither ever waits.
var modes = []struct {
	name string
	roll int
	cfg  netcode.Config
}{
	{"plain", 0, netcode.Config{MaxRollback: netcode.NoRollback, InputDelay: depth}},
	{fmt.Sprintf("rollback %d", depth), depth, netcode.Config{MaxRollback: depth, InputDelay: netcode.NoDelay}},
}

// tickPlan is how much is measured.
type tickPlan struct {
	players []int
	warm    int              // ticks before anything counts
	ticks   int              // per round
	rounds  int              // at least
	atLeast time.Duration    // and until this has passed, for all modes of one game and number of players
	path    *weather.Weather // nil is farPath; tests break the premises with others
}

func (e effort) tickPlan() tickPlan {
	if e.quick {
		return tickPlan{players: []int{2, 4, 8}, warm: 300, ticks: 120, rounds: 3}
	}
	return tickPlan{players: []int{2, 4, 8}, warm: 600, ticks: 600, rounds: 20, atLeast: 2 * time.Second}
}

func tickTable(e effort) (Table, error) { return e.tickPlan().table(e) }

func (p tickPlan) table(e effort) (Table, error) {
	t := Table{
		Title: "what one Session.Tick of one player costs",
		Columns: []Column{
			{Key: "game", Name: "game", Label: true},
			{Key: "players", Name: "players", Label: true},
			{Key: "mode", Name: "mode", Label: true},
			{Key: "tick", Name: "tick", Unit: "ns"},
			{Key: "ratio", Name: "to plain", Unit: "×", Digits: 1},
			{Key: "budget", Name: "of 1/60 s", Unit: "%", Digits: 2},
			{Key: "game_ns", Name: "its game", Unit: "ns"},
			{Key: "netcode_ns", Name: "its netcode", Unit: "ns"},
			{Key: "net_ns", Name: "network", Unit: "ns"},
			{Key: "allocs", Name: "allocs", Unit: "per tick", Digits: 3},
			{Key: "steps", Name: "steps", Unit: "per tick", Digits: 1},
			{Key: "bytes", Name: "per link", Unit: "bytes/s"},
			{Key: "datagrams", Name: "per link", Unit: "datagrams/s"},
			{Key: "size", Name: "datagram", Unit: "bytes", Digits: 1},
		},
		Charts: []Chart{
			{Title: "Cost of one tick of one player", Value: "tick", Panel: "game", Group: "players", Series: "mode"},
		},
		Notes: []string{
			fmt.Sprintf("A tick reads a move, takes in what the others sent, steps the game and sends one datagram to each other player. %d rounds or more play the same match over and over; each time the %d ticks after the first %d are timed in chunks of %d, each chunk keeps its best round, and the modes take turns. Ticks follow each other at once, so caches are warm; in a game that waits for the next frame they are colder.", p.rounds, p.ticks, p.warm, chunk),
			fmt.Sprintf("All play over a simulated path of %v one way at 60 ticks per second, and every move differs from the one before. Plain lockstep hides the path behind %d frames of input delay. With rollback there is no input delay, every guess is wrong, and every tick of every player goes back exactly %d frames and steps %d.", farPath.Latency.Round(time.Millisecond), depth, depth, depth+1),
			"tick = its game + its netcode. The simulated network and the loop around it (column network) are not in it: they are measured apart, with as many datagrams of the same mean size, and subtracted. its game is what Step, Save and Load take, measured without netcode on the same frames and moves. Ricochet fills up to four ships with bots, which are part of its Step. allocs are those of the round with the fewest, game and network included.",
			"A link is one direction between two players. bytes/s is payload; a WebRTC data channel adds about 95 bytes to each datagram. It is high because the path is long: a datagram repeats every move of a whole round trip (see the table traffic for a usual one).",
			"Each row is refused unless, in every round and for every player: frames advanced by one per tick, rollbacks and frames stepped again are exactly as many as the mode says, hashes were compared and agree (also with the game measured alone), no datagram was lost or malformed, and the sessions count the bytes that the network counts.",
		},
	}
	if err := tickRows(&t, p, e, minimal); err != nil {
		return t, err
	}
	return t, tickRows(&t, p, e, ricochet)
}

// tickRows adds the rows of one game.
func tickRows[M any](t *Table, p tickPlan, e effort, game title[M]) error {
	for _, players := range p.players {
		fmt.Fprintf(e.log, "tick: %s, %d players\n", game.name, players)
		runs := make([]*tickRun[M], len(modes))
		for i := range modes {
			runs[i] = &tickRun[M]{plan: p, game: game, players: players, mode: i}
		}
		start := time.Now()
		for k := 0; k < p.rounds || time.Since(start) < p.atLeast; k++ {
			for _, r := range runs {
				r.round()
			}
		}
		plain := 0.0
		for i, r := range runs {
			labels := []Cell{label("%s", game.name), label("%d", players), label("%s", modes[i].name)}
			if err := cmp.Or(r.err, r.noise()); err != nil {
				t.refuse(labels, err)
				continue
			}
			if i == 0 {
				plain = r.cost()
			}
			t.add(append(labels, r.cells(plain)...)...)
		}
	}
	return nil
}

// tickRun measures one row.
type tickRun[M any] struct {
	plan    tickPlan
	game    title[M]
	players int
	mode    int   // index into modes
	whole   least // match: all players
	hollow  least // network and loop alone: all players
	alone   least // game alone: one player
	// Of all rounds and players, or links, together:
	rounds, stepped  int64
	bytes, datagrams int64
	err              error // the premise that did not hold
}

const benchSeed = 1

// round plays the match once, always the same one, measures a stretch of it and
// checks what the numbers rest on.
func (r *tickRun[M]) round() {
	if r.err != nil {
		return
	}
	p, mode := r.plan, modes[r.mode]
	path := farPath
	if p.path != nil {
		path = *p.path
	}
	m := newMatch(r.game, r.players, benchSeed, mode.cfg)
	if r.err = m.begin(path); r.err != nil {
		return
	}
	m.watch(p.warm)
	game := newReplay(m, mode.roll)
	game.run(int(m.sess[0].Stats().Frame) - game.frame)

	before, sent := m.stats(), m.net.Total(peer.Moves)
	r.whole.measure(p.ticks, m.run)
	after, now := m.stats(), m.net.Total(peer.Moves)
	bytes, datagrams := now.Bytes-sent.Bytes, now.Sent-sent.Sent
	r.alone.measure(p.ticks, game.run)
	if datagrams == 0 {
		r.err = errors.New("no datagram was sent")
		return
	}
	empty := newHollow(r.game, r.players, benchSeed, path, int((bytes+datagrams/2)/datagrams))
	empty.run(p.warm)
	alike := empty.net.Total(peer.Moves).Sent
	r.hollow.measure(p.ticks, empty.run)
	if alike = empty.net.Total(peer.Moves).Sent - alike; alike != datagrams {
		r.err = fmt.Errorf("the network measured apart carried %d datagrams, the match %d", alike, datagrams)
		return
	}

	r.bytes += bytes
	r.datagrams += datagrams
	r.rounds++
	for i := range after {
		r.stepped += int64(after[i].Frame-before[i].Frame) + after[i].RolledBackFrames - before[i].RolledBackFrames
	}
	r.err = cmp.Or(m.err, game.err, r.premise(before, after, bytes, now.Lost-sent.Lost))
	if r.err == nil && !game.agrees(after[0].HashFrame, after[0].Hash) {
		r.err = errors.New("the game measured alone went another way than the match")
	}
}

// cost returns the nanoseconds of a tick of one player, netcode and game.
func (r *tickRun[M]) cost() float64 {
	ticks := r.plan.ticks * r.players
	return r.whole.per(ticks) - r.hollow.per(ticks)
}

// noise returns why the times make no sense, nil if they do.
func (r *tickRun[M]) noise() error {
	if cost, game := r.cost(), r.alone.per(r.plan.ticks); cost <= game {
		return fmt.Errorf("noise: %.0f ns per tick with its game, %.0f ns of the game alone; measure on a quieter machine", cost, game)
	}
	return nil
}

// cells returns the numbers of the row.
func (r *tickRun[M]) cells(plain float64) []Cell {
	cost, game := r.cost(), r.alone.per(r.plan.ticks)
	ticks := r.rounds * int64(r.plan.ticks) // of each player
	ratio := Cell{Text: "–"}
	if plain > 0 {
		ratio = number(cost / plain)
	}
	all := float64(ticks) * float64(r.players)
	seconds := float64(ticks) / netcode.DefaultTickRate * float64(r.players*(r.players-1))
	return []Cell{
		number(cost), ratio, number(100 * cost / float64(tickTime.Nanoseconds())),
		number(game), number(cost - game), number(r.hollow.per(r.plan.ticks * r.players)),
		number(float64(r.whole.allocs) / float64(r.plan.ticks*r.players)), number(float64(r.stepped) / all),
		number(float64(r.bytes) / seconds), number(float64(r.datagrams) / seconds),
		number(float64(r.bytes) / float64(r.datagrams)),
	}
}

// premise returns what the round was not as it should be.
func (r *tickRun[M]) premise(before, after []netcode.Stats, bytes, lost int64) error {
	ticks, roll, out := r.plan.ticks, modes[r.mode].roll, int64(0)
	for i, b := range after {
		a := before[i]
		out += b.BytesOut - a.BytesOut
		rolls, again := 0, int64(0)
		if roll > 0 {
			rolls, again = ticks, int64(ticks*roll)
		}
		for _, c := range []struct {
			what      string
			got, want int64
		}{
			{"frames", int64(b.Frame - a.Frame), int64(ticks)},
			{"stalls", b.StalledTicks - a.StalledTicks, 0},
			{"rollbacks", int64(b.Rollbacks - a.Rollbacks), int64(rolls)},
			{"frames stepped again", b.RolledBackFrames - a.RolledBackFrames, again},
			{"malformed datagrams", b.BadMessages - a.BadMessages, 0},
		} {
			if c.got != c.want {
				return fmt.Errorf("player %d had %d %s in %d ticks, not %d", i, c.got, c.what, ticks, c.want)
			}
		}
		switch {
		case b.Desynced:
			return fmt.Errorf("player %d noticed a desync", i)
		case b.Checks == a.Checks:
			return fmt.Errorf("player %d compared no hash in %d ticks", i, ticks)
		case b.Hash == a.Hash:
			return fmt.Errorf("player %d: nothing moves in the game", i)
		case b.DeepestRollback > roll:
			return fmt.Errorf("player %d rolled back %d frames", i, b.DeepestRollback)
		}
	}
	if lost != 0 {
		return fmt.Errorf("%d datagrams were lost", lost)
	}
	if out != bytes {
		return fmt.Errorf("the sessions say that they sent %d bytes, the network carried %d", out, bytes)
	}
	return nil
}
