package mesh

import (
	"time"

	"github.com/tuttiplay/tutti/netcode/mesh/internal/letter"
)

// Towards a stranger (see Config.Friend) there is no connection and no address,
// only keys: an offer and an answer without a description. What the two say to
// each other goes, sealed, through members that both are linked with. A stranger
// that does not know of it offers a connection as ever and gets such an answer.

// strangeFor is how long nobody asks again for the address of one who gave none.
const strangeFor = time.Minute

// aloof says whether we keep our address from the other end.
func (p *partner) aloof() bool {
	return p.m.cfg.Friend != nil && !p.m.cfg.Friend(p.link.id)
}

// apart says whether one of the two keeps its address.
func (p *partner) apart(now time.Duration) bool { return p.aloof() || now < p.strange }

// keyed says whether there are keys for the process that is there now.
func (p *partner) keyed() bool {
	p.link.mu.Lock()
	defer p.link.mu.Unlock()
	use := p.link.relay.conn.keys.Use()
	return p.theirs != 0 && use != nil && use.Process == p.theirs
}

// offerKeys offers keys and nothing else. p.given is valid.
func (p *partner) offerKeys(now time.Duration) {
	p.keys = keyOffer{session: letter.NewNonce(), challenge: p.spend(), theirs: p.theirs, at: now, valid: true}
	p.wanted = false
	p.sendKeys(&letter.Letter{Kind: letter.Offer, Nonce: p.keys.session, Echo: p.keys.challenge, To: p.theirs})
	p.wait(now)
}

// keyOffer is an offer of keys that waits for its answer.
type keyOffer struct {
	session, challenge letter.Nonce
	theirs             uint64
	at                 time.Duration
	valid              bool
}

// answerKeys answers an offer with keys and nothing else.
func (p *partner) answerKeys(l *letter.Letter) {
	p.sendKeys(&letter.Letter{Kind: letter.Answer, Nonce: letter.NewNonce(), Echo: l.Nonce, To: l.From})
	p.agree(l.From, l.Nonce, l.Echo, l.Seal)
	p.wanted, p.tries, p.pause = false, 0, firstPause
}

func (p *partner) sendKeys(l *letter.Letter) {
	l.From, l.Lifetime, l.Seal = p.m.incarnation, offerLifetime, p.m.secret.Public()
	copy(l.Sig[:], p.m.sig.Sign(l.Canonical(p.m.room, p.m.self, p.link.id)))
	_ = p.post(l.Append(nil)) // it is tried again
}

// hearKeys takes an answer without a description; false if it answers no offer
// of keys. The caller has taken it from the budget.
func (p *partner) hearKeys(now time.Duration, l *letter.Letter) {
	k, w := p.keys, p.attempt
	made := k.at
	switch {
	case k.valid && l.Echo == k.session:
	case w != nil && w.offers && w.described && !w.verified && l.Echo == w.session:
		// We offered a connection, and it does not want one.
		k, made = keyOffer{w.session, w.challenge, w.theirs, now, true}, w.began
	default:
		p.m.counts.staleLetters.Add(1)
		return
	}
	if !p.brought.Letters.Take(now) {
		p.flooded()
		return
	}
	wrong := p.genuine(now, l, made)
	if wrong == "" && l.From != k.theirs {
		wrong = "signature" // of another process than the offer was for
	}
	if wrong != "" {
		p.forged(wrong)
		return
	}
	p.brought.Letters.GiveBack()
	if k.session == p.keys.session {
		p.keys.valid = false
	} else {
		w.dead.Store(true)
		w.conn.close()
		p.attempt = nil
	}
	p.strange = now + strangeFor
	p.tries, p.pause = 0, firstPause
	p.agree(l.From, k.session, k.challenge, l.Seal)
}
