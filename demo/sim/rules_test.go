package sim

import (
	"testing"

	"github.com/tuttiplay/tutti/netcode"
	"github.com/tuttiplay/tutti/netcode/fixp"
	"github.com/tuttiplay/tutti/netcode/peer"
)

// idle is everybody's hands off.
var idle = input(make([]Keys, 4)...)

// first returns the input where only seat 0 does something.
func first(k Keys) netcode.Input[Keys] { return input(k, Keys{}, Keys{}, Keys{}) }

func TestShipsAndTeams(t *testing.T) {
	for seats, want := range map[int]int{1: 4, 2: 4, 4: 4, 5: 6, 6: 6, 7: 8, 8: 8} {
		w := begin(1, seats)
		if w.Ships() != want || w.Bodies() != want+1 || w.StateSize() != len(w.Save(nil)) {
			t.Errorf("%d seats: %d ships, %d bodies, %d bytes", seats, w.Ships(), w.Bodies(), w.StateSize())
		}
		for i := range want {
			s := w.Ship(i)
			if s.Seat != i || s.Team != i%2 || s.Bot != (i >= seats) || (s.Pos.X < 0) != (s.Team == 0) {
				t.Errorf("%d seats, ship %d: %+v", seats, i, s)
			}
		}
	}
}

func TestZeroWorldIsHarmless(t *testing.T) {
	var w World
	w.Step(bots)
	w.Hash()
	if w.Ships() != 0 || w.Ship(0) != (Ship{}) || w.Puck().Last != -1 || len(w.Events()) != 0 || Bot(&w, 0) != (Keys{}) {
		t.Error("a world before Start shows something")
	}
}

func TestStepTakesAnyNumberOfSeats(t *testing.T) {
	for _, seats := range []int{0, 1, 3, 9} {
		w := begin(1, 4)
		for range 300 {
			w.Step(input(make([]Keys, seats)...))
		}
		if err := w.validate(); err != nil || w.Ship(3).Bot != (seats < 4) {
			t.Errorf("%d seats: %v, bot %v", seats, err, w.Ship(3).Bot)
		}
	}
}

func TestStartForgetsTheOldMatch(t *testing.T) {
	w, fresh := begin(1, 4), begin(2, 2)
	for range 2000 {
		w.Step(bots)
	}
	w.Start(peer.NewMatch(2, []peer.ID{{1}, {2}}, nil))
	if *w != *fresh {
		t.Error("Start left something of the match before")
	}
}

func TestPhases(t *testing.T) {
	w := begin(1, 4)
	for range StartFrames - 1 {
		w.Step(first(Keys{Right: true, Dash: true}))
	}
	if w.Phase() != Countdown || w.PhaseLeft() != 1 || w.Ship(0).Pos != spots[0] || w.Clock() != MatchFrames {
		t.Fatalf("before the whistle: %s, %d left, ship at %v", w.Phase(), w.PhaseLeft(), w.Ship(0).Pos)
	}
	// Dash has been held since before the whistle: no edge, no burst.
	w.Step(first(Keys{Right: true, Dash: true}))
	if w.Phase() != Play || w.Clock() != MatchFrames-1 || w.Ship(0).Dashing || w.Ship(0).Pos == spots[0] {
		t.Fatalf("after the whistle: %s, clock %d, %+v", w.Phase(), w.Clock(), w.Ship(0))
	}

	w.puck = body{fixp.V(HalfW-4, 0), fixp.V(6, 0)}
	for w.Phase() == Play && w.Clock() > MatchFrames-20 {
		w.Step(idle)
	}
	if w.Phase() != GoalPause || w.Score() != [2]int{1, 0} {
		t.Fatalf("after the goal: %s, score %v", w.Phase(), w.Score())
	}
	clock := w.Clock()
	for range GoalFrames {
		w.Step(idle)
	}
	if w.Phase() != Countdown || w.PhaseLeft() != KickOffFrames || w.Ship(0).Pos != spots[0] || w.Clock() != clock {
		t.Fatalf("kick-off: %s, %d left, clock %d", w.Phase(), w.PhaseLeft(), w.Clock())
	}

	for range KickOffFrames + clock {
		w.Step(idle)
		w.puck = body{}
	}
	if w.Phase() != Result || w.Score() != [2]int{1, 0} || w.Wins() != [2]int{1, 0} || w.Clock() != 0 {
		t.Fatalf("full time: %s, score %v, wins %v, clock %d", w.Phase(), w.Score(), w.Wins(), w.Clock())
	}
}

// finished returns a world that shows the result.
func finished(seats int) *World {
	w := begin(1, seats)
	w.phase, w.timer, w.clock, w.score = Play, 0, 1, [2]uint8{0, 2}
	w.Step(input(make([]Keys, seats)...))
	return w
}

