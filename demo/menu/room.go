package menu

// Seat is one seat of a room as it is shown.
type Seat struct {
	Number int
	Name   string // "" is a bot
	State  string // ready, connecting …
	Ping   string
	Ready  bool
	Owner  bool
	Self   bool
	Waits  bool // is not reached directly yet, or away
	Heads  bool // is the first of its team, whose name stands above
	At     Rect
}

// Said is a line of talk as it is shown.
type Said struct {
	Name, Text string
	Seat       int     // of the author, -1 is none
	Fade       float32 // presence, 0 to 1
}

// Room is the screen of a room. Its List has the seats that can be taken, the
// buttons and the line to talk.
type Room struct {
	List
	Code, Link string
	Seats      []Seat
	Note       string // what the player should know now
	Alarm      bool   // and it is bad
	Talk       []Said // oldest first
	Places     Places
}

// Places is where the parts of a room's screen are.
type Places struct {
	Code, Seats, Note, Talk Rect
}

// The IDs of a room's items; a seat's is SeatID.
const (
	ReadyID = "ready"
	StartID = "start"
	LeaveID = "leave"
	CopyID  = "copy"
	TalkID  = "talk"
)

// SeatID returns the ID of the item that takes a seat.
func SeatID(seat int) string { return "seat " + string(rune('0'+seat)) }

// Lay puts everything in its place: seats and buttons on the left, the talk on
// the right; in a narrow picture one below the other.
func (r *Room) Lay(s Shape) {
	const edge = 10
	left := Rect{-s.W/2 + edge, -s.H/2 + edge, s.W - 2*edge, s.H - 2*edge}
	if s.W > 2*Side { // a very wide picture keeps things together
		left.X, left.W = -Side+edge, 2*Side-2*edge
	}
	talk := left
	if s.narrow() {
		high := min(0.34*left.H, left.H-170)
		left.H -= high + 6
		talk.Y, talk.H = left.Y+left.H+6, high
	} else {
		wide := 0.54*left.W - 5
		talk.X, talk.W = left.X+wide+10, left.W-wide-10
		left.W = wide
	}
	p := Places{Code: Rect{left.X, left.Y, left.W, 43}}
	buttons := Rect{left.X, left.Y + left.H - 17, left.W, 17}
	p.Note = Rect{left.X, buttons.Y - 13, left.W, 10}
	p.Seats = Rect{left.X, p.Code.Y + p.Code.H + 2, left.W, p.Note.Y - p.Code.Y - p.Code.H - 4}
	p.Talk = Rect{talk.X, talk.Y, talk.W, talk.H - 21}
	r.Places = p

	const gap, head = 3, 7
	heads := float32(0)
	for i := range r.Seats {
		if r.Seats[i].Heads {
			heads += head
		}
	}
	high := min(24, (p.Seats.H-heads-gap*float32(len(r.Seats)-1))/float32(max(1, len(r.Seats))))
	y := p.Seats.Y
	for i := range r.Seats {
		if r.Seats[i].Heads {
			y += head
		}
		r.Seats[i].At = Rect{left.X, y, left.W, high}
		y += high + gap
	}
	third := (buttons.W - 2*4) / 3
	at := map[string]Rect{
		CopyID:  {left.X + left.W - 54, left.Y + 29, 54, 13},
		ReadyID: {buttons.X, buttons.Y, third, buttons.H},
		StartID: {buttons.X + third + 4, buttons.Y, third, buttons.H},
		LeaveID: {buttons.X + 2*(third+4), buttons.Y, third, buttons.H},
		TalkID:  {talk.X, talk.Y + talk.H - 17, talk.W, 17},
	}
	for i := range r.Seats {
		at[SeatID(r.Seats[i].Number)] = r.Seats[i].At
	}
	for i := range r.Items {
		r.Items[i].At = at[r.Items[i].ID]
	}
}
