package lockstep

// Frame numbers one step of the simulation, from 0. At 60 frames per second it
// lasts 414 days.
type Frame int32

// Status says who is at a seat in one frame. It is an input of the step, the
// same on every machine.
type Status uint8

// The states of a seat.
const (
	Empty   Status = iota // nobody held the seat when the match began
	Playing               // its holder's moves are in the log
	Away                  // its holder is away for now; moves are neutral
	Gone                  // its holder left or was dropped; moves are neutral
)

// String returns the status in lower case.
func (s Status) String() string {
	switch s {
	case Empty:
		return "empty"
	case Playing:
		return "playing"
	case Away:
		return "away"
	case Gone:
		return "gone"
	}
	return "unknown"
}
