package menu

// Panel is a menu: a title, sentences, and items below each other.
type Panel struct {
	List
	Title string
	Lines []string
	Alarm bool // the lines are bad news
	Top   float32
	Foot  float32 // where the column of items ends
}

// Lay puts everything in its place.
func (p *Panel) Lay(s Shape) { p.Top, p.Foot = s.Stack(p.Items, 170) }
