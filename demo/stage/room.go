package stage

import (
	"slices"
	"strings"

	"github.com/hajimehoshi/ebiten/v2"

	"github.com/tuttiplay/tutti/demo/ink"
	"github.com/tuttiplay/tutti/demo/menu"
)

// DrawRoom draws the screen of a room.
func (g *Stage) DrawRoom(dst *ebiten.Image, r *menu.Room) {
	size := dst.Bounds().Size()
	g.floor.draw(dst, fit(size.X, size.Y), 0, 0)
	s, shape := g.board(dst)
	fillRect(s, menu.Rect{X: -shape.W / 2, Y: -shape.H / 2, W: shape.W, H: shape.H}, night.Fade(0.72))
	g.drawCode(s, r)
	drawTeams(s, r)
	for i := range r.Seats {
		g.drawSeat(s, &r.Seats[i], r.Focus() == menu.SeatID(r.Seats[i].Number))
	}
	if r.Note != "" {
		c := dim
		if r.Alarm {
			c = caution
		}
		n := r.Places.Note
		s.Text(n.X+n.W/2, n.Y+7, fitSize(4.4, r.Note, n.W), ink.Center, r.Note, ink.Pen{Color: c})
	}
	p := r.Places.Talk
	box(s, menu.Rect{X: p.X, Y: p.Y, W: p.W, H: p.H}, night.Fade(0.55), ink.Pen{Width: 0.7, Color: lines})
	drawTalk(s, menu.Rect{X: p.X + 5, Y: p.Y + 4, W: p.W - 10, H: p.H - 7}, r.Talk, 4.6)
	if len(r.Talk) == 0 {
		s.Text(p.X+p.W/2, p.Y+p.H/2, 4.2, ink.Center, "NOTHING WAS SAID YET", ink.Pen{Color: dim.Fade(0.6)})
	}
	g.drawItems(s, &r.List)
	s.Flush(dst)
}

// drawCode shows the code large, so that it can be read out, and the link.
func (g *Stage) drawCode(s *ink.Sheet, r *menu.Room) {
	p := r.Places.Code
	if r.Code == "" {
		return
	}
	s.Text(p.X, p.Y+3.6, 3.6, ink.Left, "ROOM · ASK OTHERS IN WITH THIS CODE OR LINK", ink.Pen{Color: dim})
	size := fitSize(15, r.Code, p.W)
	x := p.X
	for _, letter := range r.Code {
		x += s.Text(x, p.Y+25, size, ink.Left, string(letter), ink.Pen{Width: size * 0.14, Color: snow, Glow: 7, Shine: 0.25}) + size*0.42
	}
	s.Text(p.X, p.Y+38, 3.8, ink.Left, cut(3.8, strings.TrimPrefix(r.Link, "http://"), p.W-58), ink.Pen{Color: teamColor[0].Mix(snow, 0.4)})
}

// drawTeams names the teams over their seats.
func drawTeams(s *ink.Sheet, r *menu.Room) {
	for i := range r.Seats {
		if seat := &r.Seats[i]; seat.Heads {
			team := seat.Number & 1
			s.Text(seat.At.X, seat.At.Y-2.4, 3.6, ink.Left, teamName[team], ink.Pen{Color: teamColor[team]})
		}
	}
}

