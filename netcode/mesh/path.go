package mesh

import (
	"time"

	"github.com/tuttiplay/tutti/netcode/mesh/internal/quality"
	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/weather"
)

// PathKind says who stands between two players.
type PathKind uint8

// The kinds of paths. Of the last two only TURN needs a server; both see sealed
// packets.
const (
	NoPath      PathKind = iota // nothing arrives now
	DirectPath                  // nobody but routers
	RelayedPath                 // another member of the room passes messages on, see Path.RelayedBy
	TURNPath                    // a TURN server passes packets on
)

// String returns the kind in words.
func (k PathKind) String() string {
	switch k {
	case NoPath:
		return "no path"
	case DirectPath:
		return "direct"
	case RelayedPath:
		return "relayed by a player"
	case TURNPath:
		return "relayed by a TURN server"
	}
	return "unknown"
}

// Grade is a path in one word, for a coloured dot beside a name.
type Grade uint8

// The grades: what a path has at most, of round trip, of jitter and of loss
// either way. A grade falls when a limit is missed by 15 % for 1.5 s, and rises
// when all are kept by 15 % for 5 s.
const (
	Unrated  Grade = iota // nothing measured yet
	GoodPath              // 80 ms, 10 ms, 1 %
	FairPath              // 160 ms, 30 ms, 5 %
	PoorPath              // more
)

// String returns the grade in one word.
func (g Grade) String() string {
	switch g {
	case Unrated:
		return "unrated"
	case GoodPath:
		return "good"
	case FairPath:
		return "fair"
	case PoorPath:
		return "poor"
	}
	return "unknown"
}

// Path is the way to one peer, as of now. Bytes and messages are payload, over
// all connections there were, without what WebRTC adds (about 95 bytes each).
// Shares and RTTMin are of the last ten seconds, averages of about the last.
// Everything is measured by the mesh's own messages, in a page as natively.
type Path struct {
	State peer.State
	// Kind says who passes packets on.
	Kind PathKind
	// RelayedBy is the member that passes our messages on to this one, sealed;
	// zero while none does.
	RelayedBy peer.ID
	// Grade is the path in one word; it does not flicker.
	Grade Grade
	// RTT is the smoothed round trip, measured on the lossy lane every second and
	// more often at first and during bulk; RTTMin and RTTLast are the least and
	// the newest. 0 is not measured yet.
	RTT, RTTMin, RTTLast time.Duration
	// Jitter is by how much moves from this peer come earlier or later than the
	// pace of the ones before lets expect, smoothed as RFC 3550 does it; as long as
	// none come, the mean deviation of RTT. JitterOut is what the peer says of ours.
	Jitter, JitterOut time.Duration
	// LossIn is the share of moves from this peer that had not come when one sent
	// four later had, whether or not a retransmission of the lane brought it
	// after that; RepairedIn is the part it did. LossOut is what the peer says
	// of ours. Without moves there is none.
	LossIn, RepairedIn, LossOut weather.Share
	// BurstIn is how many moves are lost in a row, on average: the mean stay in
	// the bad state of a Gilbert model. 0 without loss. BurstOut is what the
	// peer says of ours.
	BurstIn, BurstOut float64
	// ReorderedIn is the share of moves from this peer that a later one overtook,
	// DuplicateIn that of second copies.
	ReorderedIn, DuplicateIn weather.Share
	// Silent is how long nothing has come; 0 while not connected.
	Silent time.Duration
	// Direct: nobody forwards the packets. False while not connected.
	Direct bool
	// Local and Remote say how the two addresses that the packets go between
	// were found, ours and theirs. Zero while not connected, and in a browser
	// that does not tell.
	Local, Remote AddressKind

	// MessagesOut are the messages that Send took, BytesOut their bytes without
	// headers. MessagesIn and BytesIn are of all that came, pings, acknowledgements
	// and second copies of moves included.
	MessagesOut, MessagesIn int64
	BytesOut, BytesIn       int64
	// StaleMoves counts moves that [Mesh.Send] refused with [peer.ErrFull]
	// because the path was too far behind.
	StaleMoves int64
	// StaleIn counts moves that came more than about 250 ms after they were sent,
	// when newer ones were there, and were dropped.
	StaleIn int64
	// BulkQueued is how many bytes of Bulk wait to be sent, BulkRate how many a
	// second are sent at most while some wait; 0 is never yet.
	BulkQueued, BulkRate int

	out quality.Report // what the recommendation is for: the way there
	in  time.Duration  // jitter of moves alone
}

