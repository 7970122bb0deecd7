package netcode_test

import (
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode"
	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/seeds"
	"github.com/tuttiplay/tutti/netcode/simnet"
	"github.com/tuttiplay/tutti/netcode/weather"
)

// bare is the yard without Save and Load: it can only step forward.
type bare struct{ y *yard }

func (b bare) Start(m peer.Match)          { b.y.Start(m) }
func (b bare) Step(in netcode.Input[keys]) { b.y.Step(in) }
func (b bare) Hash() uint64                { return b.y.Hash() }

// paused is the yard in a match whose steps stop while somebody is away: frames
// are left out.
type paused struct{ *yard }

func (p paused) Step(in netcode.Input[keys]) {
	for p.frame = in.Frame; len(p.hashes) < int(in.Frame); {
		p.hashes, p.got = append(p.hashes, 0), append(p.got, nil)
	}
	p.yard.Step(in)
}

func (p paused) Load(src []byte) error {
	err := p.yard.Load(src)
	n := min(len(p.hashes), int(p.frame)) // what was stepped after it is undone
	p.hashes, p.got = p.hashes[:n], p.got[:n]
	return err
}

// sleepers are the ways in which a player's program does not run.
var sleepers = []struct {
	name  string
	sleep func(s *scene, i int)
	wake  func(s *scene, i int)
}{
	{"stopped", func(s *scene, i int) { s.net.Freeze(s.players[i].id) }, func(s *scene, i int) { s.net.Thaw(s.players[i].id) }},
	{"suspended", func(s *scene, i int) { s.net.Suspend(s.players[i].id) }, func(s *scene, i int) { s.net.Thaw(s.players[i].id) }},
	{"hidden", func(s *scene, i int) { s.notes[i].hidden = true }, func(s *scene, i int) { s.notes[i].hidden = false }},
}

// TestSleeper: one of four players is not polled for a while. It knows at once
// when it wakes, plays again soon, in the match of the others, who never wait
// for longer than it takes to miss it; nobody else is dropped and nobody wins
// by default.
func TestSleeper(t *testing.T) {
	for _, how := range sleepers {
		for _, kind := range []struct {
			name  string
			cfg   netcode.Config
			games func(y *yard) netcode.Game[keys]
		}{
			{"", netcode.Config{}, asIs},
			{", the others pause", netcode.Config{WhenAway: netcode.Pause}, func(y *yard) netcode.Game[keys] { return paused{y} }},
			{", plain lockstep", netcode.Config{}, func(y *yard) netcode.Game[keys] { return bare{y} }},
		} {
			for _, c := range []struct{ away, within time.Duration }{
				{2600 * time.Millisecond, 2 * time.Second}, {30 * time.Second, 5 * time.Second},
			} {
				t.Run(how.name+" for "+c.away.String()+kind.name, func(t *testing.T) {
					var knew, back, still series
					seeds.Each(t, 4, func(t *testing.T, seed uint64) {
						s := newScene(4, simnet.Config{Seed: seed, Weather: ordinary}, kind.cfg, kind.games)
						s.runTo(t, 100, 10*time.Second)
						dice := weather.NewDice(seed)
						x := int(dice.Below(4))
						s.net.RunFor(time.Duration(dice.Below(uint64(100 * time.Millisecond))))
						how.sleep(s, x)
						s.net.RunFor(c.away)
						woke := s.net.Now()
						how.wake(s, x)
						s.net.RunFor(250 * time.Millisecond)
						s.sleeperKnows(t, x, woke, &knew)
						back.add(s.mustBeWhole(t, c.within-250*time.Millisecond) + 250*time.Millisecond)
						s.mustAct(t, 5*time.Second)
						for i, p := range s.players {
							for _, d := range find[netcode.Dropped](p) {
								if d.Peer != s.players[x].id {
									t.Errorf("player %d: %v", i, d)
								}
							}
							if l := find[netcode.Left](p); l != nil {
								t.Errorf("player %d: %v", i, l)
							}
							if i == x {
								continue
							}
							if len(find[netcode.Dropped](p)) != 1 || len(find[netcode.Back](p)) != 1 {
								t.Errorf("player %d was told %v", i, p.events)
							}
							if s.notes[i].still > dropAfter+time.Second {
								t.Errorf("player %d stood for %v", i, s.notes[i].still)
							}
							still.add(s.notes[i].still)
						}
						if left := s.leftOut((x + 1) % 4); kind.cfg.WhenAway == netcode.Pause && left < int(c.away/p60)-120 || kind.cfg.WhenAway != netcode.Pause && left > 0 {
							t.Errorf("%d frames were not stepped", left)
						}
						if t.Failed() {
							s.dump(t)
						}
					})
					t.Logf("knew after %v; all played again %v after it woke; the others stood for %v", &knew, &back, &still)
				})
			}
		}
	}
}

// p60 is the time of a frame.
const p60 = time.Second / 60

// leftOut returns how many frames a player's game did not step.
func (s *scene) leftOut(i int) (n int) {
	for _, h := range s.players[i].game.hashes {
		n += b2i(h == 0)
	}
	return n
}

// sleeperKnows asserts that a player that woke a moment ago was told what it
// missed.
func (s *scene) sleeperKnows(t testing.TB, x int, woke time.Duration, knew *series) {
	t.Helper()
	at, ok := s.firstAfter(x, woke, func(e netcode.Event) bool {
		_, resumed := e.(netcode.Resumed)
		return resumed || isOwn(e)
	})
	if !ok {
		s.dump(t)
		t.Fatalf("player %d woke and was told %v", x, s.players[x].events)
	}
	knew.add(at - woke)
}
