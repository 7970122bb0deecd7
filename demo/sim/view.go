package sim

import "github.com/tuttiplay/tutti/netcode/fixp"

// Ship is what there is to see of one ship.
type Ship struct {
	Seat     int
	Team     int        // 0 plays to the right, 1 to the left
	Pos, Vel fixp.Vec2  // units, units per frame
	Facing   fixp.Angle // last direction thrust in, clockwise from right
	Dashing  bool       // in the burst now
	Charge   fixp.Q16   // 0 right after a dash, One when the next is possible
	Bot      bool       // nobody holds the seat: a bot plays it
	Ready    bool       // wants the rematch
	Emote    int        // 1 to Emotes while one is shown, else 0
}

// Puck is what there is to see of the puck.
type Puck struct {
	Pos, Vel fixp.Vec2 // units, units per frame
	Last     int       // seat that touched it last since kick-off, -1 for none
}

// Ships returns the number of ships; seats 0 to Ships-1 have one.
func (w *World) Ships() int { return int(w.n) }

// Ship returns the ship of a seat; the zero Ship if there is none.
func (w *World) Ship(seat int) Ship {
	if seat < 0 || seat >= int(w.n) {
		return Ship{}
	}
	s := &w.ships[seat]
	return Ship{
		Seat: seat, Team: team(seat), Pos: s.pos, Vel: s.vel,
		Facing:  fixp.Angle(s.facing) * (fixp.Quarter / 2),
		Dashing: s.dash > 0,
		Charge:  fixp.One - fixp.Ratio(int32(s.cooldown), dashCooldown),
		Bot:     !s.human, Ready: s.ready, Emote: int(s.emote),
	}
}

// Puck returns the puck.
func (w *World) Puck() Puck {
	last := -1
	if w.touch != noSeat && w.n > 0 {
		last = int(w.touch)
	}
	return Puck{Pos: w.puck.pos, Vel: w.puck.vel, Last: last}
}

// Score returns the goals of both teams in this match.
func (w *World) Score() [2]int { return [2]int{int(w.score[0]), int(w.score[1])} }

// Wins returns how many matches either team won since Start; it stops at 99.
func (w *World) Wins() [2]int { return [2]int{int(w.wins[0]), int(w.wins[1])} }

// Round returns how many rematches were begun since Start.
func (w *World) Round() int { return int(w.round) }

// Phase returns what the match is doing.
func (w *World) Phase() Phase { return w.phase }

// PhaseLeft returns the frames until the phase ends by itself; in Play the clock.
func (w *World) PhaseLeft() int {
	if w.phase == Play {
		return int(w.clock)
	}
	return int(w.timer)
}

// Clock returns the frames of play left, [MatchFrames] to 0.
func (w *World) Clock() int { return int(w.clock) }

// Frame returns the number of frames stepped since Start.
func (w *World) Frame() uint32 { return w.frame }

// Bodies returns the number of moving bodies: the ships and the puck.
func (w *World) Bodies() int { return int(w.n) + 1 }

// StateSize returns the length in bytes of what Save appends.
func (w *World) StateSize() int { return stateSize(int(w.n)) }

// View is the whole state by name, for a desync report.
type View struct {
	Frame       uint32
	Round       int
	Phase       Phase
	Timer       int
	Clock       int
	Score, Wins [2]int
	Rand        uint64
	Puck        Puck
	Ships       []ShipView
}

// ShipView is a [Ship] with what is not drawn but decides.
type ShipView struct {
	Ship
	Dash, Cooldown, EmoteFor int
	Held                     bool
}

// State implements netcode.Inspector with a [View]. It allocates.
func (w *World) State() any {
	v := View{
		Frame: w.frame, Round: int(w.round), Phase: w.phase, Timer: int(w.timer), Clock: int(w.clock),
		Score: w.Score(), Wins: w.Wins(), Rand: w.rand.State(), Puck: w.Puck(),
	}
	for i := range w.ships[:w.n] {
		s := &w.ships[i]
		v.Ships = append(v.Ships, ShipView{w.Ship(i), int(s.dash), int(s.cooldown), int(s.emoteFor), s.held})
	}
	return v
}
