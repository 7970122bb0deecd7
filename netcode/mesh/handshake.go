package mesh

import (
	"time"

	"github.com/tuttiplay/tutti/netcode/mesh/internal/account"
	"github.com/tuttiplay/tutti/netcode/mesh/internal/letter"
	"github.com/tuttiplay/tutti/netcode/peer"
)

// offerLifetime is how long an offer or an answer is good for, counted from the
// number it answers, on the clock of who drew that number: so a wrong clock at
// the other end harms nobody.
const offerLifetime = 30 * time.Second

// maxCandidates is how many addresses of a peer are taken per connection, and
// how many wait for a description.
const maxCandidates = 64

// letter reads what came on peer.Signal.
func (m *Mesh) letter(from, courier peer.ID, byMember bool, b []byte) {
	p := m.partners[from]
	if p == nil {
		m.enter() // maybe it has just come
		if p = m.partners[from]; p == nil {
			m.counts.staleLetters.Add(1)
			return
		}
	}
	l, err := letter.Parse(b)
	if err != nil {
		m.counts.badLetters.Add(1)
		return
	}
	now := m.now()
	if (l.Kind != letter.Hello || !l.Ask) && p.copies.Is(now, b, byMember) {
		return // hellos that ask are all alike
	}
	if l.Kind != letter.Hello && l.To != m.incarnation || now < p.barred || p.link.isRetired(l.From) {
		m.counts.staleLetters.Add(1)
		return
	}
	if !byMember {
		courier = peer.ID{}
	}
	p.byMember, p.brought = byMember, p.purse(courier)
	switch l.Kind {
	case letter.Hello:
		p.hearHello(now, &l)
	case letter.Offer:
		p.hearOffer(now, &l)
	case letter.Answer:
		p.hearAnswer(now, &l)
	case letter.Address:
		p.hearCandidate(now, &l)
	case letter.Restart, letter.Restarted:
		p.hearRestart(now, &l)
	}
}

// begin makes a way; nil if that failed.
func (p *partner) begin(now time.Duration, theirs uint64, session letter.Nonce) *way {
	w := &way{m: p.m, link: p.link, began: now, deadline: now + p.patience(), offers: p.offers, theirs: theirs, session: session}
	w.heard.Store(int64(now))
	var err error
	urls := p.m.sig.ICEServers()
	w.accounts = account.Of(turnUsers(urls), time.Now())
	if w.conn, err = p.m.platform.dial(w, urls); err != nil {
		p.m.cfg.Log.Error("mesh: no connection can be made", "peer", p.link.id, "err", err)
		p.wait(now)
		return nil
	}
	p.attempt = w
	return w
}

// offer begins an attempt. p.given is valid.
func (p *partner) offer(now time.Duration) {
	if w := p.begin(now, p.theirs, letter.NewNonce()); w != nil {
		p.wanted = false
		w.conn.offer()
	}
}

// described: the connection of the attempt has its description. It goes out
// signed, and the addresses that were found meanwhile after it.
func (p *partner) described(w *way, sdp string) {
	if w == p.old && w.restarting {
		p.redescribed(w, sdp)
		return
	}
	if w != p.attempt || w.described {
		return
	}
	l := letter.Letter{Kind: letter.Offer, Nonce: w.session, Lifetime: offerLifetime, Seal: p.m.secret.Public(), SDP: sdp}
	if w.offers {
		l.Echo = p.spend()
		w.challenge = l.Echo
	} else {
		l.Kind, l.Nonce, l.Echo = letter.Answer, letter.NewNonce(), w.session
	}
	var err error
	if l.Fingerprint, l.Ufrag, err = letter.ReadSDP(sdp); err == nil && len(sdp) > letter.MaxSDP {
		err = letter.ErrSDP
	}
	if err == nil {
		l.From, l.To = p.m.incarnation, w.theirs
		copy(l.Sig[:], p.m.sig.Sign(l.Canonical(p.m.room, p.m.self, p.link.id)))
		err = p.post(l.Append(nil))
	}
	if err != nil {
		w.fail(Broken, err)
		return
	}
	w.described, w.localUfrag = true, l.Ufrag
	for _, c := range w.local {
		p.gathered(w, c)
	}
	w.local = nil
	if !w.offers {
		p.settle(w)
	}
}

// gathered: the connection has one more address of ours.
func (p *partner) gathered(w *way, c letter.Candidate) {
	switch {
	case w != p.attempt && w != p.old || len(c.Text) > letter.MaxCandidate || len(c.Mid) > letter.MaxMid:
	case !w.described:
		if len(w.local) < maxCandidates {
			w.local = append(w.local, c)
		}
	default:
		l := letter.Letter{Kind: letter.Address, From: p.m.incarnation, To: w.theirs, Nonce: w.session, Ufrag: w.localUfrag, Candidate: c}
		copy(l.Sig[:], p.m.sig.Sign(l.Canonical(p.m.room, p.m.self, p.link.id)))
		_ = p.post(l.Append(nil)) // others may do
	}
}

