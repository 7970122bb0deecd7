package epoch

import (
	"math/rand/v2"
	"testing"

	"github.com/tuttiplay/tutti/netcode/seeds"
)

// walker goes one random way through a match of four to six.
type walker struct {
	*lab
	rng     *rand.Rand
	w       world
	crashed Set
}

// TestRandomWalks goes where visiting every state is out of reach: four to six
// members, several epochs in a row, logs that grow, members that die, are
// suspected wrongly, leave and join.
func TestRandomWalks(t *testing.T) {
	var all premise
	walks := 0
	seeds.Each(t, 150, func(t *testing.T, seed uint64) {
		k := newWalker(t, seed)
		for range 3000 {
			if k.step(); t.Failed() {
				t.Fatalf("%d members, crashed %08b: %+v", k.mod.n, k.crashed, k.premise)
			}
		}
		for i := range k.mod.n {
			k.premise.epochs = max(k.premise.epochs, int(k.at(i).p.epoch))
			k.premise.settled = max(k.premise.settled, int(k.at(i).settled))
		}
		all.add(k.premise)
		walks++
	})
	t.Logf("%d walks: %+v", walks, all)
	if walks >= 100 && (!all.reached(premise{decrees: 100, cutAboveOwn: 10, restarts: 100, adopted: 10, joins: 5, leaves: 5}) ||
		all.epochs < 3 || all.ahead < modelAlpha || all.settled < 5) {
		t.Errorf("the walks met only %+v", all)
	}
}

func (p *premise) add(other premise) {
	p.decrees += other.decrees
	p.cutAboveOwn += other.cutAboveOwn
	p.restarts += other.restarts
	p.adopted += other.adopted
	p.joins += other.joins
	p.leaves += other.leaves
	p.epochs = max(p.epochs, other.epochs)
	p.ahead = max(p.ahead, other.ahead)
	p.settled = max(p.settled, other.settled)
}

func newWalker(t *testing.T, seed uint64) *walker {
	rng := rand.New(rand.NewPCG(seed, 0))
	n := 4 + rng.IntN(3)
	mod := model{name: "walk", n: n, spread: All(n), grow: true, claims: true, ballots: 12, subsets: true, epochs: modelEpochs - 1}
	if rng.IntN(4) == 0 {
		mod.outside = one(n - 1) // it joins
	}
	k := &walker{lab: newLab(t, mod), rng: rng}
	k.walking = true
	k.w = k.begins()[0]
	return k
}

func (k *walker) at(i int) *node { return &k.nodes[k.w.ids[i]] }

// step lets one thing happen. What members do about the dead is more likely
// than that they are wrong.
func (k *walker) step() {
	n := k.mod.n
	i, s := k.rng.IntN(n), k.rng.IntN(n)
	if k.crashed.Has(i) {
		return
	}
	switch c := k.rng.IntN(1000); {
	case c < 550:
		if len(k.w.net) > 0 {
			g := k.w.net[k.rng.IntN(len(k.w.net))]
			if to := int(k.msgs[g].to); !k.crashed.Has(to) {
				k.do(to, msgEvents+g)
			}
		}
	case c < 700:
		k.moves(i, s, evTake+uint32(s))
	case c < 750:
		k.moves(i, s, evStage+2*uint32(s))
	case c < 850:
		if k.at(i).books[i].n < 90 {
			k.do(i, evWrite)
		}
	case c < 900:
		k.do(i, evEnter)
	case c < 930:
		if s != i && (k.crashed.Has(s) || k.rng.IntN(20) == 0) {
			k.do(i, evSuspect+uint32(s))
		}
	case c < 940:
		if !k.crashed.Has(s) {
			k.do(i, evTrust+uint32(s))
		}
	case c < 990:
		x := k.at(i).overdue | k.at(i).left
		if k.rng.IntN(3) == 0 {
			x &= Set(k.rng.Uint32())
		}
		k.do(i, evPropose+uint32(x))
	case c < 996:
		if k.mod.outside.Has(n-1) && k.at(i).cut[n-1] == uncut { // a process joins once
			k.do(i, evConfirm+uint32(n-1))
		}
	case c < 998:
		if (k.crashed.Len()+1)*2 < n {
			k.crashed = k.crashed.With(s)
		}
	default:
		if k.mod.leave == 0 && k.rng.IntN(4) == 0 && !k.mod.outside.Has(i) {
			k.do(i, evLeave)
			if k.at(i).p.leaving {
				k.mod.leave = one(i)
			}
		}
	}
}

// moves lets some of what a seat's holder has written come to a member.
func (k *walker) moves(i, s int, event uint32) {
	written := k.at(s).books[s].n
	if written == 0 {
		return
	}
	upTo := 1 + k.rng.IntN(int(written))
	leave := k.mod.leave
	k.mod.lens[s], k.mod.leave = upTo, leave.Without(s)
	if leave.Has(s) && upTo == int(written) {
		k.mod.lens[s], k.mod.leave = upTo-1, leave
	}
	k.do(i, event)
	k.mod.leave = leave
}

func (k *walker) do(i int, event uint32) {
	if next, changed := k.after(&k.w, i, event); changed {
		k.w = next
		k.check(&k.w)
	}
}
