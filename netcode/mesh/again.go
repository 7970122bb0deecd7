package mesh

import (
	"time"

	"github.com/tuttiplay/tutti/netcode/mesh/internal/letter"
)

const (
	// againEvery is the least time between two questions whether a restart may
	// be, and promiseEvery between two answers, which cost a signature.
	againEvery   = time.Second
	promiseEvery = 500 * time.Millisecond
	// againFor is how long a question waits for its answer.
	againFor = 5 * time.Second
	// insistEvery is when a restart that is not answered is sent again, and then
	// after twice that, and so on.
	insistEvery = 400 * time.Millisecond
	insistMost  = 5
	// overdue is how long a restart is waited for before a new connection is begun
	// beside it, so that it is there within DefaultSilence.
	overdue = time.Second
)

// again is what both ends say before an ICE restart.
type again struct {
	nonce letter.Nonce // the lower ID's question; valid if asked
	asked bool
	at    time.Duration
	own   bool          // our program wants it
	wish  time.Duration // when the program of the higher ID wanted it; 0 is never
	said  time.Duration // when it answered last; 0 is never
}

// askAgain asks the other end for the word that a restart is answered with: own
// says that we want one, else whether it does. With its answer the restart begins.
func (p *partner) askAgain(now time.Duration, own bool) {
	a := &p.again
	if _, ok := p.mayRestart(now); !ok || a.asked && now-a.at < againEvery && (a.own || !own) {
		return
	}
	a.nonce, a.asked, a.at, a.own = letter.NewNonce(), true, now, own
	p.send(&letter.Letter{Kind: letter.Hello, Ask: true, Again: true, Want: own, Signed: true, Nonce: a.nonce, Session: p.old.session})
}

// promise answers that question, signed, if either program wants a restart.
func (p *partner) promise(now time.Duration, l *letter.Letter) {
	a := &p.again
	wished := a.wish != 0 && now-a.wish < againFor
	if !l.Want && !wished || a.said != 0 && now-a.said < promiseEvery || !p.meant(now, l) {
		p.m.counts.staleLetters.Add(1)
		return
	}
	a.said = max(now, 1)
	p.send(&letter.Letter{Kind: letter.Hello, Again: true, Signed: true, Nonce: p.drawn.draw(now), Echo: l.Nonce, Session: p.old.session})
}

// hearAgain takes the other end's wish for a restart, which is asked back, or its
// answer to our question, with which the restart begins.
func (p *partner) hearAgain(now time.Duration, l *letter.Letter) {
	a := &p.again
	switch {
	case !l.Signed:
		p.askAgain(now, false)
	case !a.asked || l.Echo != a.nonce || now-a.at >= againFor:
		p.m.counts.staleLetters.Add(1)
	case p.meant(now, l):
		a.asked = false
		p.restart(now, l.Nonce)
	}
}

// resend sends our letter of a restart, for the first time or again. It differs
// each time, so that whoever carries it does not take it for a copy.
func (p *partner) resend(w *way) error {
	l := &w.restartText
	l.Lifetime = offerLifetime - time.Duration(w.restartTries)*time.Millisecond
	copy(l.Sig[:], p.m.sig.Sign(l.Canonical(p.m.room, p.m.self, p.link.id)))
	return p.post(l.Append(nil))
}

// insist sends a restart again that is not answered: the connection has no path
// until it is, and does not follow a peer that moves. So before long a new one is
// made beside it.
func (p *partner) insist(now time.Duration) {
	w := p.old
	if p.offers && w != nil && w.restarting && now-w.restartAt >= overdue && p.attempt == nil && !p.wanted {
		p.wanted, p.next = true, min(p.next, now) // a new connection beside it
	}
	if !p.offers || w == nil || !w.restarting || w.restartText.Kind != letter.Restart || w.restartTries == insistMost ||
		now-w.restartSent < insistEvery<<w.restartTries {
		return
	}
	w.restartTries++
	w.restartSent = now
	_ = p.resend(w) // there are more
}

// answerAgain sends the answer to a restart again, whose letter came again.
func (p *partner) answerAgain(now time.Duration, w *way) {
	if w.restartText.Kind != letter.Restarted || w.restartTries == insistMost || now-w.restartSent < insistEvery/2 {
		return
	}
	w.restartTries++
	w.restartSent = now
	_ = p.resend(w)
}
