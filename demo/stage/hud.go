package stage

import (
	"fmt"
	"math"
	"strconv"

	"github.com/tuttiplay/tutti/demo/ink"
	"github.com/tuttiplay/tutti/demo/sim"
)

// The rows of the picture that belong to the numbers.
const (
	scoreLine = -95.5 // baseline of score and clock
	toastLine = 99.5
	smallLine = 107.5
)

// drawScore writes both scores and the clock on the top.
func drawScore(s *ink.Sheet, w *sim.World, pulse [2]float32) {
	score := w.Score()
	for team, x := range [2]float32{-34, 34} {
		c := teamColor[team]
		size := 11 + 4*pulse[team]
		s.Text(x, scoreLine, size, ink.Center, strconv.Itoa(score[team]), ink.Pen{Width: size * 0.17, Color: c.Mix(snow, 0.2+0.8*pulse[team]), Glow: 4 + 6*pulse[team], Shine: 0.35})
		name, at := teamName[team], ink.Right
		edge := x - 11
		if team == 1 {
			at, edge = ink.Left, x+11
		}
		s.Text(edge, scoreLine-1, 5, at, name, ink.Pen{Color: c.Fade(0.85)})
		drawWins(s, edge, ink.TextWidth(5, name), team, w.Wins()[team])
	}
	c, glow := snow, float32(0)
	if left := w.Clock(); w.Phase() == sim.Play && left <= 10*sim.FrameRate {
		beat := float32(left%sim.FrameRate) / sim.FrameRate
		c, glow = caution, 3+5*beat
	}
	s.Text(0, scoreLine, 8, ink.Center, clock(w.Clock()), ink.Pen{Color: c, Glow: glow, Shine: 0.4})
}

// drawWins shows won matches as points behind a team's name.
func drawWins(s *ink.Sheet, edge, wide float32, team, wins int) {
	outwards := float32(-1)
	if team == 1 {
		outwards = 1
	}
	for i := range min(wins, 9) {
		x := edge + outwards*(wide+6+4.4*float32(i))
		s.Dot(x, scoreLine-3.5, 1.4, ink.Pen{Color: teamColor[team], Glow: 3, Shine: 0.4})
	}
}

// clock returns frames as minutes and seconds, rounded up so that 0:00 is over.
func clock(frames int) string {
	seconds := (frames + sim.FrameRate - 1) / sim.FrameRate
	return fmt.Sprintf("%d:%02d", seconds/60, seconds%60)
}

// drawCall writes what the phase shouts: 3, 2, 1, GO, GOAL, the result.
func (g *Stage) drawCall(s *ink.Sheet, w *sim.World) {
	called := g.called
	switch w.Phase() {
	case sim.Countdown:
		left := w.PhaseLeft()
		if left <= 0 {
			return
		}
		n := (left + sim.FrameRate - 1) / sim.FrameRate
		k := float32(left-(n-1)*sim.FrameRate) / sim.FrameRate // 1 to 0 in each second
		if w.Clock() == sim.MatchFrames || n > 1 {
			shout(s, strconv.Itoa(n), 20+22*k*k, snow, min(1, 2*k))
		} else {
			shout(s, "READY", 12, snow, min(1, 2*k))
		}
	case sim.Play:
		if called.age < 40 {
			k := 1 - called.age/40
			shout(s, "GO!", 30+16*(1-k), snow, k*k)
		}
	case sim.GoalPause:
		grown := float32(1 - math.Exp(-float64(called.age)/5))
		shout(s, "GOAL!", 34*grown, teamColor[called.team].Mix(snow, 0.25), 1)
		if called.seat >= 0 {
			who := g.scorer(w)
			s.Text(0, 34, 6, ink.Center, who, ink.Pen{Color: snow.Fade(grown)})
		}
	case sim.Result:
		drawResult(s, w, g.Seat, g.Touch)
	}
}

// scorer says who shot the goal.
func (g *Stage) scorer(w *sim.World) string {
	c := g.called
	own := c.seat&1 != c.team
	who := "BY " + g.seatName(w.Ship(c.seat))
	if own {
		who = "OWN GOAL " + who
	}
	return who
}

// seatName is how a ship is called on the screen.
func (g *Stage) seatName(ship sim.Ship) string {
	switch {
	case ship.Seat == g.Seat:
		return "YOU"
	case ship.Bot:
		return "BOT " + strconv.Itoa(ship.Seat+1)
	}
	if name := g.Names[ship.Seat%sim.MaxShips]; name != "" {
		return name
	}
	return "PLAYER " + strconv.Itoa(ship.Seat+1)
}

// drawResult writes who won, and how to play again.
func drawResult(s *ink.Sheet, w *sim.World, mySeat int, touch bool) {
	score := w.Score()
	text, c := "DRAW", snow
	for team := range score {
		if score[team] > score[1-team] {
			text, c = teamName[team]+" WINS", teamColor[team].Mix(snow, 0.15)
		}
	}
	band(s, -31, 31, c)
	s.Text(0, -5, 16, ink.Center, text, ink.Pen{Width: 2.8, Color: c, Glow: 7, Shine: 0.16})
	s.Text(0, 10, 8, ink.Center, fmt.Sprintf("%d – %d", score[0], score[1]), ink.Pen{Color: snow})
	seconds := (w.PhaseLeft() + sim.FrameRate - 1) / sim.FrameRate
	how := "ENTER"
	if touch {
		how = "TAP"
	}
	prompt, pc := fmt.Sprintf("%s FOR THE REMATCH · %d", how, seconds), snow
	if mySeat >= 0 && w.Ship(mySeat).Ready {
		prompt, pc = fmt.Sprintf("READY · %d", seconds), hull(mySeat)
	}
	s.Text(0, 24, 5, ink.Center, prompt, ink.Pen{Color: pc})
}

// shout writes large letters in the middle.
func shout(s *ink.Sheet, text string, size float32, c ink.Color, presence float32) {
	if size <= 0 || presence <= 0 {
		return
	}
	// Large letters leave by growing thin: faded strokes would show where they cross.
	p := ink.Pen{Width: size * 0.17 * presence, Color: c.Fade(min(1, 2*presence)), Glow: size * 0.4, Shine: 0.24 * presence}
	s.Text(0, size*0.5, size, ink.Center, text, p)
}

// band darkens a strip across the picture, edged with light.
func band(s *ink.Sheet, top, bottom float32, c ink.Color) {
	const wide = 4 * viewWidth // beyond the edges of any window
	s.Fill([]float32{-wide, top, wide, top, wide, bottom, -wide, bottom}, night.Fade(0.82))
	for _, y := range [2]float32{top, bottom} {
		bright := ink.Pen{Width: 0.8, Color: c, Glow: 5, Shine: 0.4}
		dark := ink.Pen{Width: 0.2, Color: c.Fade(0.1)}
		s.Fading(0, y, -viewWidth/2, y, bright, dark)
		s.Fading(0, y, viewWidth/2, y, bright, dark)
	}
}
