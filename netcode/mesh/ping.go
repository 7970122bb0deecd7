package mesh

import (
	"encoding/hex"
	"time"
)

// Pings are the only text messages, on the moves lane, so that they cost the
// moves nothing: a letter and sixteen hex digits that come back as they are.
const (
	pingLen   = 17
	pingMark  = 'p'
	pongMark  = 'q'
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
	p.token++
	p.ever, p.waiting, p.sent = true, true, now
	l.sendText(w, pingMark, p.token)
}

// sendText sends a ping or a pong; if it fails it is lost like on the way.
func (l *link) sendText(w *way, mark byte, token uint64) {
	var raw [8]byte
	for i := range raw {
		raw[i] = byte(token >> (56 - 8*i))
	}
	l.scratch = hex.AppendEncode(append(l.scratch[:0], mark), raw[:])
	if w.conn.buffered(movesLane)+pingLen <= movesBound {
		_ = w.conn.send(movesLane, true, l.scratch)
	}
}

// ping takes a text message.
func (w *way) ping(on lane, b []byte) {
	token, ok := readPing(b)
	if !ok || on != movesLane {
		w.junked()
		return
	}
	now, l := w.m.now(), w.link
	flood := false
	l.mu.Lock()
	switch p := &w.pinger; {
	case !w.open:
		// Not ours to answer yet; the ping is lost.
	case b[0] == pongMark:
		if p.waiting && token == p.token {
			p.waiting = false
			l.rtt.sample(now, now-p.sent)
		}
	default:
		if now-p.second >= time.Second {
			p.second, p.pongs = now, 0
		}
		if p.pongs++; p.pongs <= pongLimit {
			l.sendText(w, pongMark, token)
		}
		flood = p.pongs > 4*pongLimit
	}
	l.mu.Unlock()
	if flood {
		w.junked()
	}
}

func readPing(b []byte) (token uint64, ok bool) {
	if len(b) != pingLen || b[0] != pingMark && b[0] != pongMark {
		return 0, false
	}
	var raw [8]byte
	if _, err := hex.Decode(raw[:], b[1:]); err != nil {
		return 0, false
	}
	for _, v := range raw {
		token = token<<8 | uint64(v)
	}
	return token, true
}
