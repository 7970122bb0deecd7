package mesh

import (
	"slices"
	"time"

	"github.com/tuttiplay/tutti/netcode/mesh/internal/letter"
	"github.com/tuttiplay/tutti/netcode/peer"
)

// hello says that we are here. The higher ID sends a challenge with it, the
// lower one asks for one.
func (p *partner) hello(now time.Duration, ask, want bool) {
	p.ask(now, letter.Letter{Kind: letter.Hello, Ask: ask, Want: want})
}

// ask sends a hello.
func (p *partner) ask(now time.Duration, l letter.Letter) {
	ask := l.Ask
	if !ask {
		l.Nonce = p.drawn.draw(now)
	}
	p.asked = ask
	if l.Want && p.session != (letter.Nonce{}) {
		l.Signed, l.Session = true, p.session // their end may be well
	}
	p.send(&l)
}

func (p *partner) send(l *letter.Letter) error {
	l.From, l.To = p.m.incarnation, p.theirs
	if l.Signed {
		copy(l.Sig[:], p.m.sig.Sign(l.Canonical(p.m.room, p.m.self, p.link.id)))
	}
	return p.post(l.Append(nil))
}

// meant says whether a hello is signed, and about the connection that there is.
func (p *partner) meant(now time.Duration, l *letter.Letter) bool {
	if w := p.old; !l.Signed || w == nil || l.Session != w.session || l.From != w.theirs || l.To != p.m.incarnation {
		return false
	}
	if !p.brought.Hellos.Take(now) {
		p.flooded()
		return false
	}
	if !p.link.id.Verify(l.Canonical(p.m.room, p.link.id, p.m.self), l.Sig[:]) {
		p.forged("hello")
		return false
	}
	p.brought.Hellos.GiveBack()
	return true
}

// well says whether a direct connection is there and its peer was heard lately.
func (p *partner) well() bool {
	return p.old != nil && !p.old.dead.Load() && !p.quiet && p.State() == peer.Linked
}

// hearHello reads a hello. Most are not signed, and anybody in the room can write
// one: it is believed for a new attempt, which the other end has to sign for, but
// not so often that it costs much; and nothing about a connection that is well.
func (p *partner) hearHello(now time.Duration, l *letter.Letter) {
	if l.From == 0 || l.Ask == p.offers {
		p.m.counts.badLetters.Add(1) // both would offer, or nobody
		return
	}
	if w := p.attempt; w != nil && w.verified && l.From != w.theirs {
		p.m.counts.staleLetters.Add(1) // what we are making is with one who signed
		return
	}
	if !p.offers && p.State() == peer.Linked {
		// Whether it started anew its offer will say, and sign.
	} else if l.From != p.theirs {
		if well := p.well(); p.theirs != 0 && (well || p.byMember) {
			if p.rumourAt != 0 && now-p.rumourAt < rumourEvery {
				p.m.counts.staleLetters.Add(1)
				return
			}
			p.rumourAt = max(now, 1)
			if !well {
				p.tries = 0
			}
		} else {
			p.tries = 0
		}
		p.theirs, p.given = l.From, challenge{}
		p.next, p.pause = min(p.next, now), firstPause
		if w := p.attempt; w != nil && w.offers {
			w.dead.Store(true) // it goes to a process that is no more
			w.conn.close()
			p.attempt = nil
		}
	}
	if !p.offers && l.Again {
		p.promise(now, l)
		return
	}
	if !p.offers {
		// They ask for a challenge. One answer each 100 ms is enough for anybody.
		if now >= p.answers {
			p.answers = now + 100*time.Millisecond
			p.hello(now, false, false)
		}
		return
	}
	if l.Again {
		p.hearAgain(now, l)
		return
	}
	if slices.Contains(p.spent, l.Nonce) {
		p.m.counts.staleLetters.Add(1) // a late copy, and our answer to it is under way
		return
	}
	p.given = challenge{nonce: l.Nonce, at: now, valid: true}
	if w := p.attempt; w != nil && !w.verified && l.Want && now-w.began >= p.unanswered() {
		// They wait as well: our offer or its answer was lost.
		w.dead.Store(true)
		w.conn.close()
		p.attempt, p.tries, p.next = nil, p.tries+1, now
	}
	if l.Want && now >= p.next && now-p.upAt >= time.Second && (p.wantedAt == 0 || now-p.wantedAt >= wantEvery) &&
		!p.wanted && p.meant(now, l) {
		p.wanted, p.wantedAt = true, max(now, 1)
	}
	asked := p.asked
	p.asked = false // each question of ours gets one offer, and need not wait for the next
	if p.attempt == nil && (now >= p.next || asked) && now >= p.barred && p.needs() {
		p.repair(now)
	}
}

// unanswered is how long an offer may be without an answer before a hello takes
// its place: longer each time, for signalling may be slow.
func (p *partner) unanswered() time.Duration {
	return p.patience() / 4
}
