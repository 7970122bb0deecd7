package sim

import (
	"testing"

	"github.com/tuttiplay/tutti/netcode"
	"github.com/tuttiplay/tutti/netcode/fixp"
	"github.com/tuttiplay/tutti/netcode/seeds"
)

// watched is what happened in one match.
type watched struct {
	goals  [2]int
	own    int // goals last touched by the other team
	dashes int
	still  int      // longest time that the puck did not get anywhere, frames
	flown  fixp.Q16 // way of the puck
}

// watch plays a match to its end; in gives the input of each frame.
func watch(t *testing.T, w *World, in func() netcode.Input[Keys]) watched {
	t.Helper()
	var m watched
	var feed Feed
	from, still := w.puck.pos, 0
	for w.Phase() != Result {
		before := w.puck.pos
		w.Step(in())
		if w.Frame() > 5*MatchFrames {
			t.Fatal("the match does not end")
		}
		for _, e := range feed.New(w) {
			switch {
			case e.Kind == Dash:
				m.dashes++
			case e.Kind == Goal && e.Seat >= 0 && team(e.Seat) != e.Team:
				m.own++
			}
		}
		if w.Phase() == Play {
			m.flown = m.flown.Add(w.puck.pos.Sub(before).Len() >> 4)
		}
		if still++; w.Phase() != Play || !w.puck.pos.Sub(from).Within(q(10)) {
			from, still = w.puck.pos, 0
		}
		m.still = max(m.still, still)
	}
	m.goals = w.Score()
	return m
}

// Bots make a match worth watching: it moves all the time and there are goals for
// both sides, about as many.
func TestBotsPlay(t *testing.T) {
	var goals [2]int
	matches, own := 0, 0
	seeds.Each(t, 24, func(t *testing.T, seed uint64) {
		m := watch(t, begin(seed, 4), func() netcode.Input[Keys] { return bots })
		if m.dashes < 20 || m.still > 5*FrameRate || m.flown < q(400) {
			t.Errorf("a dull match: %+v", m)
		}
		goals[0], goals[1] = goals[0]+m.goals[0], goals[1]+m.goals[1]
		matches, own = matches+1, own+m.own
	})
	total := goals[0] + goals[1]
	t.Logf("%d matches, goals %v, %d of them last touched by the other team", matches, goals, own)
	if total < 3*matches || total > 15*matches {
		t.Errorf("%d goals in %d matches", total, matches)
	}
	// Six standard deviations of a fair coin.
	if diff := goals[0] - goals[1]; diff*diff > 36*total {
		t.Errorf("goals %v: one side has an advantage", goals)
	}
}

// A team of bots beats one that stands still and one that flies at random.
func TestBotsBeatWhoDoesNotTry(t *testing.T) {
	wins, matches := 0, 0
	seeds.Each(t, 8, func(t *testing.T, seed uint64) {
		for side := range 2 {
			s, frame := script{seed: seed, seats: 4, humans: true}, 0
			m := watch(t, begin(seed, 4), func() netcode.Input[Keys] {
				in := s.at(frame)
				frame++
				in.Seats[side] = netcode.Seat[Keys]{Status: netcode.Gone}
				in.Seats[side+2] = netcode.Seat[Keys]{}
				return in
			})
			if m.goals[side] > m.goals[1-side] {
				wins++
			}
			matches++
		}
	})
	if wins*5 < matches*4 {
		t.Errorf("bots won %d of %d matches against noise", wins, matches)
	}
}

// As an input source a bot plays as it does inside Step.
func TestBotAsPlayer(t *testing.T) {
	inside, outside := begin(4, 4), begin(4, 4)
	for frame := range 3000 {
		before := *outside
		var moves [4]Keys
		for i := range moves {
			moves[i] = Bot(outside, i)
		}
		if *outside != before {
			t.Fatalf("frame %d: Bot changed the world", frame)
		}
		outside.Step(input(moves[:]...))
		inside.Step(bots)
		for i := range moves {
			if inside.ships[i].body != outside.ships[i].body {
				t.Fatalf("frame %d: ship %d flies differently", frame, i)
			}
		}
	}
	if inside.Score() == [2]int{} {
		t.Error("no goal: nothing was tested")
	}
	for _, seat := range []int{-1, 4, 99} {
		if Bot(inside, seat) != (Keys{}) {
			t.Errorf("a bot at seat %d presses keys", seat)
		}
	}
	if w := finished(4); w.Phase() == Result {
		for range minResultFrames + 10 {
			w.Step(idle)
		}
		if !Bot(w, 1).Ready {
			t.Error("a bot never wants a rematch")
		}
	}
}

// Bots differ from each other and from match to match.
func TestBotsVary(t *testing.T) {
	characters := map[[2]fixp.Q16]bool{}
	for seed := range uint64(8) {
		w := begin(seed, 4)
		for seat := range 4 {
			e := look(w, seat)
			characters[[2]fixp.Q16{e.spread, e.reach}] = true
		}
	}
	if len(characters) < 24 {
		t.Errorf("only %d characters among 32 bots", len(characters))
	}
}

// When a player goes away, a bot takes over, and gives the ship back.
func TestBotTakesOver(t *testing.T) {
	for _, status := range []netcode.Status{netcode.Empty, netcode.Away, netcode.Gone} {
		w := begin(1, 4)
		playOn(t, w)
		if w.Ship(0).Pos != spots[0] || w.Ship(0).Bot {
			t.Fatal("premise: the idle player's ship moved")
		}
		in := input(make([]Keys, 4)...)
		in.Seats[0] = netcode.Seat[Keys]{Status: status, Changed: true}
		for range 60 {
			w.Step(in)
		}
		if w.Ship(0).Pos.Sub(spots[0]).Within(q(5)) || !w.Ship(0).Bot {
			t.Errorf("%s: the ship is at %v", status, w.Ship(0).Pos)
		}
		w.Step(idle)
		if w.Ship(0).Bot {
			t.Errorf("%s: the player did not get the ship back", status)
		}
	}
}