func TestRematch(t *testing.T) {
	ready := Keys{Ready: true}
	for _, c := range []struct {
		name   string
		seats  []netcode.Seat[Keys]
		frames int
	}{
		{"all ready", input(ready, ready).Seats, minResultFrames},
		{"one not ready", input(ready, Keys{}).Seats, ResultFrames},
		{"nobody left", bots.Seats, ResultFrames},
		{"the other is a bot", []netcode.Seat[Keys]{{Move: ready, Status: netcode.Playing}, {Status: netcode.Gone}}, minResultFrames},
	} {
		w, frames := finished(2), 0
		if w.Phase() != Result || w.Wins() != [2]int{0, 1} {
			t.Fatalf("premise: %s, wins %v", w.Phase(), w.Wins())
		}
		for w.Phase() == Result && frames <= ResultFrames {
			w.Step(netcode.Input[Keys]{Seats: c.seats})
			frames++
		}
		if frames != c.frames || w.Phase() != Countdown || w.Round() != 1 || w.Score() != [2]int{} ||
			w.Wins() != [2]int{0, 1} || w.Clock() != MatchFrames || w.Ship(0).Ready {
			t.Errorf("%s: %s after %d frames, want %d; round %d, score %v", c.name, w.Phase(), frames, c.frames, w.Round(), w.Score())
		}
	}

	w := finished(2) // a press is remembered
	w.Step(input(ready, Keys{}))
	w.Step(input(Keys{}, ready))
	if !w.Ship(0).Ready || !w.Ship(1).Ready {
		t.Error("a press was forgotten")
	}
}

func TestDashIsAnEdge(t *testing.T) {
	w := begin(1, 4)
	playOn(t, w)
	w.puck.pos = fixp.V(0, 80)
	dashes := func(frames int, held func(i int) bool) (n int) {
		var feed Feed
		feed.New(w)
		for i := range frames {
			w.Step(first(Keys{Right: i%60 < 30, Left: i%60 >= 30, Dash: held(i)}))
			for _, e := range feed.New(w) {
				if e.Kind == Dash {
					n++
				}
			}
		}
		return n
	}
	if n := dashes(3*dashCooldown, func(int) bool { return true }); n != 1 {
		t.Errorf("held: %d dashes, want 1", n)
	}
	dashes(1, func(int) bool { return false })
	if n := dashes(3*dashCooldown, func(i int) bool { return i%2 == 0 }); n != 3 {
		t.Errorf("hammered for three cooldowns: %d dashes, want 3", n)
	}
	if w.Ship(0).Charge >= fixp.One {
		t.Error("charged right after a dash")
	}
	w.Step(first(Keys{}))
	for range dashCooldown {
		w.Step(idle)
	}
	if w.Ship(0).Charge != fixp.One {
		t.Errorf("charge %v after the cooldown", w.Ship(0).Charge)
	}
	w.Step(first(Keys{Up: true, Dash: true}))
	if s := w.Ship(0); !s.Dashing || s.Vel.Y != -dashSpeed || s.Facing != 3*fixp.Quarter {
		t.Errorf("a dash up: %+v", s)
	}
}

func TestDirections(t *testing.T) {
	for k, want := range map[Keys]dir{
		{}: noDir, {Right: true}: 0, {Right: true, Down: true}: 1, {Down: true}: 2, {Down: true, Left: true}: 3,
		{Left: true}: 4, {Left: true, Up: true}: 5, {Up: true}: 6, {Up: true, Right: true}: 7,
		{Left: true, Right: true}: noDir, {Left: true, Right: true, Up: true, Down: true}: noDir,
		{Left: true, Right: true, Up: true}: 6,
	} {
		if got := k.dir(); got != want {
			t.Errorf("%+v: direction %d, want %d", k, got, want)
		} else if got != noDir && units[got].Angle() != fixp.Angle(got)*(fixp.Quarter/2) {
			t.Errorf("direction %d points to %d", got, units[got].Angle())
		}
	}
}

func TestEmotes(t *testing.T) {
	w := begin(1, 4)
	send := func(orders ...[]byte) {
		in := input(make([]Keys, 4)...)
		in.Seats[2].Orders = orders
		w.Step(in)
	}
	send(nil, []byte{1}, EmoteOrder(0), EmoteOrder(Emotes+1), EmoteOrder(-3), EmoteOrder(1000), []byte{1, 1, 1}, []byte{9, 1})
	if w.Ship(2).Emote != 0 || len(w.Events()) != 0 {
		t.Fatalf("an invalid order shows emote %d", w.Ship(2).Emote)
	}
	send(EmoteOrder(2), EmoteOrder(5))
	for i := range EmoteFrames {
		if w.Ship(2).Emote != 5 || w.Ship(0).Emote != 0 {
			t.Fatalf("%d frames later: emotes %d and %d, want 5 and none", i, w.Ship(2).Emote, w.Ship(0).Emote)
		}
		w.Step(idle)
	}
	if w.Ship(2).Emote != 0 {
		t.Error("the emote does not end")
	}
}

// A ring of stubborn ships around the puck does not freeze the match.
func TestJamBursts(t *testing.T) {
	w := begin(1, 4)
	playOn(t, w)
	w.puck = body{pos: fixp.V(143, 71)}
	w.ships[0].body = body{pos: fixp.V(132, 78)}
	w.ships[1].body = body{pos: fixp.V(148, 59)}
	w.ships[2].body, w.ships[3].body = body{pos: fixp.V(-100, 0)}, body{pos: fixp.V(-60, 0)}
	press := input(Keys{Right: true}, Keys{Down: true}, Keys{}, Keys{})
	var feed Feed
	feed.New(w)
	for frame := range 4 * jamFrames {
		w.Step(press)
		for _, e := range feed.New(w) {
			if e.Kind == Pop {
				if frame < jamFrames/2 {
					t.Errorf("it burst after %d frames", frame)
				}
				for range 20 {
					w.Step(press)
				}
				if w.puck.pos.X > q(125) {
					t.Errorf("20 frames later the puck is at %v", w.puck.pos)
				}
				return
			}
		}
	}
	t.Errorf("no burst; puck %v, jam %d", w.puck, w.jam)
}
