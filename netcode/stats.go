package netcode

import (
	"fmt"
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
	Parting               // left; the others are being told
	Over                  // closed or failed: see Session.Err
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
	case Parting:
		return "parting"
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

	Checked    bool   // hashes are taken and compared
	Checks     int    // hashes of others that were compared with ours
	Desynced   bool   // one of them differed: see the Desync event
	HashFrame  Frame  // the newest confirmed frame that was hashed; 0 is none yet
	Hash       uint64 // the state before HashFrame
	StateBytes int    // size of the newest saved state; 0 without Saver

	Guest      bool // we were dropped or came late, and are on our way into the match
	Split      bool // too few others are heard to go on without them
	Unilateral bool // this session went on alone: see the Alone event
	Epoch      int  // how often the members changed

	OrderBytesWaiting int   // bytes of orders that are on no frame yet
	BadMessages       int64 // messages dropped because they were malformed or hostile
	BytesOut          int64 // payload of all datagrams handed to the link
	BytesIn           int64 // payload of all datagrams taken from it
	MessagesOut       int64 // how many those are
	MessagesIn        int64

	Seats   int                      // how many elements of Seat count
	Seat    [peer.MaxSeats]SeatStats // in seat order
	Peers   int                      // how many elements of Peer count
	Peer    [peer.MaxSeats]PeerStats // the other players, in seat order
	Waiting [peer.MaxSeats]bool      // by seat: its moves are what the next frame lacks
}

// String returns the figures that a log line wants.
func (s Stats) String() string {
	return fmt.Sprintf("%v: frame %d, confirmed %d, settled %d, delay %d, %d rollbacks, %d stalls, %d checks, hash %016x before %d, out %d bytes in %d",
		s.Phase, s.Frame, s.Confirmed, s.Settled, s.InputDelayFrames, s.Rollbacks, s.StalledTicks, s.Checks, s.Hash, s.HashFrame, s.BytesOut, s.BytesIn)
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
	Sent      int64         // ours to it
	BytesOut  int64         // payload of those
	BytesIn   int64         // payload of those received
	Suspected bool          // nothing of it arrives by any path
	Gone      bool          // left or dropped
}

// publish takes the snapshot that Stats returns.
func (s *Session[M]) publish() {
	st := Stats{Phase: s.phase, Checked: s.cfg.CheckInterval > 0, MaxRollbackFrames: s.cfg.MaxRollback, StateBytes: s.saves.size}
	if s.core != nil {
		s.coreStats(&st)
	}
	st.BadMessages += s.greeter.badAll
	s.front.Lock()
	defer s.front.Unlock()
	if s.err != nil {
		st.Phase = Over
	}
	for _, o := range s.orders {
		st.OrderBytesWaiting += len(o.text)
	}
	s.stats = st
}

func (s *Session[M]) coreStats(st *Stats) {
	c, now := s.core, s.cfg.Clock()
	st.Frame, st.Confirmed, st.Settled = c.Current(), c.Confirmed(), c.Settled()
	st.InputDelayFrames, st.OrderBytesWaiting = c.Delay(), c.OrdersWaiting()
	st.HashFrame, st.Hash = c.NewestHash()
	count := c.Stats()
	st.Rollbacks, st.RolledBackFrames, st.DeepestRollback = count.Rollbacks, count.RolledBackFrames, count.DeepestRollback
	st.StalledTicks, st.Checks, st.BadMessages = count.StalledTicks, count.Checks, count.BadDatagrams
	st.Desynced = count.Desynced
	st.Guest, st.Split, st.Unilateral, st.Epoch = c.Guest(), c.Split(), c.Unilateral(), c.Epoch()
	st.Seats = len(s.match.Seats)
	blockers := c.Blockers()
	for i, holder := range s.match.Seats {
		st.Seat[i] = SeatStats{Holder: holder, Local: holder == s.members[s.self], Status: c.Status(i), Held: c.Held(i)}
		m := s.memberOf(holder)
		st.Waiting[i] = m >= 0 && blockers>>m&1 != 0
	}
	for m, id := range s.members {
		if m == s.self {
			continue
		}
		p := c.Path(now, m)
		st.Peer[st.Peers] = PeerStats{
			ID: id, RTT: p.RTT, Ahead: p.Ahead, Silent: p.Silent, Lost: p.Lost, Received: p.Received, Sent: p.Sent,
			BytesOut: p.BytesOut, BytesIn: p.BytesIn, Suspected: p.Suspected, Gone: p.Gone,
		}
		st.Peers++
		st.BytesOut += p.BytesOut
		st.BytesIn += p.BytesIn
		st.MessagesOut += p.Sent
		st.MessagesIn += p.Received
	}
}
