package netcode_test

import (
	"slices"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode"
	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/simnet"
	"github.com/tuttiplay/tutti/netcode/weather"
)

// The tests in hold_*_test.go measure what the session promises to hold under a
// network that is described in numbers. Each asserts first that the trouble it
// is about happened, then the promise, and logs what it measured.

// holdWeather is the path of every link where a test says nothing else: 60 ms
// there and back, up to 20 ms of jitter each way, 2 % loss.
var holdWeather = weather.Weather{Latency: 30 * time.Millisecond, Jitter: 20 * time.Millisecond, Loss: weather.Percent(2)}

// holdDrop is the detection time of these matches.
const holdDrop = time.Second

// stick is a move of four bytes: a direction, two buttons and an aim.
type stick struct {
	Left, Right, Up, Down, Fire bool
	Throttle                    int8
	Aim                         int16
}

// plot is the test game for moves of four bytes: the yard, whose state takes in
// every bit of every move.
type plot struct {
	yard
	aims [][peer.MaxSeats]int16 // the aim of each seat by frame, as last computed
	away int                    // seats that did not play, over all steps
}

func (g *plot) Start(m peer.Match) { g.yard.Start(m) }

func (g *plot) Step(in netcode.Input[stick]) {
	seats := make([]netcode.Seat[keys], len(in.Seats))
	var aims [peer.MaxSeats]int16
	for i, s := range in.Seats {
		more := int16(s.Move.Throttle) << 2
		if s.Move.Up {
			more++
		}
		if s.Move.Down {
			more += 2
		}
		seats[i] = netcode.Seat[keys]{
			Move:   keys{Left: s.Move.Left, Right: s.Move.Right, Fire: s.Move.Fire, Aim: s.Move.Aim ^ more},
			Orders: s.Orders, Status: s.Status, Changed: s.Changed,
		}
		aims[i] = s.Move.Aim
		if s.Status != netcode.Playing {
			g.away++
		}
	}
	if !g.quiet {
		g.aims = append(g.aims[:in.Frame], aims)
	}
	g.yard.Step(netcode.Input[keys]{Frame: in.Frame, Seats: seats})
}

// holder is one player of a held match, and what it went through.
type holder struct {
	id     peer.ID
	seat   int
	game   *plot
	sess   *netcode.Session[stick]
	dice   weather.Dice
	move   stick
	every  time.Duration   // between two Ticks
	ppm    int             // by how many millionths its clock is fast
	steer  func(p *holder) // changes move before each Tick
	after  func(p *holder) // looks at stats after each Tick
	stats  netcode.Stats   // after the newest Tick
	events []netcode.Event // all of them
	ticks  int64           // while the match ran
	wrote  []time.Duration // when its own move for frame i went into its log
	saw    []time.Duration // when it stepped frame i first
	sure   []time.Duration // when it confirmed frame i
}

// holdMatch is a whole match in virtual time.
type holdMatch struct {
	net     *simnet.Net
	match   peer.Match
	players []*holder
	failed  error
	largest int // bytes of the largest datagram on Moves
}

// newHold makes a match of n players. each may change a player before it ticks;
// nil changes nothing.
func newHold(seed uint64, n int, w weather.Weather, cfg netcode.Config, each func(i int, p *holder)) *holdMatch {
	m := &holdMatch{}
	m.net = simnet.New(simnet.Config{Seed: seed, Weather: w, Tap: func(p simnet.Packet) {
		if p.Channel == peer.Moves && p.Fate == simnet.Sent {
			m.largest = max(m.largest, len(p.Data))
		}
	}})
	ids := make([]peer.ID, n)
	for i := range ids {
		ids[i] = playerID(i)
	}
	m.match = peer.NewMatch(seed, ids, nil)
	cfg.DropAfter = holdDrop
	for i, id := range ids {
		p := &holder{id: id, seat: i, game: &plot{}, dice: weather.NewDice(seed*8 + uint64(i)), every: time.Second / 60, steer: lively}
		if each != nil {
			each(i, p)
		}
		c := cfg
		c.Key = peer.KeyFromSeed([32]byte{byte(i + 1)})
		c.Clock = func() time.Duration { return m.net.Now() + m.net.Now()*time.Duration(p.ppm)/1_000_000 }
		p.sess = netcode.New(p.game, m.net.Link(id), netcode.Ready(m.match), c)
		m.players = append(m.players, p)
		m.net.After(time.Duration(p.dice.Below(uint64(20*time.Millisecond))), func() { m.tick(p) })
	}
	return m
}

// lively are the controls of a busy player: the direction changes five times a
// second, the aim ten times, the trigger twice.
func lively(p *holder) {
	if p.dice.Below(12) == 0 {
		way := p.dice.Below(9)
		p.move.Left, p.move.Right = way%3 == 1, way%3 == 2
		p.move.Up, p.move.Down = way/3 == 1, way/3 == 2
	}
	if p.dice.Below(6) == 0 {
		p.move.Aim = int16(p.dice.Below(1 << 16))
	}
	if p.dice.Below(30) == 0 {
		p.move.Fire = !p.move.Fire
	}
}

