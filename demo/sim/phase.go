package sim

import "github.com/tuttiplay/tutti/netcode/fixp"

// Phase says what the match is doing.
type Phase uint8

// The phases. Countdown leads to Play, Play to GoalPause and back through a short
// Countdown, or to Result when the clock runs out; Result leads to a rematch.
const (
	Countdown Phase = iota // ships stand still until the whistle
	Play                   // the clock runs
	GoalPause              // the ball is in the net, the clock stands
	Result                 // the score is final; ships may dance
	phases
)

// String returns the phase in lower case.
func (p Phase) String() string {
	switch p {
	case Countdown:
		return "countdown"
	case Play:
		return "play"
	case GoalPause:
		return "goal"
	case Result:
		return "result"
	}
	return "unknown"
}

// Durations in frames.
const (
	FrameRate       = 60             // frames per second
	MatchFrames     = 90 * FrameRate // of play in one match
	StartFrames     = 3 * FrameRate  // countdown before a match
	KickOffFrames   = FrameRate      // countdown after a goal
	GoalFrames      = 80             // pause after a goal
	ResultFrames    = 12 * FrameRate // until the rematch starts by itself
	minResultFrames = 90             // the result is shown at least this long

	maxCount = 99 // goals and wins stop counting here
)

// phaseFrames is the longest that a phase's timer can say.
var phaseFrames = [phases]uint16{Countdown: StartFrames, GoalPause: GoalFrames, Result: ResultFrames}

// newRound sets the score to nil and lines up for a match.
func (w *World) newRound() {
	w.score = [2]uint8{}
	w.clock = MatchFrames
	w.kickOff(StartFrames)
}

// spots are the kick-off places of team 0 by place in the team; the other team's
// are their mirror images.
var spots = [MaxShips / 2]fixp.Vec2{
	fixp.V(-62, 0), fixp.V(-118, 0), fixp.V(-88, 46), fixp.V(-88, -46),
}

// kickOff puts everything in its place and counts down.
func (w *World) kickOff(frames uint16) {
	w.phase, w.timer = Countdown, frames
	// A nudge up or down, the same for both teams, so that no two kick-offs are
	// alike.
	w.puck = body{vel: fixp.Vec2{Y: w.rand.Between(-fixp.Half, fixp.Half)}}
	w.touch, w.jam = noSeat, 0
	for i := range w.ships[:w.n] {
		s := &w.ships[i]
		s.pos, s.vel = mirror(spots[i/2], team(i) == 1, false), fixp.Vec2{}
		s.facing = dir(4 * team(i))
		s.dash, s.cooldown, s.ready = 0, 0, false
	}
}

// enterPhase opens play when the countdown is over, so that the frame on which
// the whistle blows is already played.
func (w *World) enterPhase() {
	if w.phase != Countdown {
		return
	}
	if w.timer--; w.timer > 0 {
		return
	}
	w.phase = Play
	w.note(Event{Kind: KickOff, Seat: -1})
}

// leavePhase ends play on a goal or when the clock is out, and what follows on
// its timer.
func (w *World) leavePhase(keys *[MaxShips]Keys) {
	switch w.phase {
	case Play:
		w.clock--
		if side := w.goal(); side >= 0 {
			w.scored(side)
		} else if w.clock == 0 {
			w.finish()
		}
	case GoalPause:
		if w.timer--; w.timer > 0 {
			return
		}
		if w.clock == 0 {
			w.finish()
		} else {
			w.kickOff(KickOffFrames)
		}
	case Result:
		w.timer--
		if w.agreed(keys) && w.timer <= ResultFrames-minResultFrames || w.timer == 0 {
			w.round++
			w.newRound()
		}
	}
}

// goal returns the team that scored, -1 if the puck is not all behind a line.
func (w *World) goal() int {
	switch {
	case w.puck.pos.X >= q(HalfW+PuckRadius):
		return 0
	case w.puck.pos.X <= -q(HalfW+PuckRadius):
		return 1
	}
	return -1
}

// scored counts a goal for a team.
func (w *World) scored(side int) {
	w.score[side] = min(w.score[side]+1, maxCount)
	w.phase, w.timer = GoalPause, GoalFrames
	seat := -1
	if w.touch != noSeat {
		seat = int(w.touch)
	}
	w.note(Event{Kind: Goal, Seat: seat, Team: side, Pos: w.puck.pos, Power: w.puck.vel.Len()})
}

// finish shows the result.
func (w *World) finish() {
	w.phase, w.timer = Result, ResultFrames
	for side := range w.wins {
		if w.score[side] > w.score[1-side] {
			w.wins[side] = min(w.wins[side]+1, maxCount)
		}
	}
	w.note(Event{Kind: FullTime, Seat: -1})
}

// agreed notes who is ready for the rematch and reports whether all players are;
// without players it is false, and the timer decides.
func (w *World) agreed(keys *[MaxShips]Keys) bool {
	all, players := true, 0
	for i := range w.ships[:w.n] {
		s := &w.ships[i]
		s.ready = s.human && (s.ready || keys[i].Ready)
		if s.human {
			players++
			all = all && s.ready
		}
	}
	return all && players > 0
}
