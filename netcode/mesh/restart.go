package mesh

import (
	"encoding/binary"
	"time"

	"github.com/tuttiplay/tutti/netcode/mesh/internal/letter"
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
	p.ask(now, letter.Letter{Kind: letter.Hello, Again: true})
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
func (p *partner) restart(now time.Duration, challenge letter.Nonce) bool {
	c, ok := p.mayRestart(now)
	if !ok {
		return false
	}
	w := p.old
	w.restartText, w.answers = letter.Letter{}, challenge
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
			p.spend()
			p.next = now + restartFor
			return
		}
	}
	p.offer(now)
}

// redescribed: the connection has the description of a restart.
func (p *partner) redescribed(w *way, sdp string) {
	l := letter.Letter{Kind: letter.Restart, Echo: w.session, Lifetime: offerLifetime, Seal: p.m.secret.Public(), SDP: sdp}
	if p.offers {
		l.Nonce = letter.NewNonce()
		binary.LittleEndian.PutUint64(l.Nonce[:], w.restarts)
		w.restartNonce, l.Challenge = l.Nonce, w.answers
	} else {
		l.Kind, l.Nonce, l.Echo = letter.Restarted, letter.NewNonce(), w.restartNonce
	}
	var err error
	if l.Fingerprint, l.Ufrag, err = letter.ReadSDP(sdp); err == nil && len(sdp) > letter.MaxSDP {
		err = letter.ErrSDP
	}
	if err == nil {
		l.From, l.To = p.m.incarnation, w.theirs
		w.restartText, w.restartSent, w.restartTries = l, p.m.now(), 0
		err = p.resend(w)
	}
	if err != nil {
		p.m.cfg.Log.Debug("mesh: no restart", "peer", p.link.id, "err", err)
	}
	w.localUfrag = l.Ufrag
	if !p.offers {
		p.resettle(w)
	}
}

// hearRestart takes either letter of a restart, if it is genuine.
func (p *partner) hearRestart(now time.Duration, l *letter.Letter) {
	w := p.old
	answer := l.Kind == letter.Restarted
	switch {
	case w == nil || p.offers != answer || l.From != w.theirs,
		answer && (!w.restarting || l.Echo != w.restartNonce),
		!answer && (l.Echo != w.session || binary.LittleEndian.Uint64(l.Nonce[:]) <= w.restarts):
		if w != nil && !answer && !p.offers && l.Nonce == w.restartNonce {
			p.answerAgain(p.m.now(), w)
		}
		p.m.counts.staleLetters.Add(1)
		return
	}
	if _, ok := w.conn.(restarter); !ok {
		p.m.counts.staleLetters.Add(1)
		return
	}
	if !p.brought.Letters.Take(now) {
		p.flooded()
		return
	}
	made, c := w.restartAt, (*drawn)(nil)
	if !answer {
		if c = p.answered(l.Challenge, l.Nonce); c == nil {
			return
		}
		made = c.at
	}
	wrong := p.genuine(now, l, made)
	if wrong == "" && l.Fingerprint != w.fingerprint {
		wrong = "fingerprint" // the certificate of a connection stays
	}
	if wrong != "" {
		p.forged(wrong)
		return
	}
	p.brought.Letters.GiveBack()
	if c != nil {
		c.use(l.Nonce, p.byMember)
	}
	// Addresses that overtook this letter were told for these credentials.
	w.ufrag, w.remote, w.remotes, w.settled = l.Ufrag, w.overtook, len(w.overtook), false
	w.overtook = nil
	w.restarting = true
	if answer {
		w.conn.accept(l.SDP)
		return
	}
	w.restarts, w.restartNonce = binary.LittleEndian.Uint64(l.Nonce[:]), l.Nonce
	w.conn.answer(l.SDP)
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