func (m *holdMatch) tick(p *holder) {
	p.steer(p)
	err := p.sess.Tick(p.move)
	if err != nil && m.failed == nil {
		m.failed = err
	}
	now := m.net.Now()
	p.stats = p.sess.Stats()
	for e := range p.sess.Events() {
		p.events = append(p.events, e)
	}
	if p.stats.Phase == netcode.Running {
		p.ticks++
		p.wrote = reached(p.wrote, p.stats.Seat[p.seat].Held, now)
		p.saw = reached(p.saw, p.stats.Frame, now)
		p.sure = reached(p.sure, p.stats.Confirmed, now)
	}
	if p.after != nil {
		p.after(p)
	}
	m.net.After(p.every, func() { m.tick(p) })
}

// reached notes now for all frames below f that have no time yet.
func reached(at []time.Duration, f netcode.Frame, now time.Duration) []time.Duration {
	for len(at) < int(f) {
		at = append(at, now)
	}
	return at
}

// run runs for so long; a session that ends fails the test.
func (m *holdMatch) run(t *testing.T, d time.Duration) {
	t.Helper()
	m.net.RunFor(d)
	if m.failed != nil {
		for i, p := range m.players {
			t.Logf("player %d: %v, %v", i, p.stats, p.events)
		}
		t.Fatalf("a session ended: %v", m.failed)
	}
}

// low is the lowest of what all players have confirmed.
func (m *holdMatch) low() netcode.Frame {
	low := netcode.Frame(1 << 30)
	for _, p := range m.players {
		low = min(low, p.stats.Confirmed)
	}
	return low
}

// apart is by how many frames the players' current frames differ now.
func (m *holdMatch) apart() netcode.Frame {
	low, high := netcode.Frame(1<<30), netcode.Frame(0)
	for _, p := range m.players {
		low, high = min(low, p.stats.Frame), max(high, p.stats.Frame)
	}
	return high - low
}

// delays are the input delays of all players now, in frames.
func (m *holdMatch) delays() (list []int) {
	for _, p := range m.players {
		list = append(list, p.stats.InputDelayFrames)
	}
	return list
}

// runTo runs until all have confirmed a frame, at most limit.
func (m *holdMatch) runTo(t *testing.T, f netcode.Frame, limit time.Duration) {
	t.Helper()
	for end := m.net.Now() + limit; m.low() < f; {
		if m.net.Now() >= end {
			for i, p := range m.players {
				t.Logf("player %d: %v, %v", i, p.stats, p.events)
			}
			t.Fatalf("frame %d not confirmed by all within %v, only %d", f, limit, m.low())
		}
		m.run(t, 100*time.Millisecond)
	}
}

// reshape gives both directions between two players a weather each.
func (m *holdMatch) reshape(t *testing.T, a, b int, there, back weather.Weather) {
	t.Helper()
	for _, err := range []error{
		m.net.Shape(m.players[a].id, m.players[b].id, there),
		m.net.Shape(m.players[b].id, m.players[a].id, back),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
}

// mustAgree asserts that nobody was told of a desync or left, that all had the
// same state before every frame below f, that the state was another one nearly
// every time, and that all seats played all the time.
func (m *holdMatch) mustAgree(t *testing.T, f netcode.Frame) {
	t.Helper()
	first := m.players[0].game
	for i, p := range m.players {
		if p.game.bad != nil {
			t.Fatalf("player %d: %v", i, p.game.bad)
		}
		for _, e := range p.events {
			switch e.(type) {
			case netcode.Desync, netcode.Left:
				t.Fatalf("player %d: %v", i, e)
			}
		}
		if p.game.away > 0 || p.stats.Desynced {
			t.Fatalf("player %d: seats did not play in %d steps, desynced %v", i, p.game.away, p.stats.Desynced)
		}
		for k := range f {
			if p.game.hashes[k] != first.hashes[k] {
				t.Fatalf("before frame %d player %d has another state than the first", k, i)
			}
		}
	}
	distinct := slices.Clone(first.hashes[:f])
	slices.Sort(distinct)
	if n := len(slices.Compact(distinct)); n < int(f)*99/100 {
		t.Fatalf("only %d different states in %d frames: nothing moves", n, f)
	}
}

// mustLose asserts that of all datagrams a share between low and high percent
// was lost, and that some went at all.
func (m *holdMatch) mustLose(t *testing.T, low, high int64) simnet.Counters {
	t.Helper()
	c := m.net.Total(peer.Moves)
	if c.Sent < 1000 || c.Lost*100 < c.Sent*low || c.Lost*100 > c.Sent*high {
		t.Fatalf("%d of %d datagrams were lost, want %d to %d %%", c.Lost, c.Sent, low, high)
	}
	return c
}

// mustRollBack asserts that every player repaired predictions, at least that
// often, and that the game was really loaded for it.
func (m *holdMatch) mustRollBack(t *testing.T, least int) {
	t.Helper()
	for i, p := range m.players {
		if p.stats.Rollbacks < least || p.game.loads < least {
			t.Fatalf("player %d: only %d rollbacks, %d loads", i, p.stats.Rollbacks, p.game.loads)
		}
	}
}

// told returns the events of one kind.
func told[E netcode.Event](p *holder) (got []E) {
	for _, e := range p.events {
		if e, ok := e.(E); ok {
			got = append(got, e)
		}
	}
	return got
}

// quantile returns the value below which so many of a thousand of list lie, and
// sorts it.
func quantile(list []time.Duration, permille int) time.Duration {
	if len(list) == 0 {
		return 0
	}
	slices.Sort(list)
	return list[min(len(list)*permille/1000, len(list)-1)]
}

func millis(d time.Duration) float64 { return float64(d/time.Microsecond) / 1000 }
