package quality

import "time"

const (
	// Behind decides what counts as lost: a datagram that has not come when one
	// that was sent this many later has. Less would call lost what was merely
	// overtaken; more would hide losses behind the retransmissions that the
	// moves lane makes: they need three later ones and a round trip.
	Behind = 4
	// BehindPackets is Behind for datagrams that nothing sends again, but some of
	// which have a spare: nothing hides a loss, and four of them are two moves.
	BehindPackets = 8
	// Window is how far back shares and the least round trip look.
	Window = slots * slotTime

	slots    = 10
	slotTime = time.Second
	// maxJump is the largest step in numbers that is believed: 16 s at 60 Hz. A
	// larger one begins anew.
	maxJump = 1000
	// idle is a pause after which arrivals tell nothing about jitter.
	idle = 250 * time.Millisecond
	// steady is over how many datagrams the sender's pace is averaged.
	steady = 64
)

// slot is what came within a second.
type slot struct {
	judged, lost, runs, repaired, reordered, duplicate int
	least                                              time.Duration // round trip; 0 is none
}

// Meter measures one path. The zero Meter has seen nothing.
type Meter struct {
	begun bool
	// behind is Behind, or what Restart set in its place.
	behind int
	high   uint16 // the highest number so far
	seen   uint64 // bit i: number high-i came
	known  int    // numbers from high downwards that can be told of; at most 64
	lost   bool   // the last one judged was

	slots [slots]slot
	at    time.Duration // begin of the newest slot
	now   int           // index of the newest slot

	newest       uint16        // the highest number of Pace
	last         time.Duration // its arrival
	pace, jitter time.Duration
	paced        int // datagrams that went into pace, at most steady

	rtt roundTrip
}

// Arrive takes a datagram that came at now, numbered by its sender: each one
// higher than the one before, modulo 65,536. It is what shares are of.
func (m *Meter) Arrive(now time.Duration, number uint16) {
	s := m.turn(now)
	step := int(int16(number - m.high))
	switch {
	case !m.begun, step > maxJump, step < -maxJump:
		m.Restart(m.behind)
		m.begun, m.high, m.seen, m.known = true, number, 1, 1
	case step > 0:
		m.advance(s, step)
		m.high = number
	case -step >= m.known:
		// Before our time, or too old to tell from a second copy.
	case m.seen&(1<<-step) != 0:
		s.duplicate++
	default:
		m.seen |= 1 << -step
		if -step < m.behind {
			s.reordered++
		} else {
			s.repaired++
		}
	}
}

// advance moves high up by step and judges what falls behind.
func (m *Meter) advance(s *slot, step int) {
	for range step {
		m.seen <<= 1
		m.known = min(m.known+1, 64)
		if m.known <= m.behind {
			continue
		}
		gone := m.seen&(1<<m.behind) == 0
		// The newest one is set below, after the last step, so what is judged
		// here is at least behind steps old.
		s.judged++
		if gone {
			s.lost++
			if !m.lost {
				s.runs++
			}
		}
		m.lost = gone
	}
	m.seen |= 1
}

// Pace takes a datagram of those that are sent at a steady pace; its number is of
// these alone. It is what jitter is of: Pace compares when it came with when it
// should have. RFC 3550 has the sender's clock in every packet; here the sender's
// pace stands for it, averaged over the last second, so a sender that stumbles
// shows as jitter too.
func (m *Meter) Pace(now time.Duration, number uint16) {
	step, took, first := int(int16(number-m.newest)), now-m.last, m.last == 0
	if !first && step <= 0 && step > -maxJump {
		return // it was overtaken, or came before
	}
	m.newest, m.last = number, max(now, 1)
	if first || took > idle || step > 8 || step <= 0 {
		m.paced = 0
		return
	}
	if m.paced >= steady/4 {
		m.jitter += ((took - time.Duration(step)*m.pace).Abs() - m.jitter) / 16
	}
	m.paced = min(m.paced+1, steady)
	if m.paced == 1 {
		m.pace = took / time.Duration(step)
	} else {
		m.pace += (took/time.Duration(step) - m.pace) / time.Duration(m.paced)
	}
}

// RoundTrip takes the answer to a ping.
func (m *Meter) RoundTrip(now, rtt time.Duration) {
	rtt = max(rtt, time.Microsecond) // 0 means never measured, and a page's clock is coarse
	s := m.turn(now)
	if s.least == 0 || rtt < s.least {
		s.least = rtt
	}
	m.rtt.sample(now, rtt)
}

// Restart forgets the numbers of [Meter.Arrive], for a sender that begins anew;
// shares and round trips stay. behind is [Behind], which 0 is too, or [BehindPackets].
func (m *Meter) Restart(behind int) {
	if behind == 0 {
		behind = Behind
	}
	m.behind, m.begun, m.seen, m.known, m.lost = behind, false, 0, 0, false
}

// Measured says how many round trips were measured, up to [FirstTrips], and
// when the newest was; 0, 0 is never.
func (m *Meter) Measured() (trips int, newest time.Duration) { return m.rtt.first, m.rtt.at }

// turn returns the slot of now.
func (m *Meter) turn(now time.Duration) *slot {
	if now-m.at >= Window {
		m.slots, m.at = [slots]slot{}, now
	}
	for now-m.at >= slotTime {
		m.now = (m.now + 1) % slots
		m.at += slotTime
		m.slots[m.now] = slot{}
	}
	return &m.slots[m.now]
}