// drawSeat draws who sits on a seat, in the ship's colour.
func (g *Stage) drawSeat(s *ink.Sheet, seat *menu.Seat, focused bool) {
	r, c := seat.At, hull(seat.Number)
	back := floor.Mix(c, 0.1)
	edge := ink.Pen{Width: 0.8, Color: c.Mix(night, 0.55)}
	if seat.Name == "" {
		back, edge.Color = floor.Fade(0.6), lines
	}
	if seat.Self {
		edge.Color = c
	}
	if focused {
		edge.Color, edge.Glow, edge.Shine = snow, 6, 0.3
	}
	box(s, r, back, edge)
	s.Fill([]float32{r.X, r.Y + 3, r.X + 2, r.Y + 3, r.X + 2, r.Y + r.H - 3, r.X, r.Y + r.H - 3}, c)
	middle := r.Y + r.H/2
	emblem(s, r.X+14, middle, min(24, r.H)*0.052, seat, c)

	x, right := r.X+28, r.X+r.W-6
	if seat.Name == "" {
		s.Text(x, middle+2, 4.6, ink.Left, "A BOT", ink.Pen{Color: dim})
		if seat.State != "" {
			s.Text(right, middle+1.7, 3.6, ink.Right, seat.State, ink.Pen{Color: dim.Fade(0.8)})
		}
		return
	}
	state, color := seat.State, dim
	switch {
	case seat.Ready:
		color = ink.Hex(0x7dffb0)
	case seat.Waits:
		color = caution
	}
	wide := max(ink.TextWidth(4, state), ink.TextWidth(3.4, seat.Ping))
	name := cut(6, seat.Name, right-x-wide-6)
	y := middle + 3
	if seat.Owner || seat.Self {
		y = middle + 0.5
		what := "YOU"
		if seat.Owner {
			what = "OWNER"
			if seat.Self {
				what = "YOU · OWNER"
			}
		}
		s.Text(x, y+7.6, 3.2, ink.Left, what, ink.Pen{Color: c.Mix(snow, 0.3)})
	}
	s.Text(x, y, 6, ink.Left, name, ink.Pen{Color: snow})
	if seat.Ping == "" {
		s.Text(right, middle+2, 4, ink.Right, state, ink.Pen{Color: color})
		return
	}
	s.Text(right, middle-0.6, 4, ink.Right, state, ink.Pen{Color: color})
	s.Text(right, middle+6.8, 3.4, ink.Right, seat.Ping, ink.Pen{Color: dim})
}

// emblem draws the ship of a seat, flying towards the goal of the others.
func emblem(s *ink.Sheet, x, y, k float32, seat *menu.Seat, c ink.Color) {
	if seat.Number&1 == 1 {
		k = -k
	}
	var h [8]float32
	for i, p := range dart {
		h[2*i], h[2*i+1] = x+p[0]*k, y+p[1]*k
	}
	if seat.Name == "" {
		s.Path(h[:], true, ink.Pen{Width: 0.6, Color: c.Mix(night, 0.4)})
		return
	}
	s.Fill([]float32{h[0], h[1], h[2], h[3], h[4], h[5]}, c)
	s.Fill([]float32{h[0], h[1], h[4], h[5], h[6], h[7]}, c.Mix(snow, 0.25))
	s.Path(h[:], true, ink.Pen{Width: 0.7, Color: c.Mix(snow, 0.3), Glow: 4, Shine: 0.3})
}

// drawTalk writes lines of talk from the bottom of a place up, as many as fit.
func drawTalk(s *ink.Sheet, place menu.Rect, talk []menu.Said, size float32) {
	step := size * 1.75
	y := place.Y + place.H - size*0.4
	for _, said := range slices.Backward(talk) {
		if said.Fade <= 0 {
			continue
		}
		name := cut(size, said.Name, place.W*0.4)
		wide := ink.TextWidth(size, name) + size*0.8
		c, text := dim.Mix(snow, 0.3), snow.Fade(0.92)
		if name == "" { // news of the room
			wide, text = 0, dim
		}
		if said.Seat >= 0 {
			c = hull(said.Seat).Mix(snow, 0.2)
		}
		parts := wrap(size, said.Text, place.W-wide, 4)
		top := y - step*float32(len(parts)-1)
		if top-size < place.Y {
			return
		}
		s.Text(place.X, top, size, ink.Left, name, ink.Pen{Color: c.Fade(said.Fade)})
		for i, part := range parts {
			s.Text(place.X+wide, top+step*float32(i), size, ink.Left, part, ink.Pen{Color: text.Fade(said.Fade)})
		}
		y = top - step
	}
}

// DrawTalk lays the talk over a match; field is the line that is being typed, nil
// for none.
func (g *Stage) DrawTalk(dst *ebiten.Image, talk []menu.Said, field *menu.Item) {
	s, shape := g.board(dst)
	wide := min(150, shape.W-16)
	place := menu.Rect{X: -shape.W/2 + 6, Y: shape.H/2 - 84, W: wide, H: 56}
	if field != nil {
		fillRect(s, menu.Rect{X: place.X - 3, Y: place.Y - 3, W: place.W + 6, H: place.H + 5}, night.Fade(0.6))
		field.At = menu.Rect{X: place.X - 3, Y: place.Y + place.H + 4, W: place.W + 6, H: 13}
	}
	drawTalk(s, place, talk, 4.2)
	if field != nil {
		g.drawField(s, field, true)
	}
	s.Flush(dst)
}
