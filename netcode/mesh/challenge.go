package mesh

import (
	"slices"
	"time"

	"github.com/tuttiplay/tutti/netcode/mesh/internal/letter"
)

const (
	// maxChallenges is how many numbers of ours are remembered per partner: at ten
	// a second, which is the most that anybody makes us draw, those of 25 s.
	maxChallenges = 256
	// remembered is how long each of them is: longer than anything answers it, so
	// that what comes too late for it is called so.
	remembered = 2 * offerLifetime
	// maxSpent is how many numbers of theirs are remembered that we answered.
	maxSpent = 8
)

// challenge is a fresh number of the other end and when it came.
type challenge struct {
	nonce letter.Nonce
	at    time.Duration
	valid bool // there is one, and no offer used it
}

// drawn is a number of ours.
type drawn struct {
	challenge
	by     letter.Nonce // the number of the letter that used it; valid if that is false
	server bool         // and the server brought that letter
}

// challenges are the numbers that we drew for a partner's letters, oldest first.
// A partner that slept answers the oldest of those that wait for it, so all of
// them are good until they are used or too old; and a letter is only called
// forged or replayed if it cannot have been late.
type challenges []drawn

// draw makes one more.
func (c *challenges) draw(now time.Duration) letter.Nonce {
	old := 0
	for old < len(*c) && (now-(*c)[old].at > remembered || len(*c)-old >= maxChallenges) {
		old++
	}
	*c = slices.Delete(*c, 0, old)
	n := letter.NewNonce()
	*c = append(*c, drawn{challenge: challenge{nonce: n, at: now, valid: true}})
	return n
}

// find returns the one that a letter answers; nil is none.
func (c challenges) find(n letter.Nonce) *drawn {
	if i := slices.IndexFunc(c, func(d drawn) bool { return d.nonce == n }); i >= 0 {
		return &c[i]
	}
	return nil
}

// use notes the letter that answered it.
func (d *drawn) use(by letter.Nonce, byMember bool) {
	d.valid, d.by, d.server = false, by, !byMember
}

// late says whether a letter is a copy of the one that used the number: a member
// may bring it whenever it comes to it, and the server once; after that it plays
// it again.
func (d *drawn) late(by letter.Nonce, byMember bool) bool {
	if d.by != by || !byMember && d.server {
		return false
	}
	d.server = d.server || !byMember
	return true
}

// answered returns the number of ours that a letter answers, if it still may; nil
// is told: who never asked for it, or has used it already, did not write it now.
func (p *partner) answered(n, by letter.Nonce) *drawn {
	switch d := p.drawn.find(n); {
	case d == nil:
		p.forged("nonce")
	case d.valid:
		return d
	case d.late(by, p.byMember):
		p.m.counts.staleLetters.Add(1)
	default:
		p.forged("nonce")
	}
	return nil
}

// spend takes the number of the other end that a letter of ours is about to answer.
func (p *partner) spend() letter.Nonce {
	if len(p.spent) == maxSpent {
		p.spent = slices.Delete(p.spent, 0, 1)
	}
	p.spent = append(p.spent, p.given.nonce)
	p.given.valid = false
	return p.given.nonce
}
