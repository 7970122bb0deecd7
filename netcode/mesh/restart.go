package mesh

import (
	"encoding/binary"
	"time"

	"github.com/tuttiplay/tutti/netcode/peer"
)

// An ICE restart finds a new path for a connection that stays: its keys, and
// what its lanes had under way. The lower ID makes it, as it makes the offers;
// the higher one asks for it with a hello. It is signed like an offer and an
// answer, over the session and a challenge, and counted, so that an old one cannot
// be played again. It takes the old path away before there is a new one. So for a
// connection that is well the other end first has to say, in a hello that is
// signed and answers a number of ours, that letters come through.

const (
	// restartEvery is the least pause between two restarts of a connection.
	restartEvery = 5 * time.Second
	// restartFor is how long a restart is waited for before a new connection is
	// made in its place.
	restartFor = 1500 * time.Millisecond
)

// restarter is a connection that knows ICE restarts; a relayed one does not.
type restarter interface {
	// restart makes a new description, an offer with other credentials.
	restart()
	// frail says that the connection does not find a new path by itself: one end
	// is a page, whose browser does not follow an address as our sockets do.
	frail() bool
}

// Restart makes the connection to a peer look for a path anew, by an ICE
// restart, while it goes on: for a program that knows that the network of its
// machine changed. The mesh does so by itself where it helps. It returns at
// once and does not block; the error is [peer.ErrNotLinked] where there is no
// direct connection to that peer. Within 5 s of the last one it does nothing.
func (m *Mesh) Restart(to peer.ID) error {
	l := m.link(to)
	if l == nil {
		return peer.ErrNotLinked
	}
	l.mu.Lock()
	w := l.active
	l.mu.Unlock()
	if w == nil {
		return peer.ErrNotLinked
	}
	m.notes.put(note{kind: restartNote, way: w})
	return nil
}

// askRestart begins a restart, or asks the other end for one.
func (p *partner) askRestart(now time.Duration, w *way) {
	if w != p.old {
		return
	}
	if p.offers {
		p.askAgain(now, true)
		return
	}
	p.again.wish = max(now, 1)
	p.ask(now, letter{kind: helloLetter, again: true})
}

// mayRestart returns the connection if it is the time for a restart of it.
func (p *partner) mayRestart(now time.Duration) (restarter, bool) {
	w := p.old
	if !p.offers || w == nil || w.theirs != p.theirs || w.restartAt != 0 && now-w.restartAt < restartEvery {
		return nil, false
	}
	c, ok := w.conn.(restarter)
	return c, ok
}

// restart makes a restart's offer, for a challenge of the other end; false if it
// is not the time for one.
func (p *partner) restart(now time.Duration, challenge nonce) bool {
	c, ok := p.mayRestart(now)
	if !ok {
		return false
	}
	w := p.old
	w.restartText, w.answers = letter{}, challenge
	w.restartAt, w.restarting = max(now, 1), true
	w.restarts++
	c.restart()
	return true
}

// repair begins what a silent connection needs: a restart where that is due,
// else a new connection. p.given is valid.
func (p *partner) repair(now time.Duration) {
	if p.old == nil && p.apart(now) {
		p.offerKeys(now)
		return
	}
	if w := p.old; w != nil && !w.dead.Load() {
		if c, ok := w.conn.(restarter); ok && c.frail() && p.restart(now, p.given.nonce) {
			p.given.valid = false
			p.next = now + restartFor
			return
		}
	}
	p.offer(now)
}

// redescribed: the connection has the description of a restart.
func (p *partner) redescribed(w *way, sdp string) {
	l := letter{kind: restartLetter, echo: w.session, lifetime: offerLifetime, seal: p.m.secret.Public(), sdp: sdp}
	if p.offers {
		l.nonce = drawNonce()
		binary.LittleEndian.PutUint64(l.nonce[:], w.restarts)
		w.restartNonce, l.challenge = l.nonce, w.answers
	} else {
		l.kind, l.nonce, l.echo = restartedLetter, drawNonce(), w.restartNonce
	}
	var err error
	if l.fingerprint, l.ufrag, err = readSDP(sdp); err == nil && len(sdp) > maxSDP {
		err = errSDP
	}
	if err == nil {
		l.from, l.to = p.m.incarnation, w.theirs
		w.restartText, w.restartSent, w.restartTries = l, p.m.now(), 0
		err = p.resend(w)
	}
	if err != nil {
		p.m.cfg.Log.Debug("mesh: no restart", "peer", p.link.id, "err", err)
	}
	w.localUfrag = l.ufrag
	if !p.offers {
		p.resettle(w)
	}
}

// hearRestart takes either letter of a restart, if it is genuine.
func (p *partner) hearRestart(now time.Duration, l *letter) {
	w := p.old
	answer := l.kind == restartedLetter
	switch {
	case w == nil || p.offers != answer || l.from != w.theirs,
		answer && (!w.restarting || l.echo != w.restartNonce),
		!answer && (l.echo != w.session || binary.LittleEndian.Uint64(l.nonce[:]) <= w.restarts):
		if w != nil && !answer && !p.offers && l.nonce == w.restartNonce {
			p.answerAgain(p.m.now(), w)
		}
		p.m.counts.staleLetters.Add(1)
		return
	}
	if _, ok := w.conn.(restarter); !ok {
		p.m.counts.staleLetters.Add(1)
		return
	}
	if !p.brought.letters.take(now) {
		p.flooded()
		return
	}
	made, c := w.restartAt, (*challenge)(nil)
	if !answer {
		if c = p.ours(l.challenge); c == nil {
			p.forged("nonce")
			return
		}
		made = c.at
	}
	wrong := p.genuine(now, l, made)
	if wrong == "" && l.fingerprint != w.fingerprint {
		wrong = "fingerprint" // the certificate of a connection stays
	}
	if wrong != "" {
		p.forged(wrong)
		return
	}
	p.brought.letters.giveBack()
	if c != nil {
		c.valid = false
	}
	// Addresses that overtook this letter were told for these credentials.
	w.ufrag, w.remote, w.remotes, w.settled = l.ufrag, w.overtook, len(w.overtook), false
	w.overtook = nil
	w.restarting = true
	if answer {
		w.conn.accept(l.sdp)
		return
	}
	w.restarts, w.restartNonce = binary.LittleEndian.Uint64(l.nonce[:]), l.nonce
	w.conn.answer(l.sdp)
}

// resettle: the connection took the remote description of a restart.
func (p *partner) resettle(w *way) {
	w.restarting, w.settled = false, true
	for _, c := range w.remote {
		if c.ufrag == w.ufrag {
			w.conn.add(c.candidate)
		}
	}
	w.remote = nil
}
