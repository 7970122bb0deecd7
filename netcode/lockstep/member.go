package lockstep

import "time"

// member is what this peer knows of one other: how far it is, what it holds,
// and how the way to it behaves.
type member struct {
	// As of its newest datagram:
	heard   bool
	seq     uint16            // the datagram's number
	heardAt time.Duration     // when it came
	frame   Frame             // the member's current frame
	have    [MaxMembers]Frame // per seat: it holds all entries below
	ahead   int               // how far it sees itself ahead of us, frames
	slack   int               // frames by which our newest moves reach it early; negative is late

	deaf  uint8 // members whose datagrams do not reach it
	epoch uint8 // the low 4 bits of its epoch

	// Towards it:
	out      uint16             // number of the next datagram
	sentAt   [256]time.Duration // when datagram n went out, by n&255
	sent     [MaxMembers]Frame  // per seat: entries below were sent at least once
	owesWord bool               // it is out of the match and shall be told
	claimed  [MaxMembers]Frame  // per seat: what we told it to hold

	// Measured:
	rtt       time.Duration // smoothed, 0 is unknown
	aheadAvg  int           // ours minus its frame at arrival, in 1/64 frames, smoothed
	slackLow  int           // of its moves, in frames: least since slackFrom
	slackPrev int           // least in the window before
	lost      int64
	received  int64
	datagrams int64 // sent to it
	bytesOut  int64
	bytesIn   int64
	bad       int64 // malformed datagrams

	blocked  time.Duration // polled time for which the next frame waits for it
	left     bool          // it said goodbye
	dropped  bool          // gone because we agreed to, not because it said so
	noted    bool          // the driver was told that it is out
	noteGone bool          // and will be told when its time to come back is over
}

// maxBad is how many malformed datagrams a member may send before nothing of it
// is taken any more. An honest one sends none: datagrams are checksummed.
const maxBad = 16

// newer reports whether datagram number a was sent after b; numbers wrap.
func newer(a, b uint16) bool { return int16(a-b) > 0 }

// seqTrust is how long a datagram's number tells old from new: at 240 in a
// second numbers come around after 273 s.
const seqTrust = time.Minute

// arrived notes a datagram's number and returns false if a newer one came
// before: then its status is stale, though its entries may still help.
func (m *member) arrived(now time.Duration, seq uint16, size int) bool {
	m.received++
	m.bytesIn += int64(size)
	known := m.heard && now-m.heardAt < seqTrust
	if known && !newer(seq, m.seq) {
		if seq != m.seq && m.lost > 0 {
			m.lost-- // it was only late
		}
		return false
	}
	if known {
		m.lost += int64(seq-m.seq) - 1
	}
	m.heard, m.seq, m.heardAt = true, seq, now
	return true
}

// echoed takes the number of our newest datagram that the member had when it
// wrote, and how long it had held it.
func (m *member) echoed(now time.Duration, seq uint8, held time.Duration) {
	sample := now - m.sentAt[seq] - held
	switch {
	case sample < 0:
		return // a lie, or a number from long ago
	case m.rtt == 0:
		m.rtt = max(sample, 1)
	default:
		m.rtt += (sample - m.rtt) / 8 // RFC 6298's smoothing
	}
}
