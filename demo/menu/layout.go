package menu

// Side is the length of the picture's shorter side.
const Side = 222

// Shape is the size of the picture in units.
type Shape struct{ W, H float32 }

// Fit returns the shape of a picture of that many pixels, and how many of them
// make a unit.
func Fit(width, height int) (s Shape, scale float32) {
	w, h := float32(max(1, width)), float32(max(1, height))
	scale = min(w, h) / Side
	return Shape{w / scale, h / scale}, scale
}

// narrow reports whether two columns do not fit.
func (s Shape) narrow() bool { return s.W < 1.35*Side }

// Corner is where the menu button is while a match is shown.
func (s Shape) Corner() Rect { return Rect{-s.W/2 + 4, -s.H/2 + 4, 17, 13} }

// Stack lays items out below each other in a column of that width around the
// middle, and returns where the column begins and ends.
func (s Shape) Stack(items []Item, wide float32) (top, bottom float32) {
	const high, gap = 15, 4
	wide = min(wide, s.W-16)
	all := float32(len(items))*(high+gap) - gap
	top = -all/2 + 14
	for i := range items {
		items[i].At = Rect{-wide / 2, top + float32(i)*(high+gap), wide, high}
	}
	return top, top + all
}
