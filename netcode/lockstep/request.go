package lockstep

import "github.com/tuttiplay/tutti/netcode/evidence"

// Op is what a [Request] asks for.
type Op uint8

// The requests.
const (
	Step Op = iota // step the game by one frame with Inputs
	Save           // keep the state, which is the one before Frame
	Load           // go back to the state that was kept for Frame
	Hash           // hash the state, which is the one before Frame: call Hashed
)

// String returns the operation in lower case.
func (o Op) String() string {
	switch o {
	case Step:
		return "step"
	case Save:
		return "save"
	case Load:
		return "load"
	case Hash:
		return "hash"
	}
	return "unknown"
}

// Request is something to be done to the game. All requests of one Advance must
// be obeyed, in their order, before the Core is used again.
//
// Two kinds of states are kept, see [Kept].
type Request struct {
	Op    Op
	Frame Frame
	// Inputs has one element per seat, for Step only. What it points to is
	// valid until the Core is used again.
	Inputs [MaxMembers]Input
}

// Input is one seat's part in one Step.
type Input struct {
	Move      []byte   // empty unless Playing; a predicted move may be empty too
	Orders    [][]byte // those that take effect on this frame
	Status    Status
	Changed   bool // Status differs from the frame before
	Predicted bool
}

// Event is something that a player or the author should hear of.
type Event interface{ event() }

// Left: a member is out of the match for good; its seats are Gone from Frame
// on.
type Left struct {
	Member  int
	Frame   Frame
	Dropped bool // it was dropped; else it said goodbye
	Kicked  bool // the others voted it out
}

// Dropped: a member was dropped; its seats are Away from Frame on and Gone from
// Until on, unless it comes back.
type Dropped struct {
	Member       int
	Frame, Until Frame
}

// Back: a member's seats are Playing again from Frame on.
type Back struct {
	Member int
	Frame  Frame
}

// Split: those we hear are no quorum. Nothing is dropped and nothing beyond
// what is held is stepped until enough of Members are heard again.
type Split struct{ Members uint8 }

// CutOff: the others dropped us, and play on without us from Frame on. We are a
// guest now and on our way back. With Restart the state cannot be taken back as
// far as needed: the driver makes a new Core, with Config.Late, and begins at
// frame 0.
type CutOff struct {
	Frame   Frame
	Restart bool
}

// Barred: we are a guest that may not come back; or cannot, because the others
// do not keep the log so far back as this game would need it.
type Barred struct{ Truncated bool }

// Caught: a member signed two histories. It is being dropped.
type Caught struct {
	Member int
	Proof  evidence.Proof
}

// Desync: a member hashed another state before Frame than we did. It is told
// once per member.
type Desync struct {
	Member       int
	Frame        Frame
	Ours, Theirs uint64
}

// Waiting: no frame could be stepped for a while for want of these members'
// moves.
type Waiting struct{ Members uint8 }

// Resumed: a frame was stepped again after Waiting.
type Resumed struct{}

func (Dropped) event() {}
func (Back) event()    {}
func (Split) event()   {}
func (Barred) event()  {}
func (Caught) event()  {}
func (Left) event()    {}
func (Desync) event()  {}
func (Waiting) event() {}
func (Resumed) event() {}
func (CutOff) event()  {}

// TakeEvents returns what happened since the last call; the slice is valid
// until the Core is used again.
func (c *Core) TakeEvents() []Event {
	got := c.events
	c.events = c.events[:0]
	return got
}
