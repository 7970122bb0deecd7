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

// ordinary is the network of these tests: 60 ms round trip, 20 ms jitter, 2 % loss.
var ordinary = weather.Weather{Latency: 30 * time.Millisecond, Jitter: 20 * time.Millisecond, Loss: weather.Percent(2)}

// dropAfter is the silence after which these tests' players are dropped.
const dropAfter = time.Second

// scene is a match whose players sign what they write and live on their own
// clocks and timers, so that they can be frozen and suspended. It remembers
// when each event came and how long each player ever stood still.
type scene struct {
	simMatch
	links []*simnet.Link
	notes []note
	cfg   netcode.Config
	games func(y *yard) netcode.Game[keys]
}

// note is what a scene remembers of one player.
type note struct {
	hidden  bool            // nobody calls Tick
	when    []time.Duration // of the player's events, in virtual time
	frame   netcode.Frame   // its newest
	grewAt  time.Duration   // when that last grew
	still   time.Duration   // the longest time in which it did not
	process int             // counts the processes of this player
}

// asIs hands the yard to the session with all that it can do.
func asIs(y *yard) netcode.Game[keys] { return y }

// newScene makes a match of n that runs once the net does. cfg needs no Key
// and no Clock.
func newScene(n int, sim simnet.Config, cfg netcode.Config, games func(y *yard) netcode.Game[keys]) *scene {
	if cfg.DropAfter == 0 {
		cfg.DropAfter = dropAfter
	}
	s := &scene{cfg: cfg, games: games, notes: make([]note, n)}
	s.net = simnet.New(sim)
	var ids []peer.ID
	for i := range n {
		ids = append(ids, playerID(i))
	}
	s.match = peer.NewMatch(sim.Seed, ids, nil)
	for i, id := range ids {
		s.links = append(s.links, s.net.Link(id))
		s.players = append(s.players, nil)
		s.enter(i, sim.Seed, s.links[i])
	}
	return s
}

// enter starts a process for player i; an earlier one of it is dead.
func (s *scene) enter(i int, seed uint64, link peer.Link) {
	if old := s.players[i]; old != nil {
		old.dead = true
	}
	n := &s.notes[i]
	n.process++
	p := &player{id: playerID(i), game: &yard{}, dice: weather.NewDice(seed<<16 + uint64(n.process)<<8 + uint64(i)), every: time.Second / 60}
	c := s.cfg
	c.Key, c.Clock = peer.KeyFromSeed([32]byte{byte(i + 1)}), s.links[i].Now
	p.sess = netcode.New(s.games(p.game), link, netcode.Ready(s.match), c)
	s.players[i] = p
	n.when, n.frame, n.grewAt, n.still = nil, 0, s.net.Now(), 0
	s.links[i].After(time.Duration(p.dice.Below(uint64(20*time.Millisecond))), func() { s.beat(i, p) })
}

// beat ticks a player and calls itself again on the player's own timer.
func (s *scene) beat(i int, p *player) {
	if p.dead {
		return
	}
	s.links[i].After(p.every, func() { s.beat(i, p) })
	n := &s.notes[i]
	if n.hidden {
		return
	}
	if p.dice.Below(6) == 0 {
		p.held = keys{Left: p.dice.Below(2) == 0, Right: p.dice.Below(3) == 0, Aim: int16(p.dice.Below(7)) - 3}
	}
	if p.onTick != nil {
		p.onTick(p)
	}
	p.err = p.sess.Tick(p.held)
	for e := range p.sess.Events() {
		p.events = append(p.events, e)
		n.when = append(n.when, s.net.Now())
	}
	if f := p.sess.Stats().Frame; f > n.frame {
		n.still = max(n.still, s.net.Now()-n.grewAt)
		n.frame, n.grewAt = f, s.net.Now()
	}
}

// firstAfter returns when player i was first told something that f wants, not
// before a time; false if it never was.
func (s *scene) firstAfter(i int, from time.Duration, f func(netcode.Event) bool) (time.Duration, bool) {
	for k, at := range s.notes[i].when {
		if at >= from && f(s.players[i].events[k]) {
			return at, true
		}
	}
	return 0, false
}

// isOwn reports whether a player is told that it was dropped.
func isOwn(e netcode.Event) bool {
	d, ok := e.(netcode.Dropped)
	return ok && d.Own
}