// InputDelay recommends an input delay towards this peer in frames, at so many
// frames a second: with it, about one of 1,000 of our moves comes too late. 0 is
// not measured yet; at most 60. It is
//
//	ceil((RTT/2 + 3*JitterOut) * tickRate) + repeats
//
// where repeats is how many datagrams in a row are lost more often than once in
// 1,000, by LossOut and BurstOut: each datagram repeats what is not acknowledged,
// so a loss costs only the frames until the next one comes through. Where the
// peer has not said anything of our moves, theirs stand for them.
//
// A netcode.Session needs no such advice: it measures how early moves really
// are, which holds everything that matters. This is for a lobby that tells
// players what to expect, and for games with a delay of their own.
func (p Path) InputDelay(tickRate int) int { return p.out.Delay(tickRate) }

// Path returns the way to a peer; the zero Path for one that is not in the room.
func (m *Mesh) Path(to peer.ID) Path {
	l := m.link(to)
	if l == nil {
		return Path{}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.path(m.now())
}

// path is the way as of now. mu is held.
func (l *link) path(now time.Duration) Path {
	p := Path{
		State: peer.State(l.state.Load()), Grade: l.watched.grade, RTT: l.rtt.mean, Jitter: l.rtt.deviation,
		MessagesOut: l.messagesOut.Load(), MessagesIn: l.messagesIn.Load(),
		BytesOut: l.bytesOut.Load(), BytesIn: l.bytesIn.Load(), StaleMoves: l.staleMoves.Load(), StaleIn: l.staleIn.Load(),
		BulkQueued: l.bulk.queue.Bytes(), BulkRate: l.bulk.pacer.Rate(),
	}
	w := l.active
	if p.RelayedBy = l.relayedBy(); !p.RelayedBy.IsZero() {
		w = l.relay.way
		p.Kind, p.RTT, p.Jitter = RelayedPath, l.relay.trip.mean, l.relay.trip.deviation
	} else if w != nil {
		if local, remote, ok := w.conn.pair(); ok {
			p.Kind, p.Local, p.Remote = DirectPath, local, remote
			if local == RelayAddress || remote == RelayAddress {
				p.Kind = TURNPath
			}
			p.Direct = p.Kind == DirectPath
		}
	}
	if w == nil {
		return p
	}
	p.Silent = max(0, now-time.Duration(w.heard.Load()))
	p.measured(w.meter.Report(now), w.told)
	return p
}

// measured fills in what a way's meter and the other end say.
func (p *Path) measured(r quality.Report, told pongTail) {
	p.RTTMin, p.RTTLast = r.RTTMin, r.RTTLast
	if p.in = r.Jitter; r.Jitter > 0 {
		p.Jitter = r.Jitter
	}
	p.LossIn, p.RepairedIn = weather.Share(r.Loss), weather.Share(r.Repaired)
	p.ReorderedIn, p.DuplicateIn = weather.Share(r.Reordered), weather.Share(r.Duplicate)
	p.BurstIn = float64(r.Burst) / 100
	p.out = quality.Report{RTT: p.RTT, Jitter: r.Jitter, Loss: r.Loss, Burst: r.Burst}
	if told.jitter == 0 && told.loss == 0 {
		return
	}
	p.out.Jitter = time.Duration(told.jitter) * tailUnit
	p.out.Loss = uint32(uint64(told.loss) * quality.Million / 65535)
	p.out.Burst = int(told.burst)
	p.JitterOut, p.LossOut, p.BurstOut = p.out.Jitter, weather.Share(p.out.Loss), float64(told.burst)/100
}

// watchEvery is how often a path is looked at for changes.
const watchEvery = 500 * time.Millisecond

// pathTold is what was told of a path last. link.mu guards it.
type pathTold struct {
	at     time.Duration
	kind   PathKind
	by     peer.ID
	grader quality.Grader
	grade  Grade
}

// watchPath puts a [PathChanged] if there is something to tell.
func (l *link) watchPath(now time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := &l.watched
	if s.at != 0 && now-s.at < watchEvery || peer.State(l.state.Load()) != peer.Linked {
		return
	}
	s.at = max(now, 1)
	p := l.path(now)
	if p.Kind == NoPath {
		return
	}
	worst := quality.Report{RTT: p.RTT, Jitter: max(p.in, p.JitterOut), Loss: uint32(max(p.LossIn, p.LossOut))}
	grade, changed := s.grader.Grade(now, worst)
	s.grade, p.Grade = Grade(grade), Grade(grade)
	if changed || p.Kind != s.kind || p.RelayedBy != s.by {
		s.kind, s.by = p.Kind, p.RelayedBy
		l.m.events.put(PathChanged{Peer: l.id, Path: p})
	}
}
