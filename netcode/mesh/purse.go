package mesh

import (
	"time"

	"github.com/tuttiplay/tutti/netcode/peer"
)

// purse is what is verified of one partner's letters that one courier brings:
// offers, answers and what else makes connections; addresses; and hellos. A member
// that floods in the name of another one uses up its own purse only, and what the
// server or an honest member brings is read as ever.
type purse struct {
	letters, addresses, hellos budget
}

// maxPurses is how many couriers have one: the members there can be, twice, for
// some leave and others come.
const maxPurses = 2*maxPartners + 1

// flooded drops the letter that is being read because its courier's purse is empty;
// the same letter may come by another one.
func (p *partner) flooded() {
	p.m.counts.floodedLetters.Add(1)
	p.copies.forget()
}

// purse returns that of a courier. Those of members that left are thrown away
// once there are too many.
func (p *partner) purse(courier peer.ID) *purse {
	x := p.purses[courier]
	if x == nil {
		if p.purses == nil {
			p.purses = map[peer.ID]*purse{}
		}
		if len(p.purses) >= maxPurses {
			for id := range p.purses {
				if id != (peer.ID{}) && p.m.partners[id] == nil {
					delete(p.purses, id)
				}
			}
		}
		x = &purse{}
		p.purses[courier] = x
	}
	return x
}

// budget limits how many bad signatures a stranger can make us verify: they cost
// 6 ms each in a page. Good ones are given back; they need a challenge each, and
// those are limited.
type budget struct {
	left int
	at   time.Duration
}

const (
	budgetMost  = 8
	budgetEvery = 500 * time.Millisecond // one more
)

func (b *budget) take(now time.Duration) bool {
	if b.at == 0 {
		b.left, b.at = budgetMost, now+1
	}
	if n := (now - b.at) / budgetEvery; n > 0 {
		b.left = min(budgetMost, b.left+int(min(n, budgetMost)))
		b.at += n * budgetEvery
	}
	if b.left == 0 {
		return false
	}
	b.left--
	return true
}

func (b *budget) giveBack() { b.left = min(b.left+1, budgetMost) }
