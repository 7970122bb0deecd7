package mesh

import (
	"encoding/binary"
	"time"

	"github.com/tuttiplay/tutti/netcode/mesh/internal/quality"
)

// Pings go on the moves lane, so that they meet what moves meet: a kind and
// eight bytes that come back as they are. A pong brings along what its sender
// knows of the way towards it, see pongTail.
const (
	pingLen   = 9
	pongLen   = pingLen + 10
	pingEvery = 500 * time.Millisecond // at most, but for bulk
	rttStale  = time.Second            // then the round trip is measured again
	pongLimit = 60                     // answers a second
	pinged    = 32                     // pings that may be under way
	// congested is by how much the round trip is longer than the least one when
	// packets wait on the way.
	congested = 80 * time.Millisecond
)

// pinger measures one way. link.mu guards it.
type pinger struct {
	token uint64                // of the newest
	sent  [pinged]time.Duration // when, plus 1, by token; 0 is answered, or never sent
	last  time.Duration         // when the newest was sent
	ever  bool
	// pongs answered since the second began.
	pongs  int
	second time.Duration
}

// roundTrip is smoothed as TCP does it (RFC 6298), but of the first samples the
// smallest counts: they are taken while both ends are busy with handshakes.
type roundTrip struct {
	mean, deviation time.Duration
	at              time.Duration // of the newest sample; 0 is never
	first           int           // how many of the firstSamples there were
}

const firstSamples = 4

func (r *roundTrip) sample(now, rtt time.Duration) {
	rtt = max(rtt, time.Microsecond) // 0 means never measured, and a page's clock is coarse
	switch {
	case r.first < firstSamples:
		if r.first == 0 || rtt < r.mean {
			r.mean, r.deviation = rtt, rtt/2
		}
		r.first++
	default:
		r.deviation += ((rtt - r.mean).Abs() - r.deviation) / 4
		r.mean += (rtt - r.mean) / 8
	}
	r.at = max(now, 1)
}

// measure sends a ping if one is needed: nothing was heard for a while, or the
// round trip is not well known, or old. link.mu is held.
func (w *way) measure(now time.Duration) {
	p, l := &w.pinger, w.link
	if p.ever && now-p.last < pingEvery {
		return
	}
	quiet := now-time.Duration(w.heard.Load()) >= pingEvery
	if trips, newest := w.meter.Measured(); !quiet && l.rtt.first == firstSamples && trips == quality.FirstTrips && now-newest < rttStale {
		return
	}
	w.pingNow(now)
}

// pingNow sends a ping. link.mu is held.
func (w *way) pingNow(now time.Duration) {
	p := &w.pinger
	p.token++
	p.ever, p.last, p.sent[p.token%pinged] = true, now, now+1
	l := w.link
	l.scratch = binary.LittleEndian.AppendUint64(append(l.scratch[:0], pingFrame), p.token)
	w.sendPing(l.scratch)
	if !w.relayed && now-time.Duration(w.heard.Load()) >= pingEvery {
		// Maybe it is datagrams of our own alone that do not get through any more.
		_ = w.queue(movesLane, l.scratch)
	}
}

// trip is the round trip of the way. link.mu is held.
func (w *way) trip() *roundTrip {
	if w.relayed {
		return &w.link.relay.trip
	}
	return &w.link.rtt
}

// sendPing sends a ping or a pong; if it fails it is lost like on the way.
// link.mu is held.
func (w *way) sendPing(b []byte) {
	if !w.ride(b) && w.conn.buffered(movesLane)+len(b) <= movesBound {
		_ = w.put(movesLane, b)
	}
}

// ping answers a ping. If by is another way, through which a third member brought
// it, the answer goes back by that one: so the answer says that this third member
// works in both directions, and nothing of others.
func (w *way) ping(b []byte, by *way) {
	token, ok := readPing(b)
	if !ok {
		w.junked()
		return
	}
	now, l := w.m.now(), w.link
	flood := false
	l.mu.Lock()
	if p := &w.pinger; w.open { // before that it is not ours to answer: the ping is lost
		if now-p.second >= time.Second {
			p.second, p.pongs = now, 0
		}
		if p.pongs++; p.pongs <= pongLimit {
			l.scratch = appendPong(l.scratch[:0], token, w.tail(now))
			if c := l.relay.conn; by != w {
				via := c.via
				c.via = by
				w.sendPing(l.scratch)
				c.via = via
			} else {
				w.sendPing(l.scratch)
			}
		}
		flood = p.pongs > 4*pongLimit
	}
	l.mu.Unlock()
	if flood {
		w.junked()
	}
}

// pong takes the answer to a ping.
func (w *way) pong(b []byte) {
	token, tail, ok := readPong(b)
	if !ok {
		w.junked()
		return
	}
	now, l := w.m.now(), w.link
	l.mu.Lock()
	defer l.mu.Unlock()
	p := &w.pinger
	sent := p.sent[token%pinged]
	if !w.open || sent == 0 || token > p.token || p.token-token >= pinged {
		return
	}
	p.sent[token%pinged] = 0
	if r := &l.relay; w.relayed && token > r.token {
		r.tried, r.answers = 0, true
	}
	rtt := now - (sent - 1)
	w.trip().sample(now, rtt)
	w.meter.RoundTrip(now, rtt)
	w.told = tail
	r := w.meter.Report(now)
	w.spares.Told(int(tail.loss)*1000/65535, int(tail.burst), r.RTTMin > 0 && r.RTT > r.RTTMin+congested)
	w.paced(now, rtt, tail.bulk)
}

// pongTail is what the sender of a pong knows of the way towards it.
type pongTail struct {
	bulk   uint32 // bytes that came on the bulk lane, modulo 2^32
	loss   uint16 // quality.Report.Loss, in 65,535ths
	jitter uint16 // quality.Report.Jitter, in tailUnit
	burst  uint16 // quality.Report.Burst
}

// tailUnit is the unit of a jitter on the wire.
const tailUnit = 100 * time.Microsecond

// tail is what we tell. link.mu is held.
func (w *way) tail(now time.Duration) pongTail {
	r := w.meter.Report(now)
	return pongTail{
		bulk:   w.bulkIn,
		loss:   uint16(uint64(r.Loss) * 65535 / quality.Million),
		jitter: uint16(min(r.Jitter/tailUnit, 65535)),
		burst:  uint16(min(r.Burst, 65535)),
	}
}

func readPing(b []byte) (token uint64, ok bool) {
	if len(b) != pingLen || b[0] != pingFrame {
		return 0, false
	}
	return binary.LittleEndian.Uint64(b[1:]), true
}

func appendPong(b []byte, token uint64, t pongTail) []byte {
	b = binary.LittleEndian.AppendUint64(append(b, pongFrame), token)
	b = binary.LittleEndian.AppendUint32(b, t.bulk)
	b = binary.LittleEndian.AppendUint16(b, t.loss)
	b = binary.LittleEndian.AppendUint16(b, t.jitter)
	return binary.LittleEndian.AppendUint16(b, t.burst)
}

func readPong(b []byte) (token uint64, t pongTail, ok bool) {
	if len(b) != pongLen || b[0] != pongFrame {
		return 0, pongTail{}, false
	}
	t.bulk = binary.LittleEndian.Uint32(b[9:])
	t.loss = binary.LittleEndian.Uint16(b[13:])
	t.jitter = binary.LittleEndian.Uint16(b[15:])
	t.burst = binary.LittleEndian.Uint16(b[17:])
	return binary.LittleEndian.Uint64(b[1:]), t, true
}