// forged refuses an offer or an answer.
func (p *partner) forged(field string) {
	e := &ForgedError{From: p.link.id, Field: field}
	p.m.counts.forged.Add(1)
	p.m.events.put(e)
	p.m.cfg.Log.Warn(e.Error())
}

// genuine checks an offer or an answer and says what is wrong with it, "" if
// nothing is. made is when we drew the number that it answers.
func (p *partner) genuine(now time.Duration, l *letter.Letter, made time.Duration) (wrong string) {
	fingerprint, ufrag, err := letter.ReadSDP(l.SDP)
	if l.SDP == "" {
		fingerprint, ufrag, err = [32]byte{}, "", nil // keys alone
	}
	switch {
	case now-made > min(l.Lifetime, offerLifetime):
		return "expiry"
	case err != nil:
		return "description"
	case fingerprint != l.Fingerprint:
		return "fingerprint"
	case ufrag != l.Ufrag:
		return "ufrag"
	case !p.link.id.Verify(l.Canonical(p.m.room, p.link.id, p.m.self), l.Sig[:]):
		return "signature"
	}
	return ""
}

// hearOffer answers an offer, if it is genuine. The newest one wins.
func (p *partner) hearOffer(now time.Duration, l *letter.Letter) {
	if w := p.attempt; p.offers || w != nil && w.session == l.Nonce || p.old != nil && p.old.session == l.Nonce {
		p.m.counts.staleLetters.Add(1) // not theirs to make, or a second copy
		return
	}
	c := p.answered(l.Echo, l.Nonce)
	if c == nil {
		return
	}
	if !p.brought.Letters.Take(now) {
		p.flooded()
		return
	}
	if wrong := p.genuine(now, l, c.at); wrong != "" {
		p.forged(wrong)
		return
	}
	p.brought.Letters.GiveBack()
	c.use(l.Nonce, p.byMember)
	if w := p.attempt; w != nil {
		w.dead.Store(true)
		w.conn.close()
		p.attempt = nil
	}
	p.theirs = l.From
	p.strange = 0
	if l.SDP == "" {
		p.strange = now + strangeFor
	}
	if p.apart(now) {
		p.answerKeys(l)
		return
	}
	w := p.begin(now, l.From, l.Nonce)
	if w == nil {
		return
	}
	w.verified, w.fingerprint, w.ufrag = true, l.Fingerprint, l.Ufrag
	p.agree(l.From, w.session, l.Echo, l.Seal)
	w.conn.answer(l.SDP)
}

// hearAnswer takes the answer to our offer, if it is genuine.
func (p *partner) hearAnswer(now time.Duration, l *letter.Letter) {
	if l.SDP == "" {
		p.hearKeys(now, l)
		return
	}
	w := p.attempt
	if w == nil || !w.offers || !w.described || w.verified || w.session != l.Echo {
		p.m.counts.staleLetters.Add(1) // to an offer that we gave up, or a second copy
		return
	}
	if !p.brought.Letters.Take(now) {
		p.flooded()
		return
	}
	wrong := p.genuine(now, l, w.began)
	if wrong == "" && l.From != w.theirs {
		wrong = "signature" // of another process than the offer was for
	}
	if wrong != "" {
		p.forged(wrong)
		return
	}
	p.brought.Letters.GiveBack()
	w.verified, w.fingerprint, w.ufrag = true, l.Fingerprint, l.Ufrag
	p.agree(l.From, w.session, w.challenge, l.Seal)
	w.conn.accept(l.SDP)
}

// settle: the connection took the remote description, so it takes addresses.
func (p *partner) settle(w *way) {
	if w == p.old && w.restarting {
		p.resettle(w)
		return
	}
	if w != p.attempt || w.settled {
		return
	}
	w.settled = true
	for _, c := range w.remote {
		if c.ufrag == w.ufrag {
			w.conn.add(c.candidate)
		}
	}
	w.remote = nil
}

// hearCandidate takes an address. What overtakes the answer waits for it:
// browsers refuse it otherwise (W19).
func (p *partner) hearCandidate(now time.Duration, l *letter.Letter) {
	w := p.attempt
	if w == nil || w.session != l.Nonce {
		w = p.old
	}
	// Of a connection that there is, it may have overtaken a restart.
	early := w != nil && w == p.old && w.ufrag != l.Ufrag
	switch {
	case w == nil || w.session != l.Nonce, w.verified && w.ufrag != l.Ufrag && !early, w.remotes == maxCandidates && !early:
		p.m.counts.staleLetters.Add(1)
		return
	case !p.brought.Addresses.Take(now):
		p.flooded()
		return
	case !p.link.id.Verify(l.Canonical(p.m.room, p.link.id, p.m.self), l.Sig[:]):
		p.forged("candidate")
		return
	}
	p.brought.Addresses.GiveBack()
	if early {
		if len(w.overtook) == maxCandidates {
			w.overtook = w.overtook[1:] // the oldest may be of credentials that are no more
		}
		w.overtook = append(w.overtook, claim{l.Candidate, l.Ufrag})
		return
	}
	if !w.settled {
		w.remote = append(w.remote, claim{l.Candidate, l.Ufrag})
	} else {
		w.conn.add(l.Candidate)
	}
	w.remotes++
}
