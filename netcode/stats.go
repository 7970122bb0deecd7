package netcode

import (
	"time"

	"github.com/tuttiplay/tutti/netcode/peer"
)

// Phase says how far a session is.
type Phase uint8

// The phases, in their order.
const (
	Forming  Phase = iota // waiting for the Starter to fix the match
	Greeting              // comparing settings with the other players
	Running               // frames are stepped
	Over                  // left, closed or failed: see Session.Err
)

// String returns the phase in lower case.
func (p Phase) String() string {
	switch p {
	case Forming:
		return "forming"
	case Greeting:
		return "greeting"
	case Running:
		return "running"
	case Over:
		return "over"
	}
	return "unknown"
}

// Stats is a snapshot of a [Session] as of its last Tick. It is a value: keep
// it, compare it, print it.
type Stats struct {
	Phase     Phase
	Frame     Frame // the next frame to step, predictions included
	Confirmed Frame // frames below it are stepped with everybody's real moves and never change here
	Settled   Frame // frames below it are held by every player: they change nowhere

	InputDelayFrames  int // between reading a move and stepping it, now
	MaxRollbackFrames int // the prediction window in use; 0 is plain lockstep

	Rollbacks        int   // times a wrong prediction was repaired
	RolledBackFrames int64 // frames stepped again by that
	StalledTicks     int64 // ticks in which a frame was due and could not be stepped
	DeepestRollback  int   // frames, the most in one repair

	Checked     bool   // hashes are taken and compared
	Checks      int    // hashes of others compared with ours
	HashFrame   Frame  // the newest confirmed frame that was hashed; 0 is none yet
	Hash        uint64 // the state before HashFrame
	StateBytes  int    // size of the newest saved state; 0 without Saver
	OrdersWait  int    // orders given and not yet on a frame of the log
	BadBytesIn  int64  // messages dropped because they were malformed or hostile
	BytesOut    int64  // all payload bytes handed to the link
	BytesIn     int64  // all payload bytes taken from it
	MessagesOut int64
	MessagesIn  int64

	Seats   int                      // how many elements of Seat count
	Seat    [peer.MaxSeats]SeatStats // in seat order
	Peers   int                      // how many elements of Peer count
	Peer    [peer.MaxSeats]PeerStats // the other players, in seat order
	Waiting [peer.MaxSeats]bool      // by seat: its moves are what the next frame lacks
}

// SeatStats is one seat of the match.
type SeatStats struct {
	Holder peer.ID // zero for an empty seat
	Local  bool    // this session's Tick moves it
	Status Status  // as of the last confirmed frame
	Held   Frame   // moves below this frame are held here
}

// PeerStats is the way to one other player.
type PeerStats struct {
	ID        peer.ID
	RTT       time.Duration // smoothed round trip; 0 is not measured yet
	Ahead     int           // frames: how far its clock runs ahead of ours
	Silent    time.Duration // since its last datagram
	Lost      int64         // its datagrams that never came
	Received  int64         // its datagrams that came
	BytesOut  int64         // payload sent to it
	BytesIn   int64         // payload received from it
	Suspected bool          // nothing of it arrives by any path
	Gone      bool          // left or dropped
}