// isBack reports whether a player is told that it plays again.
func isBack(e netcode.Event) bool {
	b, ok := e.(netcode.Back)
	return ok && b.Own
}

// whole reports whether every living player is in the match and sees all other
// living ones Playing.
func (s *scene) whole() bool {
	for _, p := range s.players {
		if p.dead {
			continue
		}
		st := p.sess.Stats()
		if st.Phase != netcode.Running || st.Guest || st.Split {
			return false
		}
		for i, other := range s.players {
			if !other.dead && st.Seat[i].Status != netcode.Playing {
				return false
			}
		}
	}
	return true
}

// mustBeWhole runs until all living players are in the match again and stay
// there for a second: what was agreed on before may still come into force. It
// returns how long that took without this second; it fails after limit.
func (s *scene) mustBeWhole(t testing.TB, limit time.Duration) time.Duration {
	t.Helper()
	from, since := s.net.Now(), s.net.Now()
	for s.net.Now()-since < time.Second {
		if since-from > limit {
			s.dump(t)
			t.Fatalf("not all play again %v later", limit)
		}
		s.net.RunFor(20 * time.Millisecond)
		if !s.whole() {
			since = s.net.Now()
		}
	}
	return since - from
}

// dump logs what each player sees.
func (s *scene) dump(t testing.TB) {
	t.Helper()
	for i, p := range s.players {
		t.Logf("player %d, error %v: %v\n%s", i, p.err, p.sess.Stats(), p.sess.Debug())
		for k, e := range p.events {
			t.Logf("  %v %T: %v", s.notes[i].when[k], e, e)
		}
	}
}

// mustAct lets every living player give an order and asserts that all games get
// each of them once, on the same frame; then that all have one history up to
// the frame that all have confirmed, which it returns.
func (s *scene) mustAct(t testing.TB, limit time.Duration) netcode.Frame {
	t.Helper()
	given := 0
	for i, p := range s.players {
		if p.dead {
			continue
		}
		given++
		if err := p.sess.Order(i, []byte("still here")); err != nil {
			s.dump(t)
			t.Fatalf("player %d gives an order: %v", i, err)
		}
	}
	from := netcode.Frame(0)
	for _, p := range s.players {
		if !p.dead {
			from = max(from, p.sess.Stats().Frame)
		}
	}
	s.runTo(t, from+50, limit)
	common := s.mustBeOne(t)
	for i, p := range s.players {
		if p.dead {
			continue
		}
		got := 0
		for _, frame := range p.game.got[from-20 : common] {
			got += len(frame)
		}
		if got != given {
			s.dump(t)
			t.Fatalf("player %d saw %d of %d orders take effect", i, got, given)
		}
	}
	return common
}

// mustBeOne asserts that all living players have one history, orders included,
// up to the frame that all have confirmed, which it returns, and that something
// moved.
func (s *scene) mustBeOne(t testing.TB) netcode.Frame {
	t.Helper()
	common := netcode.Frame(1 << 30)
	var first *player
	for i, p := range s.players {
		if p.dead {
			continue
		}
		if p.game.bad != nil {
			t.Fatalf("player %d: %v", i, p.game.bad)
		}
		if d := find[netcode.Desync](p); len(d) > 0 {
			t.Fatalf("player %d: %v", i, d[0])
		}
		if first == nil {
			first = p
		}
		common = min(common, p.sess.Stats().Confirmed, netcode.Frame(len(p.game.hashes)))
	}
	distinct := map[uint64]bool{}
	for k := range common {
		distinct[first.game.hashes[k]] = true
		for i, p := range s.players {
			switch {
			case p.dead:
			case p.game.hashes[k] != first.game.hashes[k]:
				s.dump(t)
				t.Fatalf("before frame %d player %d has another state than the first", k, i)
			case !slices.Equal(p.game.got[k], first.game.got[k]):
				t.Fatalf("on frame %d player %d got orders %v, the first %v", k, i, p.game.got[k], first.game.got[k])
			}
		}
	}
	if s.cfg.WhenAway != netcode.Pause && len(distinct) < int(common)*9/10 {
		t.Fatalf("only %d different states in %d frames: nothing moves", len(distinct), common)
	}
	return common
}
