package netcode_test

import (
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode"
	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/simnet"
	"github.com/tuttiplay/tutti/netcode/weather"
)

// player is one peer of a simulated match.
type player struct {
	id     peer.ID
	game   *yard
	sess   *netcode.Session[keys]
	dice   weather.Dice
	held   keys          // of its first seat
	others []keys        // of its further seats
	every  time.Duration // between two Ticks
	drift  int           // by how many millionths its clock is fast
	events []netcode.Event
	err    error
	dead   bool
	onTick func(p *player)
}

// simMatch is a whole match in virtual time.
type simMatch struct {
	net     *simnet.Net
	match   peer.Match
	players []*player
}

func newMatch(t testing.TB, seed uint64, n int, w weather.Weather, cfg netcode.Config) *simMatch {
	t.Helper()
	seats := make([]int, n)
	for i := range seats {
		seats[i] = i
	}
	return newSeated(t, seed, seats, w, cfg)
}

// newSeated makes a match in which player seats[i] holds seat i; -1 is empty.
func newSeated(t testing.TB, seed uint64, seats []int, w weather.Weather, cfg netcode.Config) *simMatch {
	t.Helper()
	m := &simMatch{net: simnet.New(simnet.Config{Seed: seed, Weather: w})}
	ids := make([]peer.ID, len(seats))
	for i, holder := range seats {
		if holder >= 0 {
			ids[i] = playerID(holder)
		}
	}
	m.match = peer.NewMatch(seed, ids, nil)
	for i, id := range m.match.Peers() {
		p := &player{id: id, game: &yard{}, dice: weather.NewDice(seed*8 + uint64(i)), every: time.Second / 60}
		p.others = make([]keys, len(m.match.SeatsOf(id))-1)
		c := cfg
		c.Clock = func() time.Duration { return m.net.Now() + m.net.Now()*time.Duration(p.drift)/1_000_000 }
		p.sess = netcode.New(p.game, m.net.Link(id), netcode.Ready(m.match), c)
		m.players = append(m.players, p)
		m.start(p, p.dice.Below(uint64(20*time.Millisecond)))
	}
	return m
}

func playerID(i int) peer.ID { return peer.KeyFromSeed([32]byte{byte(i + 1)}).ID() }

// start ticks a player from some time on, for ever.
func (m *simMatch) start(p *player, after uint64) {
	var tick func()
	tick = func() {
		if p.dead {
			return
		}
		if p.dice.Below(6) == 0 {
			p.held = keys{Left: p.dice.Below(2) == 0, Right: p.dice.Below(3) == 0, Aim: int16(p.dice.Below(7)) - 3}
		}
		if p.onTick != nil {
			p.onTick(p)
		}
		for i := range p.others {
			p.others[i] = keys{Left: !p.held.Left, Aim: p.held.Aim + int16(i)}
		}
		p.err = p.sess.Tick(append([]keys{p.held}, p.others...)...)
		for e := range p.sess.Events() {
			p.events = append(p.events, e)
		}
		m.net.After(p.every, tick)
	}
	m.net.After(time.Duration(after), tick)
}

// runTo runs until every living player has confirmed a frame, at most limit.
func (m *simMatch) runTo(t testing.TB, f netcode.Frame, limit time.Duration) {
	t.Helper()
	for end := m.net.Now() + limit; ; {
		low := netcode.Frame(1 << 30)
		for _, p := range m.players {
			if p.err != nil && !p.dead {
				t.Fatalf("%s: %v", p.id.Short(), p.err)
			}
			if !p.dead {
				low = min(low, p.sess.Stats().Confirmed)
			}
		}
		if low >= f {
			return
		}
		if m.net.Now() >= end {
			for i, p := range m.players {
				t.Logf("player %d: %v", i, p.sess.Stats())
				t.Log(p.sess.Debug())
			}
			t.Fatalf("frame %d not confirmed by all within %v, only %d", f, limit, low)
		}
		m.net.RunFor(100 * time.Millisecond)
	}
}

// mustAgree compares the states of all living players before every frame up to f.
func (m *simMatch) mustAgree(t testing.TB, f netcode.Frame) {
	t.Helper()
	var first *player
	for i, p := range m.players {
		if p.dead {
			continue
		}
		if p.game.bad != nil {
			t.Fatalf("player %d: %v", i, p.game.bad)
		}
		for _, e := range p.events {
			if d, ok := e.(netcode.Desync); ok {
				t.Fatalf("player %d: %v", i, d)
			}
		}
		if first == nil {
			first = p
			continue
		}
		for k := range f {
			if p.game.hashes[k] != first.game.hashes[k] {
				t.Fatalf("before frame %d player %d has another state than the first", k, i)
			}
		}
	}
	distinct := map[uint64]bool{}
	for _, h := range first.game.hashes[:f] {
		distinct[h] = true
	}
	if len(distinct) < int(f)*9/10 {
		t.Fatalf("only %d different states in %d frames: nothing moves", len(distinct), f)
	}
}
