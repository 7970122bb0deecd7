package courier

import (
	"time"

	"github.com/tuttiplay/tutti/netcode/peer"
)

// Max is through how many members a letter goes, beside the server's way: one may
// be slow, or hostile.
const Max = 2

// Purse is what is verified of one member's letters that one courier brings:
// offers, answers and what else makes connections; addresses; and hellos. The
// zero Purse is full.
type Purse struct {
	Letters, Addresses, Hellos Budget
}

// Purses are those of all couriers for the letters of one member. The zero ID is
// the server. The zero Purses has none yet.
type Purses struct{ of map[peer.ID]*Purse }

// Of returns the purse of a courier. Once there are as many as most, those of
// couriers that are no members are thrown away; the server's stays.
func (p *Purses) Of(courier peer.ID, most int, member func(peer.ID) bool) *Purse {
	x := p.of[courier]
	if x == nil {
		if p.of == nil {
			p.of = map[peer.ID]*Purse{}
		}
		if len(p.of) >= most {
			for id := range p.of {
				if id != (peer.ID{}) && !member(id) {
					delete(p.of, id)
				}
			}
		}
		x = &Purse{}
		p.of[courier] = x
	}
	return x
}

// Budget limits how many bad signatures a stranger can make us verify: they cost
// 6 ms each in a page. Good ones are given back; they need a challenge each, and
// those are limited. The zero Budget is full.
type Budget struct {
	left int
	at   time.Duration // 0 is never used
}

// What a budget has at most, and the time after which there is one more in it.
const (
	Most  = 8
	Every = 500 * time.Millisecond
)

// Take takes one; false if there is none left.
func (b *Budget) Take(now time.Duration) bool {
	if b.at == 0 {
		b.left, b.at = Most, now+1
	}
	if n := (now - b.at) / Every; n > 0 {
		b.left = min(Most, b.left+int(min(n, Most)))
		b.at += n * Every
	}
	if b.left == 0 {
		return false
	}
	b.left--
	return true
}

// GiveBack puts back what was taken for a letter that is good.
func (b *Budget) GiveBack() { b.left = min(b.left+1, Most) }
