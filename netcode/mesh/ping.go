package mesh

import (
	"encoding/binary"
	"time"
)

// Pings go on the moves lane, so that they meet what moves meet: a kind and
// eight bytes that come back as they are.
const (
	pingLen   = 9
	pingEvery = 500 * time.Millisecond // at most
	rttStale  = 2 * time.Second        // then the round trip is measured again
	pongLimit = 8                      // answers a second
)

// pinger measures one way. link.mu guards it.
type pinger struct {
	token   uint64
	waiting bool // for the answer with token
	sent    time.Duration
	ever    bool
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
	if p.ever && now-p.sent < pingEvery {
		return
	}
	quiet := now-time.Duration(w.heard.Load()) >= pingEvery
	if !quiet && l.rtt.first == firstSamples && now-l.rtt.at < rttStale {
		return
	}
	w.pingNow(now)
}

// pingNow sends a ping. link.mu is held.
func (w *way) pingNow(now time.Duration) {
	p := &w.pinger
	p.token++
	p.ever, p.waiting, p.sent = true, true, now
	w.link.sendPing(w, pingFrame, p.token)
}

// trip is the round trip of the way. link.mu is held.
func (w *way) trip() *roundTrip {
	if w.relayed {
		return &w.link.relay.trip
	}
	return &w.link.rtt
}

// sendPing sends a ping or a pong; if it fails it is lost like on the way.
func (l *link) sendPing(w *way, kind byte, token uint64) {
	l.scratch = binary.LittleEndian.AppendUint64(append(l.scratch[:0], kind), token)
	if w.conn.buffered(movesLane)+pingLen <= movesBound {
		_ = w.conn.send(movesLane, false, l.scratch)
	}
}

// ping takes a ping or a pong.
func (w *way) ping(b []byte) {
	token, ok := readPing(b)
	if !ok {
		w.junked()
		return
	}
	now, l := w.m.now(), w.link
	flood := false
	l.mu.Lock()
	switch p := &w.pinger; {
	case !w.open:
		// Not ours to answer yet; the ping is lost.
	case b[0] == pongFrame:
		if p.waiting && token == p.token {
			p.waiting = false
			w.trip().sample(now, now-p.sent)
		}
	default:
		if now-p.second >= time.Second {
			p.second, p.pongs = now, 0
		}
		if p.pongs++; p.pongs <= pongLimit {
			l.sendPing(w, pongFrame, token)
		}
		flood = p.pongs > 4*pongLimit
	}
	l.mu.Unlock()
	if flood {
		w.junked()
	}
}

func readPing(b []byte) (token uint64, ok bool) {
	if len(b) != pingLen || b[0] != pingFrame && b[0] != pongFrame {
		return 0, false
	}
	return binary.LittleEndian.Uint64(b[1:]), true
}
